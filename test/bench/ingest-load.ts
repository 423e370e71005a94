import { connect, type Socket } from 'node:net'
import type { Intake } from './ingest-servers.ts'

/** A burst that is not answered within this, in ms, has lost something. */
const BURST_MS_MAX = 30_000
const WARM_MS = 500

/** What a round of load saw. Latencies in ms; of a burst from the moment each post was meant to go. */
export interface Load {
  alertsPerSecond: number
  latenciesMs: number[]
  /** alerts whose post was answered 2xx. */
  acknowledged: number
  refused: number
}

let sequence = 0
const RUN = Date.now().toString(36)

// About 600 bytes, as Prometheus posts them, each another one.
function alert(): string {
  sequence += 1
  return JSON.stringify({
    labels: {
      alertname: 'HighErrorRate',
      run: RUN,
      instance: `10.0.${(sequence >> 8) & 255}.${sequence & 255}:9100`,
      job: 'checkout-api',
      pod: `checkout-${sequence}`,
      namespace: 'prod',
      cluster: 'eu-west-1a',
      severity: 'critical',
    },
    annotations: {
      summary: `Error rate above 5% on checkout-${sequence}`,
      description: `5xx ratio is 0.0${sequence % 1000} for 5m on checkout-api, SLO burn rate 14.4x; see the linked runbook before restarting.`,
      runbook_url: 'https://runbooks.example/checkout/high-error-rate',
    },
    startsAt: new Date().toISOString(),
    generatorURL:
      'http://prometheus.example/graph?g0.expr=rate%28http_requests_total%7Bcode%3D~%225..%22%7D%5B5m%5D%29',
  })
}

/** One connection that is kept, one request on it at a time. Raw, so that the client costs less than what it measures. */
class Connection {
  readonly #socket: Socket
  readonly #head: string
  #answer = ''
  #done: ((status: number) => void) | null = null

  private constructor(socket: Socket, head: string) {
    this.#socket = socket
    this.#head = head
    socket.on('data', (chunk) => this.#read(chunk.toString('latin1')))
    socket.on('error', () => this.#done?.(0))
    socket.on('close', () => this.#done?.(0))
  }

  static async open({ url, headers }: Intake): Promise<Connection> {
    const { hostname, port, pathname, host } = new URL(url)
    const extra = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    const head = `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n${extra.join('')}`
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true }, () =>
        resolve(new Connection(socket, head)),
      )
      socket.once('error', reject)
    })
  }

  async post(alerts: number): Promise<number> {
    const body = `[${Array.from({ length: alerts }, alert).join(',')}]`
    return new Promise((resolve) => {
      this.#done = resolve
      this.#socket.write(`${this.#head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
    })
  }

  end(): void {
    this.#done = null
    this.#socket.resetAndDestroy()
  }

  #read(chunk: string): void {
    this.#answer += chunk
    const at = this.#answer.indexOf('\r\n\r\n')
    if (at < 0) return
    const head = this.#answer.slice(0, at)
    const length = /content-length: *(\d+)/i.exec(head)?.[1]
    const whole =
      length === undefined
        ? !/chunked/i.test(head) || this.#answer.endsWith('0\r\n\r\n')
        : this.#answer.length >= at + 4 + Number(length)
    if (!whole) return
    const status = Number(head.slice(9, 12))
    this.#answer = ''
    const done = this.#done
    this.#done = null
    done?.(status)
  }
}

const isTaken = (status: number) => status >= 200 && status < 300

/** Posts as fast as the answers come, on so many connections, for so long. */
export async function stream(intake: Intake, connections: number, batch: number, ms: number): Promise<Load> {
  const all = await Promise.all(Array.from({ length: connections }, () => Connection.open(intake)))
  const load: Load = { alertsPerSecond: 0, latenciesMs: [], acknowledged: 0, refused: 0 }
  const from = performance.now() + WARM_MS
  const until = from + ms
  let within = 0
  await Promise.all(
    all.map(async (connection) => {
      for (let now = performance.now(); now < until; now = performance.now()) {
        const taken = isTaken(await connection.post(batch))
        const end = performance.now()
        if (taken) load.acknowledged += batch
        else load.refused += 1
        if (now < from || end > until || !taken) continue
        load.latenciesMs.push(end - now)
        within += batch
      }
    }),
  )
  for (const connection of all) connection.end()
  load.alertsPerSecond = within / (ms / 1_000)
  return load
}

/** So many posts of one alert within a span, whether or not the earlier ones were answered. */
export async function burst(intake: Intake, posts: number, overMs: number, connections: number): Promise<Load> {
  const free = await Promise.all(Array.from({ length: connections }, () => Connection.open(intake)))
  const all = [...free]
  const load: Load = { alertsPerSecond: 0, latenciesMs: [], acknowledged: 0, refused: 0 }
  const waiting: number[] = []
  const begin = performance.now()
  await new Promise<void>((resolve) => {
    let answered = 0
    const fire = async (connection: Connection, due: number): Promise<void> => {
      if (isTaken(await connection.post(1))) load.acknowledged += 1
      else load.refused += 1
      load.latenciesMs.push(performance.now() - due)
      answered += 1
      if (answered === posts) resolve()
      const next = waiting.shift()
      if (next === undefined) free.push(connection)
      else void fire(connection, next)
    }
    let sent = 0
    const send = () => {
      for (; sent < posts && begin + (sent * overMs) / posts <= performance.now(); sent += 1) {
        const due = begin + (sent * overMs) / posts
        const connection = free.pop()
        if (connection) void fire(connection, due)
        else waiting.push(due)
      }
      if (sent < posts) setImmediate(send)
    }
    send()
    setTimeout(resolve, BURST_MS_MAX).unref()
  })
  for (const connection of all) connection.end()
  load.alertsPerSecond = load.acknowledged / ((performance.now() - begin) / 1_000)
  return load
}
