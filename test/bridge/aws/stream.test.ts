import { afterEach, expect, test } from 'vitest'
import type { SuggestedCause } from '../../../durable/protocol/models.ts'
import { wholeItems } from '../../../bridge/aws/bedrock/drafts.ts'
import { CAUSE, CLAUDE, MATERIAL, NOVA, USAGE, answer, causes, tool } from './asks.ts'
import { type World, worldOf } from './world.ts'

const worlds: World[] = []

async function world(...args: Parameters<typeof worldOf>): Promise<World> {
  const made = await worldOf(...args)
  worlds.push(made)
  return made
}

afterEach(async () => {
  const ended = worlds.splice(0)
  await Promise.all(ended.map(({ fake }) => fake.stop()))
  for (const { fake } of ended)
    for (const { problems, signature } of fake.calls()) expect([problems, signature]).toEqual([[], 'verified'])
})

const TWO = causes(CAUSE, { ...CAUSE, cites: ['E-01'], says: 'A "} ]" in words: 24 of 24.' })

/** The events of one streamed answer, its text in pieces of seven. */
function events(value: unknown, way: 'tool' | 'text' = 'tool'): Record<string, unknown>[] {
  const pieces = JSON.stringify(value).match(/[\s\S]{1,7}/g) ?? []
  return [
    { messageStart: { role: 'assistant' } },
    ...(way === 'tool'
      ? [{ contentBlockStart: { start: { toolUse: { toolUseId: 't1', name: 'report' } }, contentBlockIndex: 0 } }]
      : []),
    ...pieces.map((piece) => ({
      contentBlockDelta: {
        delta: way === 'tool' ? { toolUse: { input: piece } } : { text: piece },
        contentBlockIndex: 0,
      },
    })),
    { contentBlockStop: { contentBlockIndex: 0 } },
    { messageStop: { stopReason: way === 'tool' ? 'tool_use' : 'end_turn' } },
    { metadata: { usage: USAGE, metrics: { latencyMs: 9 } } },
  ]
}

const stream = (list: Record<string, unknown>[], more: Record<string, unknown> = {}) => [
  { operation: 'ConverseStream', replies: [{ output: { stream: list }, ...more }] },
]

test('[BD28] a streamed analysis shows each cause once it is whole, and ends as the same answer in one piece', async () => {
  for (const [model, way] of [
    [NOVA, 'tool'],
    [CLAUDE, 'text'],
  ] as const) {
    const { fake, drivers } = await world(stream(events(TWO, way)), { IC_MODEL_ANALYSIS: model })
    const drafts: SuggestedCause[] = []
    const said = await drivers.model.analyse(MATERIAL, (cause) => drafts.push(cause))
    expect(said).toMatchObject({ ok: true, value: TWO, provenance: { tokens: { input: 1000, output: 100 } } })
    expect(drafts).toEqual(TWO['causes'])
    expect(fake.calls()[0]?.input['guardrailConfig']).toMatchObject({ streamProcessingMode: 'sync' })
  }
})

test('[BD28] a draft that cites what is not there, names another service or invents a figure is not shown', async () => {
  const value = causes(
    { ...CAUSE, cites: ['E-10'] },
    { ...CAUSE, service: 'mail' },
    { ...CAUSE, says: 'It is 99 percent full.' },
    { ...CAUSE, kind: 'aliens' },
    CAUSE,
  )
  const { drivers } = await world(stream(events(value)))
  const drafts: SuggestedCause[] = []
  const said = await drivers.model.analyse(MATERIAL, (cause) => drafts.push(cause))
  expect(drafts).toEqual([CAUSE])
  // The whole does not fit its form, so that nothing of it stays.
  expect(said).toMatchObject({ ok: false, reason: 'wrong-shape' })
})

test('[BD28] without a guardrail that reads the stream first there are no drafts and no stream', async () => {
  const results = { results: {}, usage: {} }
  const { fake, drivers } = await world(
    [
      { operation: 'InvokeGuardrailChecks', replies: [{ output: results }] },
      { operation: 'Converse', replies: [answer([tool(TWO)])] },
    ],
    { IC_GUARDRAIL_ID: '', IC_GUARDRAIL_VERSION: '' },
  )
  const drafts: SuggestedCause[] = []
  expect(await drivers.model.analyse(MATERIAL, (cause) => drafts.push(cause))).toMatchObject({ ok: true, value: TWO })
  expect(drafts).toEqual([])
  expect(fake.calls().map(({ operation }) => operation)).toEqual([
    'InvokeGuardrailChecks',
    'Converse',
    'InvokeGuardrailChecks',
  ])
})

const whole = events(TWO)
const cuts: [string, unknown[], string][] = [
  ['the connection cut in the middle', stream(whole, { cutAfterEvents: 20 }), 'stream-cut'],
  ['no last event', stream(whole.slice(0, -2)), 'stream-cut'],
  [
    'an exception in the middle',
    stream([...whole.slice(0, 20), { throttlingException: { message: 'slow' } }]),
    'throttled',
  ],
  [
    'a broken model in the middle',
    stream([...whole.slice(0, 20), { modelStreamErrorException: { message: 'sorry' } }]),
    'model-error',
  ],
  ['half a text', stream([...whole.slice(0, 12), ...whole.slice(-3)]), 'wrong-shape'],
  [
    'a guardrail at the end',
    stream([...whole.slice(0, -2), { messageStop: { stopReason: 'guardrail_intervened' } }]),
    'guardrail-blocked',
  ],
]

test.each(cuts)('[BD28] %s: the answer is a reason, and nothing of what came is in it', async (_, rules, reason) => {
  const { drivers } = await world(rules)
  const drafts: SuggestedCause[] = []
  const said = await drivers.model.analyse(MATERIAL, (cause) => drafts.push(cause))
  expect(said).toMatchObject({ ok: false, reason })
  expect(JSON.stringify(said)).not.toContain(CAUSE.says)
})

test('[BD28] a stream that trickles past the deadline is over, and its connection is given back', async () => {
  const { fake, drivers } = await world(stream(whole, { trickleMs: 200 }))
  const said = await drivers.model.analyse({ ...MATERIAL, deadlineMs: 300 }, () => undefined)
  expect(said).toMatchObject({ ok: false, reason: 'timed-out' })
  await expect.poll(() => fake.calls()[0]?.ended, { timeout: 5000 }).toBe('caller-left')
})

test('[BD28] whole items are found at any cut of the text', () => {
  const text = JSON.stringify({ causes: [{ a: '}]{"' }, { b: ['{', { c: 1 }] }] })
  for (let end = 0; end <= text.length; end += 1)
    for (const item of wholeItems(text.slice(0, end))) expect(() => JSON.parse(item)).not.toThrow()
  expect(wholeItems(text).map((item) => JSON.parse(item))).toEqual([{ a: '}]{"' }, { b: ['{', { c: 1 }] }])
})
