import { afterEach, expect, test, vi } from 'vitest'
import { awsSettings } from '../../../bridge/aws-config.ts'
import { createBridge } from '../../../bridge/bridge.ts'
import { evaluated } from '../../../bridge/evaluated.ts'
import { DEFAULTS } from '../../../bridge/catalog.ts'
import { newKey } from '../../../bridge/issuer.ts'
import { MATERIAL } from './material.ts'
import { parts } from './parts.ts'

afterEach(() => vi.restoreAllMocks())

const ARN = 'arn:aws:iam::123456789012:role/IncidentCommander-prod-ai'
const keys = JSON.stringify({ keys: [newKey(0)] })
const WHOLE = {
  IC_AWS_REGION: 'eu-central-1',
  IC_AWS_ROLE_AI: ARN,
  IC_ISSUER: 'https://ic.example.com',
  IC_ISSUER_KEYS: keys,
}
const TRIAL = { IC_AWS_REGION: 'us-east-1', IC_AWS_ACCESS_KEY_ID: 'AKIA', IC_AWS_SECRET_ACCESS_KEY: 's' }

test('[BD42] nothing of AWS is nothing; a whole set is a configuration with the defaults', () => {
  expect(awsSettings({})).toEqual({ config: null, faults: [] })
  expect(awsSettings({ IC_AWS_REGION: ' ' })).toEqual({ config: null, faults: [] })
  expect(awsSettings(WHOLE).config).toMatchObject({
    region: 'eu-central-1',
    endpoint: null,
    guardrail: null,
    models: DEFAULTS,
    credentials: { by: 'web-identity', issuer: 'https://ic.example.com', stage: 'prod', roles: { ai: ARN } },
  })
  expect(awsSettings(TRIAL).config?.credentials.by).toBe('static')
})

test('[BD42] another endpoint is taken only where the environment says so twice', () => {
  const endpoint = { IC_AWS_ENDPOINT: 'http://127.0.0.1:9' }
  expect(awsSettings({ ...TRIAL, ...endpoint }).config?.endpoint).toBeNull()
  expect(awsSettings({ ...TRIAL, ...endpoint, IC_ALLOW_ENDPOINT_OVERRIDE: '1' }).config?.endpoint).toBe(
    'http://127.0.0.1:9',
  )
})

const halves: [Record<string, string>, string[]][] = [
  [{ IC_AWS_REGION: 'us-east-1' }, ['IC_AWS_ROLE_AI']],
  [{ ...TRIAL, IC_AWS_REGION: 'mars' }, ['IC_AWS_REGION']],
  [{ ...TRIAL, IC_AWS_SECRET_ACCESS_KEY: '' }, ['IC_AWS_ROLE_AI']],
  [{ ...WHOLE, IC_ISSUER: 'https://ic.example.com/' }, ['IC_ISSUER']],
  [{ ...WHOLE, IC_ISSUER: 'https://ic.example.com:8443' }, ['IC_ISSUER']],
  [{ ...WHOLE, IC_ISSUER: 'http://127.0.0.1:8787' }, ['IC_ISSUER']],
  [{ ...WHOLE, IC_ISSUER_KEYS: '{"keys":[]}' }, ['IC_ISSUER_KEYS']],
  [{ ...WHOLE, IC_ISSUER_KEYS: keys.replace('"d"', '"x"') }, ['IC_ISSUER_KEYS']],
  [{ ...WHOLE, IC_AWS_ROLE_AI: 'ai' }, ['IC_AWS_ROLE_AI']],
  [{ ...WHOLE, IC_GUARDRAIL_ID: 'abc' }, ['IC_GUARDRAIL_VERSION']],
  [{ ...WHOLE, IC_MODEL_ANALYSIS: 'a model' }, ['IC_MODEL_ANALYSIS']],
  [{ ...WHOLE, IC_AI_DAY_USD: 'much' }, ['IC_AI_DAY_USD']],
  [{ ...WHOLE, IC_STAGE: 'Pro Duction' }, ['IC_STAGE']],
]

test.each(halves)('[BD42] half a set configures nothing and names what is wrong: %j', (env, faults) => {
  const settings = awsSettings(env)
  expect([settings.config, settings.faults]).toEqual([null, faults])
})

test('[BD21] without an account every port answers from the embedded engine and nobody is asked', async () => {
  const asked = vi.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('nobody may be asked'))
  const bridge = createBridge(parts())
  const answers = [
    await bridge.model.classify(MATERIAL),
    await bridge.model.matchPatterns({ ...MATERIAL, patterns: [{ id: 'p', title: 'pool' }] }),
    await bridge.model.analyse(MATERIAL, () => undefined),
    await bridge.model.write({ ...MATERIAL, audience: 'executives' }),
    await bridge.embedding.embed({ incident: 'inc_abcdef', text: 'pool' }),
    await bridge.guardrail.check({ incident: 'inc_abcdef', direction: 'in', text: 'pool' }),
  ]
  for (const answer of answers)
    expect(answer).toMatchObject({
      ok: true,
      degraded: null,
      tried: [],
      provenance: { driver: 'embedded', model: null, attempts: 0, cost: { usd: 0, unpriced: null } },
    })
  for (const purpose of ['ai', 'archive', 'remediate'] as const)
    expect(await bridge.credentials.credentials(purpose)).toMatchObject({ ok: false, reason: 'not-configured' })
  expect(asked).not.toHaveBeenCalled()
  expect(evaluated.aws).toBe(0)
})

test('[BD20] the code of bridge/aws is evaluated once somebody configured it and asks it something, and once only', async () => {
  const { config } = awsSettings({ ...TRIAL, IC_AWS_ENDPOINT: 'http://127.0.0.1:9', IC_ALLOW_ENDPOINT_OVERRIDE: '1' })
  if (!config) throw new Error('these are whole')
  const bridge = createBridge({ ...parts(), aws: { config } })
  expect(evaluated.aws).toBe(0)
  expect(await bridge.credentials.credentials('ai')).toMatchObject({ ok: true, warning: 'static-keys' })
  await createBridge({ ...parts(), aws: { config } }).credentials.credentials('archive')
  expect(evaluated.aws).toBe(1)
  // Nobody listens there: the embedded engine answers.
  expect(await bridge.model.classify(MATERIAL)).toMatchObject({ ok: true, degraded: 'guardrail-unavailable' })
})
