import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { admin } from './admin.ts'
import { type Engines, answerOf } from './answer.ts'
import type { Call } from './call.ts'
import { Calls } from './calls.ts'
import { read, send } from './http.ts'
import { judge } from './judge.ts'
import type { Problem, Service, Tier } from './model.ts'
import { EMPTY, type Reply, type Script, holds, readScript } from './script.ts'
import type { Credentials } from './sigv4.ts'
import { ACCOUNT } from './template.ts'
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

/** Fakes that one fake may start for tests which cannot start a server themselves. */
const WORLDS_MAX = 64

const ROOT_KEYS = {
  accessKeyId: 'AKIACONTRACTFAKE0001',
  secretAccessKey: 'the-contract-fake-knows-this-secret-too',
  sessionToken: 'the-contract-fake-knows-this-session-token-too',
  role: `arn:aws:iam::${ACCOUNT}:user/contract-fake`,
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
    try {
      await answer(incoming, response, { request, understood, call })
    } catch (cause) {
      call.problems.push({ at: '/', rule: 'fake-broke', detail: cause instanceof Error ? cause.message : 'unknown' })
      response.destroy()
    }
  }

  async function answer(
    incoming: IncomingMessage,
    response: ServerResponse,
    { request, understood, call }: { request: WireRequest; understood: Understood; call: Call },
  ): Promise<void> {
    const refusal = judge(request, understood, call, { region, find: (id) => keys.get(id), now: now() })
    const reply = refusal ? null : next(understood)
    if (reply?.delayMs !== undefined) await sleep(reply.delayMs)
    if (reply?.reset) {
      call.ended = 'reset'
      incoming.socket.resetAndDestroy()
      return
    }
    const made = refusal ?? (await answerOf(understood, reply ?? { through: true }, request, call, engines()))
    call.status = made.status
    await send(response, made, reply ?? {}, call)
  }

  function engines(): Engines {
    const keep = (made: Credentials) => keys.set(made.accessKeyId, made)
    return { dynamodb: options.dynamodb, iam: script.iam, now: now(), keep }
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
}
