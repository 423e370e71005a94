import { connect } from 'node:net'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { processTree } from '../e2e/processes.ts'
import { percentile } from './figures.ts'
import { type Door, Tally, Viewer, marked } from './fanout-viewer.ts'

const CONNECTS_AT_ONCE = 100
/** What connecting leaves behind (garbage, presence, a room's first run of agents) is over after so many ms. */
const SETTLE_MS = 2_000
const DRAIN_MS_MAX = 60_000
/** Ticks of /proc a second. */
const CPU_TICKS = 100

/** A served room: where viewers join and how one event is published. */
export interface Theatre {
  pid: number
  door: Door
  /** where those join that will stop reading; the same door unless said. */
  stuckDoor?: Door
  /** the request that makes one event with this text. */
  post: (text: string) => { path: string; headers: Record<string, string>; body: string }
}

export interface Load {
  viewers: number
  perSecond: number
  events: number
  /** characters of each event's text. */
  size: number
  /** one in so many viewers loses its connection each 250 ms and comes back; 0 for none. */
  dropEvery: number
  /** viewers that stop reading when the first event is due. */
  stalled: number
}

export interface Run {
  delivered: number
  expected: number
  gaps: number
  duplicates: number
  resumed: number
  closed: number
  p50: number
  p99: number
  /** CPU of the server's processes for each event delivered to a viewer. */
  usPerDelivery: number
  framesPerEvent: number
  /** resident memory of the server, before viewers, with them, at the end. */
  rssMb: [number, number, number]
  publishedOk: number
  /** when the first event was due, by `performance.now()`; whoever stops reading has stopped then. */
  startedAt: number
}

/** Joins the viewers, publishes at the pace, and waits until all has arrived. */
export async function load(
  theatre: Theatre,
  { viewers, perSecond, events, size, dropEvery, stalled }: Load,
): Promise<Run> {
  const tally = new Tally()
  const rssBefore = rssMb(theatre.pid)
  const all = Array.from({ length: viewers }, () => new Viewer(theatre.door, tally))
  const stuck = Array.from({ length: stalled }, () => new Viewer(theatre.stuckDoor ?? theatre.door, new Tally()))
  for (let from = 0; from < viewers; from += CONNECTS_AT_ONCE)
    await Promise.all(all.slice(from, from + CONNECTS_AT_ONCE).map((viewer) => viewer.join()))
  await Promise.all(stuck.map((viewer) => viewer.join()))
  await sleep(SETTLE_MS)
  for (const viewer of stuck) viewer.stall()
  const rssJoined = rssMb(theatre.pid)
  const publisher = await publishing(theatre)
  const cpuBefore = cpuSeconds(theatre.pid)
  const beat = setInterval(() => {
    for (const viewer of all) viewer.beat(performance.now())
  }, 1_000)
  const dropping = dropEvery > 0 ? drops(all, dropEvery) : null
  const startedAt = performance.now()
  for (let n = 1; n <= events; n += 1) {
    const due = startedAt + ((n - 1) * 1_000) / perSecond
    if (due > performance.now()) await sleep(due - performance.now())
    publisher.post(marked(n, due, size))
  }
  await dropping?.stop()
  const expected = viewers * events
  const giveUpAt = performance.now() + DRAIN_MS_MAX
  while (tally.delivered < expected && performance.now() < giveUpAt) await sleep(20)
  // A late duplicate must have the time to show itself.
  await sleep(300)
  const cpu = cpuSeconds(theatre.pid) - cpuBefore
  clearInterval(beat)
  const { delivered, gaps, duplicates, resumed, closed, latenciesMs } = tally
  const rssEnd = rssMb(theatre.pid)
  for (const viewer of [...all, ...stuck]) viewer.drop()
  const publishedOk = publisher.end()
  return {
    delivered,
    expected,
    gaps,
    duplicates,
    resumed,
    closed,
    p50: percentile(latenciesMs, 0.5),
    p99: percentile(latenciesMs, 0.99),
    usPerDelivery: (cpu * 1_000_000) / delivered,
    framesPerEvent: tally.frames / delivered,
    rssMb: [rssBefore, rssJoined, rssEnd],
    publishedOk,
    startedAt,
  }
}

/** Each 250 ms the next few viewers lose their connection; each comes back a moment later, from where it was. */
function drops(viewers: Viewer[], every: number): { stop(): Promise<void> } {
  const returns: Promise<void>[] = []
  let turn = 0
  const timer = setInterval(() => {
    turn += 1
    for (const [index, viewer] of viewers.entries())
      if (index % every === turn % every) {
        viewer.drop()
        returns.push(sleep(50 + (index % 200)).then(() => viewer.join()))
      }
  }, 250)
  return {
    async stop() {
      clearInterval(timer)
      await Promise.all(returns)
    },
  }
}

/** People who write: each has a connection of their own, and one takes turns with the others. */
const PUBLISHERS = 10

async function publishing(theatre: Theatre): Promise<{ post(text: string): void; end(): number }> {
  const people = await Promise.all(Array.from({ length: PUBLISHERS }, () => publisherOf(theatre)))
  let turn = 0
  return {
    post(text) {
      turn += 1
      people[turn % PUBLISHERS]?.post(text)
    },
    end: () => people.reduce((sum, person) => sum + person.end(), 0),
  }
}

/** One connection that posts without waiting: an event is never later than due because of an answer. */
async function publisherOf({ door, post }: Theatre): Promise<{ post(text: string): void; end(): number }> {
  const socket = connect({ host: door.host, port: door.port, noDelay: true })
  await new Promise((resolve, reject) => {
    socket.on('connect', resolve)
    socket.on('error', reject)
  })
  let ok = 0
  socket.on('data', (bytes) => {
    ok += bytes.toString('latin1').split('HTTP/1.1 2').length - 1
  })
  return {
    post(text) {
      const { path, headers, body } = post(text)
      const lines = Object.entries({
        host: `${door.host}:${door.port}`,
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        ...headers,
      }).map(([name, value]) => `${name}: ${value}\r\n`)
      socket.write(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`)
    },
    end() {
      socket.destroy()
      return ok
    },
  }
}

function cpuSeconds(pid: number): number {
  let ticks = 0
  for (const one of processTree(pid)) {
    const stat = readOr('', `/proc/${one}/stat`)
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0)
  }
  return ticks / CPU_TICKS
}

function rssMb(pid: number): number {
  return processTree(pid).reduce(
    (sum, one) => sum + Number(/VmRSS:\s+(\d+)/.exec(readOr('', `/proc/${one}/status`))?.[1] ?? 0) / 1_024,
    0,
  )
}

function readOr(otherwise: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return otherwise
  }
}
