import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
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
  /** findings of cdk-nag that nobody acknowledged, as `<rule> at <construct>`, and what CloudFormation's schemas doubt. */
  findings: string[]
}

/** What the tests and the stored template are made for. */
export const SAMPLE = { host: 'ic.example.com', stage: 'prod' } as const

/** What the command line reads too: among it, that a template which CloudFormation's own schemas refuse ends the synth. */
const { context: FLAGS } = createRequire(import.meta.url)('./cdk.json') as { context: Record<string, unknown> }

/**
 * The template of a stack with these settings, made here: no account, no credentials, no network. Throws on a wrong setting
 * and on a template that CloudFormation would refuse. `grow` may add to the stack before it is made.
 */
export function synthesize(
  context: Record<string, unknown> = SAMPLE,
  grow: (stack: IncidentCommanderStack) => void = () => {},
): Synthesized {
  const outdir = mkdtempSync(join(tmpdir(), 'ic-synth-'))
  try {
    const app = new App({ outdir, context: FLAGS })
    const stack = new IncidentCommanderStack(
      app,
      settingsFrom((name) => context[name]),
    )
    grow(stack)
    const findings = new AwsSolutionsChecks(app)
      .validateScope(app)
      .violations.map(({ ruleName, violatingResources }) => {
        const [at] = violatingResources
        return `${ruleName} at ${at?.constructPath ?? '?'}`
      })
    const template = app.synth().getStackByName(stack.stackName).template as Template
    return { template: stripped(template), findings: [...findings, ...doubts(join(outdir, 'validation-report.json'))] }
  } finally {
    rmSync(outdir, { recursive: true, force: true })
  }
}

interface Report {
  pluginReports: { violations: { ruleName: string; description: string }[] }[]
}

/** What CloudFormation's schemas only doubt: a word that is not on a list may be newer than the list. */
function doubts(report: string): string[] {
  const { pluginReports } = JSON.parse(readFileSync(report, 'utf8')) as Report
  return pluginReports.flatMap(({ violations }) =>
    violations.map(({ ruleName, description }) => `${ruleName} ${description}`),
  )
}

/** Without what the CDK adds for itself: the version of the bootstrap that a deploy looks for. */
function stripped(template: Template): Template {
  const { Resources, Outputs } = template
  return { Resources, Outputs }
}
