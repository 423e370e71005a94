import { apiOf } from '../e2e/api.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import { bareNode, bareProduct, bareWorkerd, type Bare } from './bare.ts'
import { type Load, type Run, type Theatre, load } from './fanout-load.ts'
import { percentile } from './figures.ts'

/** A room that was just opened looks around: its agents are done after so many ms. */
const AGENTS_MS = 4_000
const EVENT_CHARS = 400

type SystemName = 'bare object' | 'ws' | 'room'

interface Figures {
  runs: Run[]
  median(of: (run: Run) => number): number
}

/** One event goes to every viewer: the product beside `ws` and beside the least a Durable Object can do, with the same acks. */
export async function fanoutRows(rounds: number, only: RegExp = /./): Promise<boolean> {
  let sound = true
  const row = async (name: string, shape: Partial<Load> & Pick<Load, 'viewers' | 'perSecond' | 'events'>) => {
    if (!only.test(name)) return null
    const figures = await measure(rounds, { size: EVENT_CHARS, dropEvery: 0, stalled: 0, ...shape })
    console.log(
      `\n${name}: ${shape.viewers} viewers, ${shape.perSecond} events/s, median of ${rounds} alternated rounds`,
    )
    for (const [system, found] of figures) sound = show(system, found) && sound
    return ratios(figures)
  }
  const quiet = await row('F6', { viewers: 100, perSecond: 10, events: 50 })
  if (quiet) bar('F6 p50, room / bare object', quiet.p50.object, 1.5)
  await row('100 x 100', { viewers: 100, perSecond: 100, events: 300 })
  const steady = await row('F1 F3', { viewers: 1_000, perSecond: 10, events: 50 })
  if (steady) {
    bar('F1 CPU a delivery, room / bare object', steady.cpu.object, 1.15)
    bar('F3 p99, room / bare object', steady.p99.object, 1.25)
    bar('F3 p99, room / ws', steady.p99.ws, 3)
  }
  const busy = await row('F2 F4', { viewers: 1_000, perSecond: 100, events: 300 })
  if (busy) {
    bar('F2 CPU a delivery, room / ws', busy.cpu.ws, 1.2)
    bar(`F4 p99, room / ws (or 150 ms: ${busy.roomP99.toFixed(0)} ms)`, busy.p99.ws, 1.5)
    bar('F4 p99, room / bare object', busy.p99.object, 1 / 30)
  }
  if (only.test('F8')) sound = (await dropsAndResume()) && sound
  return sound
}

/** Each system in turn, a fresh server for each run, so that a machine that warms up or slows down does so for all. */
async function measure(rounds: number, shape: Load): Promise<Map<SystemName, Figures>> {
  const runs = new Map<SystemName, Run[]>([
    ['bare object', []],
    ['ws', []],
    ['room', []],
  ])
  for (let round = 0; round < rounds; round += 1)
    for (const [system, found] of runs) found.push(await once(system, shape))
  return new Map([...runs].map(([system, found]) => [system, figuresOf(found)]))
}

export async function once(system: SystemName, shape: Load): Promise<Run> {
  const server = await serve(system)
  try {
    return await load(await theatreOf(system, server), shape)
  } finally {
    await server.end()
  }
}

export function serve(system: SystemName): Promise<Bare> {
  switch (system) {
    case 'bare object':
      return bareWorkerd('test/bench/floor.js', 'test/bench/floor.js')
    case 'ws':
      return bareNode('test/bench/fanout-peer.mjs')
    case 'room':
      return bareProduct()
    default:
      return system satisfies never
  }
}

export async function theatreOf(system: SystemName, { url, pid }: Bare): Promise<Theatre> {
  const { hostname: host, port } = new URL(url)
  const at = { host, port: Number(port) }
  if (system !== 'room') {
    const post = (text: string) => ({ path: '/', headers: {}, body: JSON.stringify({ note: { text } }) })
    return { pid, door: { ...at, path: '/', headers: {} }, post }
  }
  const incident = { title: 'load', severity: 'SEV-4', service: 'load' }
  const { id } = await apiOf(url).post<{ id: string }>('/api/v1/incidents', incident)
  await sleep(AGENTS_MS)
  const headers = { authorization: 'Bearer dev' }
  const path = `/api/v1/incidents/${id}`
  return {
    pid,
    door: { ...at, path: `${path}/room`, headers },
    post: (text) => ({ path: `${path}/notes`, headers, body: JSON.stringify({ text }) }),
  }
}

/** F8: connections are lost all the time, and nothing else is. */
async function dropsAndResume(): Promise<boolean> {
  const shape = { viewers: 400, perSecond: 50, events: 300, size: EVENT_CHARS, dropEvery: 20, stalled: 0 }
  const run = await once('room', shape)
  console.log(`\nF8: 400 viewers, 50 events/s, one in 20 loses its connection each 250 ms`)
  return show('room', figuresOf([run])) && run.resumed > 0
}

function figuresOf(runs: Run[]): Figures {
  return { runs, median: (of) => percentile(runs.map(of), 0.5) }
}

function ratios(figures: Map<SystemName, Figures>) {
  const median = (system: SystemName, of: (run: Run) => number) => figures.get(system)?.median(of) ?? Number.NaN
  const of = (pick: (run: Run) => number) => ({
    object: median('room', pick) / median('bare object', pick),
    ws: median('room', pick) / median('ws', pick),
  })
  return {
    p50: of((run) => run.p50),
    p99: of((run) => run.p99),
    cpu: of((run) => run.usPerDelivery),
    roomP99: median('room', (run) => run.p99),
  }
}

/** Prints one system's figures; false when anything was lost, doubled or out of order. */
function show(system: string, figures: Figures): boolean {
  const { runs } = figures
  const median = (of: (run: Run) => number) => figures.median(of)
  const sum = (of: (run: Run) => number) => runs.reduce((total, run) => total + of(run), 0)
  const lost = sum((run) => run.expected - run.delivered)
  const [gaps, doubled] = [sum((run) => run.gaps), sum((run) => run.duplicates)]
  const ms = (of: (run: Run) => number) => `${median(of).toFixed(1)} ms`.padStart(11)
  console.log(
    `  ${system.padEnd(16)} p50${ms((run) => run.p50)}  p99${ms((run) => run.p99)}  ` +
      `CPU${`${median((run) => run.usPerDelivery).toFixed(1)} µs`.padStart(9)} a delivery  ` +
      `${median((run) => run.framesPerEvent).toFixed(2)} frames an event  ` +
      `lost ${lost}, gaps ${gaps}, doubled ${doubled}, resumed ${sum((run) => run.resumed)}`,
  )
  return lost === 0 && gaps === 0 && doubled === 0
}

/** A bar and how it was met; bars are printed, not asserted: they are this machine's, now. */
function bar(name: string, figure: number, most: number): void {
  const verdict = figure <= most ? 'holds' : 'FALLS SHORT'
  console.log(`  ${name.padEnd(48)} ${figure.toFixed(3)} (at most ${most.toFixed(3)}): ${verdict}`)
}
