import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { settingsFrom } from './settings.ts'
import { IncidentCommanderStack } from './stack/index.ts'

/** A resource of a template, as far as it is looked at. */
export interface Resource {
  Type: string
  Properties: Record<string, unknown>
  DeletionPolicy?: string
  UpdateReplacePolicy?: string
}

export interface Template {
  Resources: Record<string, Resource>
  Outputs: Record<string, { Value: unknown }>
}

export interface Synthesized {
  template: Template
  /** findings of cdk-nag that nobody acknowledged, as `<rule> at <construct>`. */
  findings: string[]
}

/** What the tests and the stored template are made for. */
export const SAMPLE = { host: 'ic.example.com', stage: 'prod' } as const

/** The template of a stack with these settings, made here: no account, no credentials, no network. Throws on a wrong setting. */
export function synthesize(context: Record<string, unknown> = SAMPLE): Synthesized {
  const outdir = mkdtempSync(join(tmpdir(), 'ic-synth-'))
  try {
    const app = new App({ outdir })
    const stack = new IncidentCommanderStack(
      app,
      settingsFrom((name) => context[name]),
    )
    const findings = new AwsSolutionsChecks(app)
      .validateScope(app)
      .violations.map(({ ruleName, violatingResources }) => {
        const [at] = violatingResources
        return `${ruleName} at ${at?.constructPath ?? '?'}`
      })
    const template = app.synth().getStackByName(stack.stackName).template as Template
    return { template: stripped(template), findings }
  } finally {
    rmSync(outdir, { recursive: true, force: true })
  }
}

/** Without what the CDK adds for itself: the version of the bootstrap that a deploy looks for. */
function stripped(template: Template): Template {
  const { Resources, Outputs } = template
  return { Resources, Outputs }
}
