import { type AwsConfig, awsSettings } from '../../../bridge/aws-config.ts'

/** Where a fake is and whose keys it takes. */
export interface Reached {
  url: string
  region: string
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string }
}

/** The settings of an account whose address is the fake's, as the environment would hold them. */
export function settingsOn(fake: Reached, more: Record<string, string> = {}): AwsConfig {
  const { config, faults } = awsSettings({
    IC_AWS_REGION: fake.region,
    IC_AWS_ENDPOINT: fake.url,
    IC_ALLOW_ENDPOINT_OVERRIDE: '1',
    IC_AWS_ACCESS_KEY_ID: fake.credentials.accessKeyId,
    IC_AWS_SECRET_ACCESS_KEY: fake.credentials.secretAccessKey,
    IC_AWS_SESSION_TOKEN: fake.credentials.sessionToken,
    IC_GUARDRAIL_ID: 'abc123',
    IC_GUARDRAIL_VERSION: '1',
    ...more,
  })
  if (!config) throw new Error(`settings: ${faults.join(', ')}`)
  return config
}

export { MATERIAL } from './material.ts'

export const USAGE = { inputTokens: 1000, outputTokens: 100, totalTokens: 1100 }

/** One answer of Converse, by its blocks. */
export function answer(content: unknown[], more: Record<string, unknown> = {}): { output: Record<string, unknown> } {
  return {
    output: {
      output: { message: { role: 'assistant', content } },
      stopReason: 'end_turn',
      usage: USAGE,
      metrics: { latencyMs: 12 },
      ...more,
    },
  }
}

/** The one tool called with this input, as Nova answers. */
export function tool(input: unknown, name = 'report'): { toolUse: Record<string, unknown> } {
  return { toolUse: { toolUseId: 'tooluse_1', name, input } }
}

export const CAUSE = {
  kind: 'configuration',
  service: 'db-proxy',
  cites: ['E-01', 'E-02'],
  says: 'The pool of db-proxy was cut to 24 and is full.',
}

export function causes(...list: unknown[]): Record<string, unknown> {
  return { causes: list }
}

/** The model of the analysis where nothing else is set. */
export const NOVA = 'global.amazon.nova-2-lite-v1:0'
export const CLAUDE = 'global.anthropic.claude-sonnet-5-5'
export const PROMPTED = 'us.example.prompted-v1:0'
