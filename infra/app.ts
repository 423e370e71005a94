import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { settingsFrom } from './settings.ts'
import { IncidentCommanderStack } from './stack/index.ts'

// What `cdk` runs. A setting that cannot be ends here, before anything is sent anywhere.
const app = new App()
try {
  new IncidentCommanderStack(
    app,
    settingsFrom((name) => app.node.tryGetContext(name)),
  )
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  app.synth()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
