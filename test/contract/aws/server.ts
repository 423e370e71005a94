import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { admin } from './admin.ts'
import type { Call } from './call.ts'
import { Calls } from './calls.ts'
import { type Problem, type Service, type Tier, isFields, signingName } from './model.ts'
import { type Answer, answerError, answerOutput, outputProblems } from './reply.ts'
import { EMPTY, type Reply, type Script, holds, readScript } from './script.ts'
import { type Credentials, verify } from './sigv4.ts'
import { assumeRoleWithWebIdentity } from './sts.ts'
import { servicesOf } from './tiers.ts'
import { type Understood, understand } from './understand.ts'
import type { WireRequest } from './wire.ts'

export interface FakeOptions {
  tier?: Tier | 'best'
  region?: string
  now?: () => number
  /** a DynamoDB that really keeps items (dynalite): its operations are passed on once they are understood and verified. */
  dynamodb?: string
}

export interface Fake {
  url: string
  tier: Tier
  region: string
  /** keys that may ask for everything. */
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string }
  services: readonly Service[]
  /** Replaces the script; throws with every problem where it says what AWS's model does not allow. */
  script: (script: unknown) => void
  tryScript: (script: unknown) => Problem[]
  calls: () => Call[]
  forget: () => void
  stop: () => Promise<void>
}

/** The largest body of any operation is 25 MB; base64 adds a third. */
const BODY_BYTES_MAX = 34_000_000
/** Fakes that one fake may start for tests which cannot start a server themselves. */
const WORLDS_MAX = 64
/** A trickled body goes out in pieces of this size. */
const PIECE_BYTES = 16

const ROOT_KEYS = {
  accessKeyId: 'AKIACONTRACTFAKE0001',
  secretAccessKey: 'the-contract-fake-knows-this-secret-too',
  sessionToken: 'the-contract-fake-knows-this-session-token-too',
  role: 'contract-fake',
}

/** Starts AWS as its models describe it, on loopback. Every call is understood, judged, recorded, then answered by script. */
export async function startFake(options: FakeOptions = {}): Promise<Fake> {
  const services = await servicesOf(options.tier ?? 'best')
  const region = options.region ?? 'us-east-1'
  const now = options.now ?? Date.now
  const keys = new Map<string, Credentials>([[ROOT_KEYS.accessKeyId, ROOT_KEYS]])
  const calls = new Calls()
  let script: Script = EMPTY
  let said = new Map<number, number>()
  const worlds: Fake[] = []

  const server: Server = createServer((request, response) => {
    void handle(request, response).catch((cause: unknown) => {
      response.destroy(cause instanceof Error ? cause : new Error(String(cause)))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  const fake: Fake = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tier: services[0]?.tier ?? 'structural',
    region,
    credentials: ROOT_KEYS,
    services,
    script: (value) => {
      const problems = fake.tryScript(value)
      if (problems.length > 0)
        throw new Error(problems.map(({ at, rule, detail }) => `${at}: ${rule} ${detail}`).join('\n'))
    },
    tryScript: (value) => {
      const read = readScript(services, value)
      if ('problems' in read) return read.problems
      script = read.script
      said = new Map()
      return []
    },
    calls: () => calls.all(),
    forget: () => calls.forget(),
    stop: async () => {
      await Promise.all(worlds.map(async (world) => world.stop()))
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return fake

  async function another(): Promise<Fake | null> {
    if (worlds.length >= WORLDS_MAX) return null
    const world = await startFake(options)
    worlds.push(world)
    return world
  }

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await read(incoming)
    if (request.target.startsWith('/__fake/')) return admin(fake, request, response, another)
    const understood = understand(services, request)
    const call = calls.open(request, understood, response)
    if (!understood) {
      call.status = 404
      response.writeHead(404, { 'x-amzn-errortype': 'UnknownOperationException' }).end('{}')
      return
    }
    const refusal = judge(request, understood, call)
    const reply = refusal ? null : next(understood)
    if (reply?.delayMs !== undefined) await sleep(reply.delayMs)
    if (reply?.reset) {
      call.ended = 'reset'
      incoming.socket.resetAndDestroy()
      return
    }
    const answer = refusal ?? (await answerOf(understood, reply ?? { through: true }, request, call))
    call.status = answer.status
    await send(response, answer, reply ?? {}, call)
  }

  /** AWS's refusal of who asks or of what is asked; null where neither is wrong. */
  function judge(request: WireRequest, understood: Understood, call: Call): Answer | null {
    const { service, operation } = understood
    if (operation.authtype !== 'none') {
      const scope = { region, service: signingName(service) }
      const verdict = verify(request, { find: (id) => keys.get(id), scope, now: now() })
      call.signature = verdict.ok ? 'verified' : verdict.reason
      call.by = verdict.ok ? (verdict.by.role ?? null) : null
      if (!verdict.ok)
        return answerError(
          service,
          operation.name,
          CODES[verdict.reason] ?? 'InvalidSignatureException',
          verdict.reason,
        )
    }
    const [problem] = call.problems
    if (!problem) return null
    const code = service.metadata.protocol === 'query' ? 'ValidationError' : 'ValidationException'
    return answerError(service, operation.name, code, `${problem.at}: ${problem.rule} ${problem.detail}`)
  }

  /** The reply that the script has for this call: of the first rule that fits, the next one; the last one stays. */
  function next({ operation, input }: Understood): Reply | null {
    const index = script.rules.findIndex(
      (rule) =>
        rule.operation === operation.name &&
        (rule.when === undefined || holds(input, rule.when)) &&
        (rule.says === undefined || JSON.stringify(input).includes(rule.says)),
    )
    const replies = script.rules[index]?.replies ?? []
    const count = said.get(index) ?? 0
    said.set(index, count + 1)
    return replies[Math.min(count, replies.length - 1)] ?? null
  }

  async function answerOf(understood: Understood, reply: Reply, request: WireRequest, call: Call): Promise<Answer> {
    const { service, operation, input } = understood
    if (reply.raw) {
      const { status, contentType, body } = reply.raw
      return { status, headers: { 'content-type': contentType }, pieces: [Buffer.from(body)] }
    }
    if (reply.output) return answerOutput(service, operation.name, reply.output)
    if (reply.error !== undefined)
      return answerError(service, operation.name, reply.error, reply.message ?? reply.error, reply.fields)
    if (service.metadata.endpointPrefix === 'dynamodb' && options.dynamodb !== undefined)
      return passOn(options.dynamodb, understood, request, call)
    if (operation.name === 'AssumeRoleWithWebIdentity' && script.iam) {
      const result = await assumeRoleWithWebIdentity(input, script.iam, now(), (made) =>
        keys.set(made.accessKeyId, made),
      )
      if ('error' in result) return answerError(service, operation.name, result.error, result.message)
      return checked(understood, result.output, call)
    }
    if (operation.name === 'GetCallerIdentity')
      return checked(understood, { UserId: 'AIDACONTRACTFAKE', Account: '000000000000', Arn: call.by ?? '' }, call)
    call.problems.push({ at: '/', rule: 'no-script', detail: operation.name })
    return answerError(service, operation.name, 'ValidationException', `nothing is scripted for ${operation.name}`)
  }

  /** What an engine of the fake's own says is held to the model as well. */
  function checked({ service, operation }: Understood, output: Record<string, unknown>, call: Call): Answer {
    const problems = outputProblems(service, operation.name, output)
    if (problems.length === 0) return answerOutput(service, operation.name, output)
    call.problems.push(...problems)
    return answerError(service, operation.name, 'InternalFailure', 'the answer is not as the model says')
  }

  async function passOn(base: string, understood: Understood, request: WireRequest, call: Call): Promise<Answer> {
    const headers = Object.fromEntries(
      request.headers.filter(([name]) => !/^(?:host|connection|content-length)$/i.test(name)),
    )
    const response = await fetch(base, { method: 'POST', headers, body: new Uint8Array(request.body) })
    const text = await response.text()
    const body: unknown = JSON.parse(text)
    if (response.ok && isFields(body)) {
      // The table behind is not AWS either: what it says against the model is left out, and that is on record.
      const odd = outputProblems(understood.service, understood.operation.name, body)
      call.leftOut = odd
      return checked(understood, without(body, odd), call)
    }
    return {
      status: response.status,
      headers: { 'content-type': response.headers.get('content-type') ?? 'application/json' },
      pieces: [Buffer.from(text)],
    }
  }
}

/** A copy of the value without the members that problems name. */
function without(value: Record<string, unknown>, problems: Problem[]): Record<string, unknown> {
  const copy = structuredClone(value)
  for (const { at, rule, detail } of problems) {
    const steps = at.split('/').filter((step) => step !== '')
    const last = rule === 'unknown' ? detail : (steps.pop() ?? '')
    let holder: unknown = copy
    for (const step of steps) holder = (holder as Record<string, unknown> | undefined)?.[step]
    if (isFields(holder)) delete holder[last]
  }
  return copy
}

const CODES: Record<string, string> = {
  unsigned: 'MissingAuthenticationTokenException',
  malformed: 'IncompleteSignatureException',
  'unknown-key': 'UnrecognizedClientException',
  'wrong-session-token': 'UnrecognizedClientException',
  expired: 'ExpiredTokenException',
}

async function send(response: ServerResponse, answer: Answer, reply: Partial<Reply>, call: Call): Promise<void> {
  const { cutAfterEvents, cutAfterBytes, trickleMs } = reply
  response.writeHead(answer.status, answer.headers)
  const cuts = cutAfterEvents !== undefined || cutAfterBytes !== undefined
  const whole = Buffer.concat(answer.pieces)
  // Half of the event that comes next goes out before the connection breaks: a cut seldom falls between two events.
  const next = cutAfterEvents === undefined ? undefined : answer.pieces[cutAfterEvents]
  const kept =
    cutAfterEvents === undefined
      ? whole
      : Buffer.concat([
          ...answer.pieces.slice(0, cutAfterEvents),
          ...(next ? [next.subarray(0, next.length >> 1)] : []),
        ])
  const body = cutAfterBytes === undefined ? kept : kept.subarray(0, cutAfterBytes)
  const size = trickleMs === undefined ? Math.max(body.length, 1) : PIECE_BYTES
  for (let from = 0; from < body.length && !response.destroyed; from += size) {
    await written(response, body.subarray(from, from + size))
    if (trickleMs !== undefined) await sleep(trickleMs)
  }
  if (cuts) {
    call.ended = 'cut'
    response.destroy()
    return
  }
  response.end()
}

async function written(response: ServerResponse, piece: Buffer): Promise<void> {
  await new Promise<void>((resolve) => response.write(piece, () => resolve()))
}

async function read(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > BODY_BYTES_MAX) throw new Error('the body is larger than any operation takes')
    chunks.push(chunk)
  }
  const { rawHeaders } = incoming
  const headers = rawHeaders.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? '']] : [],
  )
  return { method: incoming.method ?? 'GET', target: incoming.url ?? '/', headers, body: Buffer.concat(chunks) }
}
