import { ConverseCommand, ConverseStreamCommand, InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime'
import { InvokeAgentCommand } from '@aws-sdk/client-bedrock-agent-runtime'
import { ChatSyncCommand } from '@aws-sdk/client-qbusiness'
import { expect, test } from 'vitest'
import { type Clients, clientsOf } from './clients.ts'
import type { Tier } from './model.ts'
import { forClient, sample, sampleOutput } from './sample.ts'
import { rig } from './rig.ts'
import { SERVED } from './services.ts'
import { needTier } from './tiers.ts'
import { timesOf } from './understand.ts'

const TIERS: Tier[] = ['full', 'structural']
test.for(TIERS)(
  "[BD3] every operation of the bridge passes from AWS's own client, understood without a problem and with its signature verified (%s tier)",
  async (tier, context) => {
    needTier(context, tier)
    const { fake, clients } = await rig({ tier })
    for (const served of SERVED) {
      const service = fake.services.find(({ metadata }) => metadata.endpointPrefix === served.metadata.endpointPrefix)
      const schemas = await served.schemas()
      for (const name of served.operations) {
        if (!service) throw new Error(`${served.name} is not served`)
        fake.script({ rules: [{ operation: name, replies: [{ output: sampleOutput(service, name) }] }] })
        const input = service.operations[name]?.input?.shape
        const value = input === undefined ? {} : forClient(service, input, sample(service, input, timesOf(service)))
        await send(clients[served.name as keyof Clients], schemas[`${name}Command`], value)
      }
    }
    const calls = fake.calls()
    expect(calls.flatMap(({ operation, problems }) => problems.map((problem) => ({ operation, ...problem })))).toEqual(
      [],
    )
    expect(calls.filter(({ status }) => status === null || status >= 300)).toEqual([])
    expect(calls.map(({ operation }) => operation)).toEqual(SERVED.flatMap(({ operations }) => operations))
    expect(calls.filter(({ signature }) => signature !== 'verified').map(({ operation }) => operation)).toEqual([
      'AssumeRoleWithWebIdentity',
    ])
  },
)

test('[BD4] answers and event streams arrive as the script says: words, tool use, usage, embeddings, an agent and its trace', async () => {
  const { fake, clients } = await rig()
  const usage = { inputTokens: 812, outputTokens: 61, totalTokens: 873, cacheReadInputTokens: 640 }
  const toolUse = { toolUseId: 'tooluse_1', name: 'classify', input: { kind: 'database', evidence: ['ev_1'] } }
  fake.script({
    rules: [
      {
        operation: 'Converse',
        when: { modelId: 'us.amazon.nova-micro-v1:0', toolConfig: { tools: [{ toolSpec: { name: 'classify' } }] } },
        replies: [
          {
            output: {
              output: { message: { role: 'assistant', content: [{ toolUse }] } },
              stopReason: 'tool_use',
              usage,
              metrics: { latencyMs: 210 },
            },
          },
        ],
      },
      {
        operation: 'ConverseStream',
        replies: [
          {
            output: {
              stream: [
                { messageStart: { role: 'assistant' } },
                { contentBlockDelta: { delta: { text: 'The pool is ' }, contentBlockIndex: 0 } },
                { contentBlockDelta: { delta: { text: 'exhausted. Grüße 😀' }, contentBlockIndex: 0 } },
                { contentBlockStop: { contentBlockIndex: 0 } },
                { messageStop: { stopReason: 'end_turn' } },
                { metadata: { usage, metrics: { latencyMs: 400 } } },
              ],
            },
          },
        ],
      },
      {
        operation: 'InvokeModel',
        replies: [
          { output: { body: { embedding: [0.5, -0.25], inputTextTokenCount: 3 }, contentType: 'application/json' } },
        ],
      },
      { operation: 'ChatSync', replies: [{ output: { systemMessage: 'restart it' } }] },
      {
        operation: 'InvokeAgent',
        replies: [
          {
            output: {
              contentType: 'application/json',
              sessionId: 'inc_1',
              completion: [
                {
                  trace: {
                    sessionId: 'inc_1',
                    trace: { orchestrationTrace: { rationale: { text: 'looked', traceId: 't-1' } } },
                  },
                },
                { chunk: { bytes: Buffer.from('restart').toString('base64') } },
              ],
            },
          },
        ],
      },
    ],
  })
  const said = await clients['bedrock-runtime'].send(
    new ConverseCommand({
      modelId: 'us.amazon.nova-micro-v1:0',
      messages: [{ role: 'user', content: [{ text: 'checkout fails' }] }],
      inferenceConfig: { maxTokens: 200, temperature: 0 },
      toolConfig: {
        tools: [{ toolSpec: { name: 'classify', inputSchema: { json: { type: 'object' } } } }],
        toolChoice: { tool: { name: 'classify' } },
      },
      requestMetadata: { incident: 'inc_1' },
    }),
  )
  expect(said.output?.message?.content).toEqual([{ toolUse }])
  expect(said.usage).toEqual(usage)
  const streamed = await clients['bedrock-runtime'].send(
    new ConverseStreamCommand({
      modelId: 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0',
      messages: [{ role: 'user', content: [{ text: 'why' }] }],
    }),
  )
  let words = ''
  for await (const event of streamed.stream ?? []) words += event.contentBlockDelta?.delta?.text ?? ''
  expect(words).toBe('The pool is exhausted. Grüße 😀')
  const embedded = await clients['bedrock-runtime'].send(
    new InvokeModelCommand({
      modelId: 'amazon.titan-embed-text-v2:0',
      contentType: 'application/json',
      body: JSON.stringify({ inputText: 'pool exhausted', dimensions: 256 }),
    }),
  )
  expect(JSON.parse(embedded.body.transformToString())).toEqual({ embedding: [0.5, -0.25], inputTextTokenCount: 3 })
  const agent = await clients['bedrock-agent-runtime'].send(
    new InvokeAgentCommand({ agentId: 'AGENT1', agentAliasId: 'ALIAS1', sessionId: 'inc_1', inputText: 'what now' }),
  )
  const chunks: string[] = []
  for await (const event of agent.completion ?? []) chunks.push(Buffer.from(event.chunk?.bytes ?? []).toString())
  expect(chunks).toEqual(['', 'restart'])
  expect(agent.sessionId).toBe('inc_1')
  // A name that stands twice in the query is signed in the order of its values.
  await clients.qbusiness.send(new ChatSyncCommand({ applicationId: 'a'.repeat(36), userGroups: ['sre', 'ops'] }))
  const calls = fake.calls()
  expect(calls.at(-1)?.input).toMatchObject({ applicationId: 'a'.repeat(36), userGroups: ['sre', 'ops'] })
  expect(calls.flatMap(({ problems }) => problems)).toEqual([])
  expect(calls.map(({ signature, by, attempt, status, ended }) => ({ signature, by, attempt, status, ended }))).toEqual(
    calls.map(() => ({
      signature: 'verified',
      by: 'arn:aws:iam::123456789012:user/contract-fake',
      attempt: 1,
      status: 200,
      ended: 'answered',
    })),
  )
  expect(calls[0]?.input).toMatchObject({
    modelId: 'us.amazon.nova-micro-v1:0',
    requestMetadata: { incident: 'inc_1' },
  })
})

test('[BD5] a request against the model or with a wrong key is refused as AWS would, and recorded with what is wrong', async (context) => {
  needTier(context, 'full')
  const { fake, clients } = await rig({ tier: 'full' })
  const ask = (client: Clients['bedrock-runtime'], input: object) =>
    client.send(
      new ConverseCommand({
        modelId: 'us.amazon.nova-micro-v1:0',
        messages: [{ role: 'user', content: [{ text: 'x' }] }],
        ...input,
      }),
    )
  const runtime = clients['bedrock-runtime']
  await expect(ask(runtime, { inferenceConfig: { temperature: 3 } })).rejects.toMatchObject({
    name: 'ValidationException',
  })
  await expect(ask(runtime, { modelId: 'not a model' })).rejects.toMatchObject({ name: 'ValidationException' })
  await expect(ask(runtime, { serviceTier: { type: 'fastest' } })).rejects.toMatchObject({
    name: 'ValidationException',
  })
  const other = { ...fake, credentials: { ...fake.credentials, secretAccessKey: 'another secret' } }
  await expect(ask(clientsOf(other)['bedrock-runtime'], {})).rejects.toMatchObject({
    name: 'InvalidSignatureException',
  })
  const old = { ...fake, credentials: { ...fake.credentials, sessionToken: 'another token' } }
  await expect(ask(clientsOf(old)['bedrock-runtime'], {})).rejects.toMatchObject({
    name: 'UnrecognizedClientException',
  })
  const far = { ...fake, region: 'eu-west-1' }
  await expect(ask(clientsOf(far)['bedrock-runtime'], {})).rejects.toMatchObject({ name: 'InvalidSignatureException' })
  await expect(ask(runtime, {})).rejects.toMatchObject({ message: 'nothing is scripted for Converse' })
  expect((await fetch(`${fake.url}/model/x/imagine`, { method: 'POST', body: '{}' })).status).toBe(404)
  expect(
    fake
      .calls()
      .map(({ problems, signature, status }) => [problems.map(({ at, rule }) => `${at} ${rule}`), signature, status]),
  ).toEqual([
    [['/inferenceConfig/temperature max'], 'verified', 400],
    [['/modelId pattern'], 'verified', 400],
    [['/serviceTier/type enum'], 'verified', 400],
    [[], 'wrong-signature', 403],
    [[], 'wrong-session-token', 403],
    [[], 'wrong-scope', 403],
    [['/ no-script'], 'verified', 400],
    [['/ no-such-operation'], 'not-asked', 404],
  ])
})

type Command = new (input: unknown) => unknown

async function send(client: unknown, command: unknown, input: unknown): Promise<unknown> {
  return (client as { send: (command: unknown) => Promise<unknown> }).send(new (command as Command)(input))
}
