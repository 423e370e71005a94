import { ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime'
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { type Clients, clientsOf } from './clients.ts'
import type { Fields } from './model.ts'
import { rig } from './rig.ts'

const OK = {
  output: {
    output: { message: { role: 'assistant', content: [{ text: 'ok' }] } },
    stopReason: 'end_turn',
    usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
    metrics: { latencyMs: 1 },
  },
}
const DELTAS = ['The ', 'pool ', 'is ', 'exhausted'].map((text) => ({
  contentBlockDelta: { delta: { text }, contentBlockIndex: 0 },
}))
const STREAM = [
  { messageStart: { role: 'assistant' } },
  ...DELTAS,
  { contentBlockStop: { contentBlockIndex: 0 } },
  { messageStop: { stopReason: 'end_turn' } },
]
const ASKED = { modelId: 'us.amazon.nova-lite-v1:0', messages: [{ role: 'user' as const, content: [{ text: 'why' }] }] }

const rules = (operation: string, ...replies: Fields[]): Fields => ({ rules: [{ operation, replies }] })

async function converse(clients: Clients, signal?: AbortSignal): Promise<string | undefined> {
  const command = new ConverseCommand(ASKED)
  const said = await clients['bedrock-runtime'].send(command, signal ? { abortSignal: signal } : {})
  return said.output?.message?.content?.[0]?.text
}

async function stream(clients: Clients): Promise<{ words: string; ended: string }> {
  let words = ''
  try {
    const said = await clients['bedrock-runtime'].send(new ConverseStreamCommand(ASKED))
    for await (const event of said.stream ?? []) words += event.contentBlockDelta?.delta?.text ?? ''
    return { words, ended: 'whole' }
  } catch (cause) {
    return { words, ended: cause instanceof Error ? cause.name : 'unknown' }
  }
}

test('[BD9] throttled and failed calls are tried again by the client as AWS asks, and each try is on record', async () => {
  const { fake, clients } = await rig()
  fake.script(rules('Converse', { error: 'ThrottlingException', message: 'Too many requests' }, OK))
  await expect(converse(clients)).rejects.toMatchObject({
    name: 'ThrottlingException',
    $metadata: { httpStatusCode: 429, attempts: 1 },
  })
  fake.forget()
  fake.script(rules('Converse', { error: 'ServiceUnavailableException' }, { error: 'InternalServerException' }, OK))
  expect(await converse(clientsOf(fake, { maxAttempts: 3 }))).toBe('ok')
  expect(fake.calls().map(({ attempt, status }) => [attempt, status])).toEqual([
    [1, 503],
    [2, 500],
    [3, 200],
  ])
  fake.script(rules('PutItem', { error: 'ConditionalCheckFailedException', message: 'The conditional request failed' }))
  await expect(
    clients.dynamodb.send(new PutItemCommand({ TableName: 'incidents', Item: { pk: { S: 'INC#1' } } })),
  ).rejects.toMatchObject({ name: 'ConditionalCheckFailedException', $metadata: { httpStatusCode: 400 } })
})

test('[BD10] a reset, a page of a proxy and half a JSON arrive as they are, and the caller gets no answer of them', async () => {
  const { fake, clients } = await rig()
  fake.script(rules('Converse', { reset: true }))
  await expect(converse(clients)).rejects.toThrow()
  fake.script(rules('Converse', { raw: { status: 502, contentType: 'text/html', body: '<html>Bad gateway</html>' } }))
  await expect(converse(clients)).rejects.toThrow()
  fake.script(rules('Converse', { raw: { status: 200, contentType: 'application/json', body: '{"output":' } }))
  await expect(converse(clients)).rejects.toThrow()
  fake.script(rules('Converse', { ...OK, cutAfterBytes: 10 }))
  await expect(converse(clients)).rejects.toThrow()
  expect(fake.calls().map(({ ended }) => ended)).toEqual(['reset', 'answered', 'answered', 'cut'])
})

test('[BD11] who gives up waiting is seen to leave: the deadline frees the connection', async () => {
  const { fake, clients } = await rig()
  fake.script(rules('Converse', { ...OK, delayMs: 300 }))
  await expect(converse(clients, AbortSignal.timeout(50))).rejects.toMatchObject({ name: 'AbortError' })
  await expect.poll(() => fake.calls()[0]?.ended).toBe('caller-left')
  // Also while the answer is on its way, and the fake goes on.
  fake.script(rules('Converse', { ...OK, trickleMs: 20 }))
  await expect(converse(clients, AbortSignal.timeout(60))).rejects.toThrow()
  await expect.poll(() => fake.calls()[1]?.ended).toBe('caller-left')
  expect(await converse(clients)).toBe('ok')
  expect(fake.calls().flatMap(({ problems }) => problems)).toEqual([])
})

test('[BD12] a stream may end in an exception, be cut inside an event or come slowly; the client knows a cut from an end', async () => {
  const { fake, clients } = await rig()
  fake.script(rules('ConverseStream', { output: { stream: STREAM }, trickleMs: 1 }))
  expect(await stream(clients)).toEqual({ words: 'The pool is exhausted', ended: 'whole' })
  const broken = [...STREAM.slice(0, 3), { throttlingException: { message: 'Too many tokens' } }]
  fake.script(rules('ConverseStream', { output: { stream: broken } }))
  expect(await stream(clients)).toEqual({ words: 'The pool ', ended: 'ThrottlingException' })
  fake.script(rules('ConverseStream', { output: { stream: STREAM }, cutAfterEvents: 3 }))
  const cut = await stream(clients)
  expect(cut.ended).not.toBe('whole')
  expect('The pool '.startsWith(cut.words)).toBe(true)
  expect(fake.calls().at(-1)?.ended).toBe('cut')
  // After its last event too: the connection breaks, it does not end.
  fake.script(rules('ConverseStream', { output: { stream: STREAM }, cutAfterEvents: STREAM.length }))
  expect((await stream(clients)).ended).not.toBe('whole')
})
