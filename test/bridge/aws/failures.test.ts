import { afterEach, expect, test } from 'vitest'
import type { ModelReason, Provenance } from '../../../durable/protocol/models.ts'
import { BREAKER_FAILURES, breakersInMemory } from '../../../bridge/breaker.ts'
import { spendInMemory } from '../../../bridge/budget.ts'
import { createBridge } from '../../../bridge/bridge.ts'
import { startFake } from '../../contract/aws/server.ts'
import { CAUSE, MATERIAL, NOVA, answer, causes, settingsOn, tool } from './asks.ts'
import { type World, worldOf } from './world.ts'
import { parts } from './parts.ts'

const worlds: World[] = []

async function world(...args: Parameters<typeof worldOf>): Promise<World> {
  const made = await worldOf(...args)
  worlds.push(made)
  return made
}

afterEach(async () => {
  await Promise.all(worlds.splice(0).map(({ fake }) => fake.stop()))
})

const converse = (...replies: unknown[]) => [{ operation: 'Converse', replies }]
const GOOD = answer([tool(causes(CAUSE))])

const faults: [unknown, ModelReason][] = [
  [{ error: 'ThrottlingException' }, 'throttled'],
  [{ error: 'ServiceUnavailableException' }, 'unavailable'],
  [{ error: 'InternalServerException' }, 'unavailable'],
  [{ error: 'ModelNotReadyException' }, 'unavailable'],
  [{ error: 'ModelTimeoutException' }, 'timed-out'],
  [{ error: 'ModelErrorException' }, 'model-error'],
  [{ error: 'AccessDeniedException' }, 'access-denied'],
  [{ error: 'ResourceNotFoundException' }, 'model-not-found'],
  [{ error: 'ValidationException' }, 'request-refused'],
  [{ error: 'ExpiredTokenException' }, 'credentials-unavailable'],
  [{ reset: true }, 'unreachable'],
  [{ raw: { status: 502, contentType: 'text/html', body: '<html>bad gateway</html>' } }, 'unavailable'],
  [{ raw: { status: 200, contentType: 'application/json', body: '{"output":' } }, 'not-understood'],
]

test.each(faults)('[BD29] %j is one request and a reason word', async (reply, reason) => {
  const { fake, drivers } = await world(converse(reply))
  const said = await drivers.model.analyse(MATERIAL)
  expect(said).toMatchObject({ ok: false, reason, provenance: { outcome: reason, attempts: 1, model: NOVA } })
  expect(fake.calls()).toHaveLength(1)
  // What it cost is not known, and not said to be nothing.
  expect(said.provenance.cost).toEqual({ usd: null, unpriced: 'usage' })
})

test('[BD29] at the deadline the call is over and its connection is given back', async () => {
  const { fake, drivers } = await world(converse({ ...GOOD, delayMs: 4000 }))
  const said = await drivers.model.analyse({ ...MATERIAL, deadlineMs: 150 })
  expect(said).toMatchObject({ ok: false, reason: 'timed-out', provenance: { attempts: 1 } })
  await expect.poll(() => fake.calls()[0]?.ended).toBe('caller-left')
})

test('[BD30] where AWS gives nothing usable the embedded engine answers, marked with the reason, and the failed call stays on record', async () => {
  const fake = await startFake()
  const { model } = createBridge({ ...parts(), aws: { config: settingsOn(fake) } })
  for (const [reply, reason] of [
    ...faults,
    [answer([tool(causes())], { stopReason: 'max_tokens' }), 'cut-off'] as const,
  ]) {
    fake.script({ rules: converse(reply) })
    const said = await createBridge({ ...parts(), aws: { config: settingsOn(fake) } }).model.analyse(MATERIAL)
    expect(said).toMatchObject({
      ok: true,
      degraded: reason,
      provenance: { driver: 'embedded', cost: { usd: 0 } },
      tried: [{ driver: 'aws', outcome: reason }],
    })
  }
  fake.script({ rules: converse(GOOD) })
  expect(await model.analyse(MATERIAL)).toMatchObject({ ok: true, degraded: null, provenance: { driver: 'aws' } })
  await fake.stop()
})

test('[BD31] after five failures in a minute a model is left alone for half a minute, then one call tries', async () => {
  const breakers = breakersInMemory()
  const { fake, drivers } = await world(converse({ error: 'ServiceUnavailableException' }), {}, { breakers })
  for (let n = 0; n < BREAKER_FAILURES; n += 1)
    expect(await drivers.model.analyse(MATERIAL)).toMatchObject({ reason: 'unavailable' })
  expect(await drivers.model.analyse(MATERIAL)).toMatchObject({
    ok: false,
    reason: 'breaker-open',
    provenance: { attempts: 0, cost: { usd: 0, unpriced: null } },
  })
  expect(fake.calls()).toHaveLength(BREAKER_FAILURES)
  // Another operation of the same service is judged by itself.
  expect(await drivers.model.classify(MATERIAL)).toMatchObject({ reason: 'unavailable' })
  const state = breakers.get(`analyse/${NOVA}`)
  fake.script({ rules: converse(GOOD) })
  breakers.set(`analyse/${NOVA}`, { failedAt: state?.failedAt ?? [], openUntil: Date.now() - 1, tryingUntil: null })
  const both = await Promise.all([drivers.model.analyse(MATERIAL), drivers.model.analyse(MATERIAL)])
  expect(both.map((said) => said.provenance.outcome).sort()).toEqual(['answered', 'breaker-open'])
  expect(await drivers.model.analyse(MATERIAL)).toMatchObject({ ok: true })
})

test('[BD31] what we asked wrongly says nothing of the service', async () => {
  const { drivers } = await world(converse({ error: 'ValidationException' }))
  for (let n = 0; n <= BREAKER_FAILURES; n += 1)
    expect(await drivers.model.analyse(MATERIAL)).toMatchObject({ reason: 'request-refused' })
})

test('[BD32] an incident and a day have a budget; calls at the same time cannot pass it together', async () => {
  const spend = spendInMemory()
  // 1,000 in and 100 out on Nova 2 Lite: 0.00055 USD. Before a call, all that it might cost is set aside: about 0.0044.
  const { fake, drivers } = await world(converse(GOOD), { IC_AI_INCIDENT_USD: '0.006' }, { spend })
  const together = await Promise.all([1, 2, 3].map(() => drivers.model.analyse(MATERIAL)))
  expect(together.map(({ provenance }) => provenance.outcome).sort()).toEqual([
    'answered',
    'incident-budget-spent',
    'incident-budget-spent',
  ])
  expect(fake.calls()).toHaveLength(1)
  expect(spend.get('incident/inc_abcdef')).toBeCloseTo(0.00055, 10)
  const asked: Provenance[] = []
  for (let n = 0; n < 8; n += 1) asked.push((await drivers.model.analyse(MATERIAL)).provenance)
  expect(asked.at(-1)).toMatchObject({ outcome: 'incident-budget-spent', attempts: 0, cost: { usd: 0 } })
  expect(spend.get('incident/inc_abcdef')).toBeLessThanOrEqual(0.006)
  expect(await drivers.model.analyse({ ...MATERIAL, incident: 'inc_other1' })).toMatchObject({ ok: true })
})

test('[BD32] the budget of the day holds over all incidents', async () => {
  const { drivers } = await world(converse(GOOD), { IC_AI_DAY_USD: '0.006' }, { spend: spendInMemory() })
  const outcomes: string[] = []
  for (let n = 0; n < 8; n += 1) {
    const said = await drivers.model.analyse({ ...MATERIAL, incident: `inc_number${n}` })
    outcomes.push(said.provenance.outcome)
  }
  expect(outcomes[0]).toBe('answered')
  expect(outcomes.at(-1)).toBe('day-budget-spent')
})

test('[BD32] an unpriced model is charged as the dearest of the table', async () => {
  const spend = spendInMemory()
  const text = JSON.stringify(causes(CAUSE))
  const own = { IC_MODEL_ANALYSIS: 'us.example.own-v1:0' }
  const { drivers } = await world(converse(answer([{ text }])), own, { spend })
  expect(await drivers.model.analyse(MATERIAL)).toMatchObject({
    ok: true,
    provenance: { cost: { usd: null, unpriced: 'model' } },
  })
  expect(spend.get('incident/inc_abcdef')).toBeGreaterThan(0.02)
})
