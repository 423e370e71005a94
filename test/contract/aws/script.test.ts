import { ConverseCommand, CountTokensCommand } from '@aws-sdk/client-bedrock-runtime'
import { expect, test } from 'vitest'
import type { Fields, Problem } from './model.ts'
import { rig } from './rig.ts'
import { needTier } from './tiers.ts'

const USAGE = { inputTokens: 1, outputTokens: 1, totalTokens: 2 }
const CONVERSE = {
  output: { message: { role: 'assistant', content: [{ text: 'ok' }] } },
  stopReason: 'end_turn',
  usage: USAGE,
  metrics: { latencyMs: 1 },
}

const rules = (operation: string, reply: Fields): Fields => ({ rules: [{ operation, replies: [reply] }] })
const words = (problems: Problem[]) => problems.map(({ at, rule }) => `${at} ${rule}`)

test('[BD6] a script that says what AWS would not is refused whole, and what stood before still stands', async (context) => {
  needTier(context, 'full')
  const { fake } = await rig({ tier: 'full' })
  const lies = (operation: string, reply: Fields) => words(fake.tryScript(rules(operation, reply)))
  const at = '/rules/0/replies/0'
  fake.script(rules('CountTokens', { output: { inputTokens: 7 } }))
  expect(lies('Imagine', { output: {} })).toEqual(['/rules/0 operation'])
  expect(lies('Converse', { output: { ...CONVERSE, mood: 'good' } })).toEqual([`${at}/ unknown`])
  expect(lies('Converse', { output: { ...CONVERSE, usage: undefined } })).toEqual([`${at}/ required`])
  expect(lies('Converse', { output: { ...CONVERSE, stopReason: 'tired' } })).toEqual([`${at}/stopReason enum`])
  expect(lies('Converse', { output: { ...CONVERSE, usage: { ...USAGE, inputTokens: -1 } } })).toEqual([
    `${at}/usage/inputTokens min`,
  ])
  expect(lies('Converse', { output: { ...CONVERSE, metrics: { latencyMs: 'soon' } } })).toEqual([
    `${at}/metrics/latencyMs type`,
  ])
  expect(lies('Converse', { error: 'OutOfCreditsException' })).toEqual([`${at} error`])
  // Declared by the service, and not by this operation of it.
  expect(lies('CountTokens', { error: 'ModelTimeoutException' })).toEqual([`${at} error`])
  expect(lies('Converse', { error: 'ThrottlingException', fields: { wait: 5 } })).toEqual([`${at} unknown`])
  expect(lies('Converse', { output: CONVERSE, error: 'ThrottlingException' })).toEqual([`${at} reply`])
  expect(lies('Converse', {})).toEqual([`${at} reply`])
  expect(lies('Converse', { output: CONVERSE, sleep: 5 })).toEqual([`${at} script`])
  expect(lies('ConverseStream', { output: { stream: [{ messageStop: {} }] } })).toEqual([
    `${at}/stream/0/messageStop required`,
  ])
  expect(lies('ConverseStream', { output: { stream: [{ sleep: {} }] } })).toEqual([
    `${at}/stream/0 unknown`,
    `${at}/stream/0 union`,
  ])
  expect(
    lies('ConverseStream', {
      output: { stream: [{ throttlingException: { message: 'slow' } }, { messageStart: { role: 'assistant' } }] },
    }),
  ).toEqual([`${at}/stream/0 after-exception`])
  expect(words(fake.tryScript(null))).toEqual(['/ script'])
  const put = await fetch(`${fake.url}/__fake/script`, {
    method: 'PUT',
    body: JSON.stringify(rules('Converse', { output: { mood: 'good' } })),
  })
  expect(put.status).toBe(422)
  expect(await put.json()).toMatchObject({
    problems: expect.arrayContaining([expect.objectContaining({ rule: 'unknown' })]),
  })
})

test('[BD6] without the published models a script is still held to the structure', async () => {
  const { fake } = await rig({ tier: 'structural' })
  const lies = (operation: string, reply: Fields) => words(fake.tryScript(rules(operation, reply)))
  expect(lies('Converse', { output: CONVERSE })).toEqual([])
  expect(lies('Converse', { output: { ...CONVERSE, mood: 'good', usage: undefined } })).toEqual([
    '/rules/0/replies/0/ unknown',
    '/rules/0/replies/0/ required',
  ])
  expect(lies('Converse', { error: 'OutOfCreditsException' })).toEqual(['/rules/0/replies/0 error'])
})

test('[BD7] the first rule that fits the input answers, its replies in their order, the last one again and again', async () => {
  const { fake, clients } = await rig()
  fake.script({
    rules: [
      { operation: 'CountTokens', when: { modelId: 'model-one' }, replies: [{ output: { inputTokens: 1 } }] },
      {
        operation: 'CountTokens',
        says: 'pool',
        replies: [{ output: { inputTokens: 2 } }, { output: { inputTokens: 3 } }],
      },
      { operation: 'CountTokens', replies: [{ error: 'ServiceUnavailableException' }] },
    ],
  })
  const count = async (modelId: string, text: string) => {
    const input = { converse: { messages: [{ role: 'user' as const, content: [{ text }] }] } }
    const { inputTokens } = await clients['bedrock-runtime'].send(new CountTokensCommand({ modelId, input }))
    return inputTokens
  }
  expect(await count('model-one', 'pool')).toBe(1)
  expect(await count('model-two', 'the pool')).toBe(2)
  expect(await count('model-two', 'the pool')).toBe(3)
  expect(await count('model-two', 'the pool')).toBe(3)
  await expect(count('model-two', 'disk')).rejects.toMatchObject({ name: 'ServiceUnavailableException' })
})

test('[BD8] everything is done by JSON as well: script, calls, forgetting, another fake for a file of tests alone', async () => {
  const { fake, clients } = await rig()
  const ask = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${fake.url}/__fake/${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: (await response.json()) as Fields }
  }
  expect(await ask('PUT', 'script', rules('Converse', { output: CONVERSE }))).toEqual({
    status: 200,
    body: { problems: [] },
  })
  await clients['bedrock-runtime'].send(
    new ConverseCommand({ modelId: 'model-one', messages: [{ role: 'user', content: [{ text: 'x' }] }] }),
  )
  const { body } = await ask('GET', 'calls')
  expect(body).toEqual({ tier: fake.tier, calls: fake.calls() })
  expect(fake.calls()).toHaveLength(1)
  const world = await ask('POST', 'worlds')
  expect(world.status).toBe(201)
  expect(world.body['url']).not.toBe(fake.url)
  const other: unknown = await (await fetch(`${String(world.body['url'])}/__fake/calls`)).json()
  expect(other).toEqual({ tier: fake.tier, calls: [] })
  await ask('DELETE', 'calls')
  expect(fake.calls()).toEqual([])
  expect((await ask('GET', 'else')).status).toBe(404)
})
