import { expect, inject, test } from 'vitest'
import { createBridge } from '../../bridge/bridge.ts'
import { evaluated } from '../../bridge/evaluated.ts'
import type { SuggestedCause } from '../../durable/protocol/models.ts'
import { CAUSE, MATERIAL, USAGE, answer, causes, settingsOn, tool } from '../bridge/aws/asks.ts'
import { parts } from '../bridge/aws/parts.ts'
import { world } from '../contract/aws/worlds.ts'

const VECTOR = Array.from({ length: 256 }, (_, index) => (index === 3 ? 1 : 0))
const piece = (text: string) => ({ contentBlockDelta: { delta: { toolUse: { input: text } }, contentBlockIndex: 0 } })
const STREAM = [
  { messageStart: { role: 'assistant' } },
  { contentBlockStart: { start: { toolUse: { toolUseId: 't1', name: 'report' } }, contentBlockIndex: 0 } },
  ...(JSON.stringify(causes(CAUSE)).match(/.{1,9}/g) ?? []).map(piece),
  { contentBlockStop: { contentBlockIndex: 0 } },
  { messageStop: { stopReason: 'tool_use' } },
  { metadata: { usage: USAGE, metrics: { latencyMs: 9 } } },
]

test('[BD43] in workerd nothing of AWS is evaluated before it is asked; then answers, streams, vectors and refusals are as in Node', async () => {
  const fake = await world(inject('aws'))
  await fake.script({
    rules: [
      { operation: 'Converse', replies: [answer([tool(causes(CAUSE))]), { error: 'ThrottlingException' }] },
      {
        operation: 'ConverseStream',
        replies: [{ output: { stream: STREAM } }, { output: { stream: STREAM }, cutAfterEvents: 6 }],
      },
      {
        operation: 'InvokeModel',
        replies: [{ output: { body: { embedding: VECTOR, inputTextTokenCount: 3 }, contentType: 'application/json' } }],
      },
    ],
  })
  const quiet = createBridge(parts())
  expect(await quiet.model.analyse(MATERIAL)).toMatchObject({ ok: true, provenance: { driver: 'embedded' } })
  const { model, embedding } = createBridge({ ...parts(), aws: { config: settingsOn(fake) } })
  expect(evaluated.aws).toBe(0)

  expect(await model.analyse(MATERIAL)).toMatchObject({ ok: true, value: causes(CAUSE), degraded: null })
  expect(evaluated.aws).toBe(1)
  expect(await model.analyse(MATERIAL)).toMatchObject({ ok: true, degraded: 'throttled' })
  const drafts: SuggestedCause[] = []
  expect(await model.analyse(MATERIAL, (cause) => drafts.push(cause))).toMatchObject({ ok: true, degraded: null })
  expect(drafts).toEqual([CAUSE])
  expect(await model.analyse(MATERIAL, () => undefined)).toMatchObject({ ok: true, degraded: 'stream-cut' })
  expect(await embedding.embed({ incident: MATERIAL.incident, text: 'pool' })).toMatchObject({
    value: { vector: VECTOR },
  })

  const calls = await fake.calls()
  expect(calls.map(({ operation }) => operation)).toEqual([
    'Converse',
    'Converse',
    'ConverseStream',
    'ConverseStream',
    'InvokeModel',
  ])
  for (const { problems, signature } of calls) expect([problems, signature]).toEqual([[], 'verified'])
})

test('[BD43] in workerd a call is over at its deadline, which the default handler of the client would not see', async () => {
  const fake = await world(inject('aws'))
  await fake.script({
    rules: [{ operation: 'Converse', replies: [{ ...answer([tool(causes(CAUSE))]), delayMs: 4000 }] }],
  })
  const { model } = createBridge({ ...parts(), aws: { config: settingsOn(fake) } })
  expect(await model.analyse({ ...MATERIAL, deadlineMs: 200 })).toMatchObject({ ok: true, degraded: 'timed-out' })
  await expect.poll(async () => (await fake.calls())[0]?.ended, { timeout: 5000 }).toBe('caller-left')
})
