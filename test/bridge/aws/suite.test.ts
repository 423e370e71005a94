import { afterEach, expect, test } from 'vitest'
import { createBridge } from '../../../bridge/bridge.ts'
import type { Claim, ModelAnswer } from '../../../durable/protocol/models.ts'
import { type Fake, startFake } from '../../contract/aws/server.ts'
import { CAUSE, MATERIAL, answer, causes, settingsOn, tool } from './asks.ts'
import { parts } from './parts.ts'

const fakes: Fake[] = []

afterEach(async () => {
  await Promise.all(fakes.splice(0).map((fake) => fake.stop()))
})

const claim = { cites: ['E-02'], says: 'The limit of db-proxy was changed.' }
const tasks: [task: string, input: unknown][] = [
  ['classify', { kind: 'configuration', severity: 'error', because: [claim] }],
  ['match-patterns', { matches: [{ pattern: 'p-1', ...claim }] }],
  ['write', { sentences: [claim] }],
  ['analyse', causes(CAUSE)],
]
const RULES = [
  ...tasks.map(([task, input]) => ({
    operation: 'Converse',
    when: { requestMetadata: { task } },
    replies: [answer([tool(input)])],
  })),
  {
    operation: 'InvokeModel',
    replies: [
      {
        output: {
          body: { embedding: Array.from({ length: 256 }, (_, at) => (at === 0 ? 1 : 0)), inputTextTokenCount: 2 },
          contentType: 'application/json',
        },
      },
    ],
  },
  {
    operation: 'ApplyGuardrail',
    replies: [
      {
        output: {
          usage: {
            topicPolicyUnits: 0,
            contentPolicyUnits: 1,
            wordPolicyUnits: 0,
            sensitiveInformationPolicyUnits: 1,
            sensitiveInformationPolicyFreeUnits: 0,
            contextualGroundingPolicyUnits: 0,
          },
          action: 'NONE',
          outputs: [],
          assessments: [],
        },
      },
    ],
  },
]

async function bridgeOf(driver: 'embedded' | 'aws' | 'aws that fails') {
  if (driver === 'embedded') return createBridge(parts())
  const fake = await startFake()
  fakes.push(fake)
  fake.script({ rules: driver === 'aws' ? RULES : RULES.map((rule) => ({ ...rule, replies: [{ reset: true }] })) })
  return createBridge({ ...parts(), aws: { config: settingsOn(fake) } })
}

function valueOf<Value>(said: ModelAnswer<Value>, driver: string): Value {
  expect(structuredClone(said)).toEqual(JSON.parse(JSON.stringify(said)))
  if (!said.ok) throw new Error(`${said.reason}: a driver with the embedded engine behind it always answers`)
  const { provenance, degraded, tried } = said
  expect(provenance.driver).toBe(driver === 'aws' ? 'aws' : 'embedded')
  expect(provenance.outcome).toBe('answered')
  expect(provenance.latencyMs).toBeGreaterThanOrEqual(0)
  expect([provenance.cost.usd === null, provenance.cost.unpriced === null]).toEqual([false, true])
  expect(degraded).toBe(driver === 'aws that fails' ? 'unreachable' : null)
  expect(tried.map(({ outcome }) => outcome)).toEqual(driver === 'aws that fails' ? ['unreachable'] : [])
  return said.value
}

test.each(['embedded', 'aws', 'aws that fails'] as const)(
  '[BD44] one suite for %s: every port answers, cites what is there, names what was given, and says where it is from',
  async (driver) => {
    const { model, embedding, guardrail } = await bridgeOf(driver)
    const ids = new Set(MATERIAL.evidence.map(({ id }) => id))
    const holds = (claims: Claim[]) => {
      for (const { cites, says } of claims) {
        expect(cites.length).toBeGreaterThan(0)
        expect(cites.filter((id) => !ids.has(id))).toEqual([])
        expect(says).not.toBe('')
      }
      return claims.length
    }
    const classified = valueOf(await model.classify(MATERIAL), driver)
    expect(classified).toMatchObject({ kind: 'configuration', severity: 'error' })
    expect(holds(classified.because)).toBe(1)
    const patterns = [{ id: 'p-1', title: 'db-proxy config pool_limit lowered' }]
    const { matches } = valueOf(await model.matchPatterns({ ...MATERIAL, patterns }), driver)
    expect([holds(matches), matches[0]?.pattern]).toEqual([1, 'p-1'])
    const analysed = valueOf(await model.analyse(MATERIAL), driver)
    expect(holds(analysed.causes)).toBeGreaterThan(0)
    for (const { service } of analysed.causes) expect(MATERIAL.services).toContain(service)
    for (const audience of ['responders', 'executives', 'customers'] as const)
      expect(holds(valueOf(await model.write({ ...MATERIAL, audience }), driver).sentences)).toBeGreaterThan(0)
    const { vector, space } = valueOf(await embedding.embed({ incident: 'inc_abcdef', text: 'pool full' }), driver)
    expect(Math.hypot(...vector)).toBeCloseTo(1, 6)
    expect(space).toMatch(driver === 'aws' ? /^amazon/ : /^embedded/)
    for (const direction of ['in', 'out'] as const)
      expect(valueOf(await guardrail.check({ incident: 'inc_abcdef', direction, text: 'pool full' }), driver)).toEqual({
        verdict: 'passed',
      })
  },
)

test.each(['embedded', 'aws', 'aws that fails'] as const)(
  '[BD44] %s answers a question with nothing in it',
  async (driver) => {
    const { model, embedding, guardrail } = await bridgeOf(driver)
    const empty = { ...MATERIAL, title: '', services: [], evidence: [] }
    const said = [
      await model.classify(empty),
      await model.matchPatterns({ ...empty, patterns: [] }),
      await model.analyse(empty),
      await model.write({ ...empty, audience: 'customers' }),
      await embedding.embed({ incident: 'inc_abcdef', text: '' }),
      await guardrail.check({ incident: 'inc_abcdef', direction: 'in', text: '' }),
    ]
    expect(said.map(({ ok }) => ok)).toEqual(said.map(() => true))
  },
)
