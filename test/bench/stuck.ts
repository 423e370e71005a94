import { WINDOW_BYTES_MAX, WINDOW_EVENTS_MAX } from '../../durable/protocol/limits.ts'
import { apiOf } from '../e2e/api.ts'
import { watchPresence } from '../load/presence.ts'
import { serve, theatreOf } from './fanout.ts'
import { type Load, type Run, load } from './fanout-load.ts'
import { percentile } from './figures.ts'

const VIEWERS = 100
/** Long notes at people's pace fill a window by bytes, short ones in a storm by their number. */
const PACES = [
  { perSecond: 10, events: 250, size: 3_900 },
  { perSecond: 100, events: 900, size: 400 },
] as const
/** Bars of the issue: how much one that does not read may cost the others, and how soon it is gone once its window is full. */
const P99_RATIO_MAX = 1.1
const MEMORY_MB_MAX = 10
const CLOSED_S_MAX = 10

interface Round extends Run {
  /** from its full window until the room counts it no longer, s; null without one or when it stayed. */
  closedS: number | null
  /** from its last read until then, s. */
  goneS: number | null
}

/** One viewer that stops reading costs the others nothing: the same load with and without it, in turns, on fresh servers. */
export async function stuckRows(rounds: number): Promise<boolean> {
  let sound = true
  for (const pace of PACES) {
    const shape = { viewers: VIEWERS, dropEvery: 0, ...pace }
    const [calm, disturbed]: [Round[], Round[]] = [[], []]
    for (let round = 0; round < rounds; round += 1) {
      calm.push(await once({ ...shape, stalled: 0 }))
      disturbed.push(await once({ ...shape, stalled: 1 }))
    }
    console.log(
      `\n${VIEWERS} viewers, ${pace.perSecond} events/s of ${pace.size} characters, ${rounds} alternated rounds`,
    )
    sound = table(calm, disturbed) && sound
  }
  return sound
}

async function once(shape: Load): Promise<Round> {
  const server = await serve('room')
  let goneAt: number | null = null
  try {
    const theatre = await theatreOf('room', server)
    const room = `${server.url.replace('http', 'ws')}${theatre.door.path}`
    const watching = await watchPresence(room, (name) => {
      if (name === 'stuck') goneAt ??= performance.now()
    })
    const stuckDoor = { ...theatre.door, headers: { authorization: 'Bearer dev:stuck' } }
    const run = await load({ ...theatre, stuckDoor }, shape)
    watching.end()
    if (goneAt === null || shape.stalled === 0) return { ...run, closedS: null, goneS: null }
    const goneS = (goneAt - run.startedAt) / 1_000
    return { ...run, goneS, closedS: goneS - (await windowS(server.url, theatre.door.path, shape.perSecond)) }
  } finally {
    await server.end()
  }
}

/** How long events of this size take to fill a window at this pace, s. */
async function windowS(url: string, door: string, perSecond: number): Promise<number> {
  const path = door.replace(/\/room$/, '/events?after=0&limit=200')
  const { items } = await apiOf(url).get<{ items: unknown[] }>(path)
  const bytes = Buffer.byteLength(JSON.stringify(items.at(-1)))
  return Math.min(WINDOW_EVENTS_MAX, Math.floor(WINDOW_BYTES_MAX / bytes)) / perSecond
}

function table(calm: Round[], disturbed: Round[]): boolean {
  const rows: [string, (run: Round) => number, string][] = [
    ['p50 of the others, ms', (run) => run.p50, ''],
    ['p99 of the others, ms', (run) => run.p99, 'p99'],
    ['CPU a delivery, µs', (run) => run.usPerDelivery, ''],
    ['memory grown, MB', (run) => run.rssMb[2] - run.rssMb[1], 'memory'],
  ]
  const of = (runs: Round[], figure: (run: Round) => number) => percentile(runs.map(figure), 0.5)
  console.log(`  ${''.padEnd(24)}${'without'.padStart(10)}${'with one'.padStart(10)}${'ratio'.padStart(9)}  bar`)
  for (const [name, figure, bar] of rows) {
    const [one, other] = [of(calm, figure), of(disturbed, figure)]
    const ratio = other / one
    const verdict =
      bar === 'p99'
        ? holds(ratio, P99_RATIO_MAX, 'times')
        : bar === 'memory'
          ? holds(other - one, MEMORY_MB_MAX, 'MB more')
          : ''
    console.log(
      `  ${name.padEnd(24)}${one.toFixed(1).padStart(10)}${other.toFixed(1).padStart(10)}${ratio.toFixed(2).padStart(9)}  ${verdict}`,
    )
  }
  const closed = disturbed.map(({ closedS }) => closedS ?? Number.POSITIVE_INFINITY)
  const gone = disturbed.map(({ goneS }) => goneS ?? Number.POSITIVE_INFINITY)
  const seconds = (figures: number[]) => figures.map((s) => s.toFixed(1)).join(', ')
  console.log(
    `  closed ${seconds(closed)} s after its window was full  ${holds(Math.max(...closed), CLOSED_S_MAX, 's')}`,
  )
  console.log(`  (gone ${seconds(gone)} s after the first event that it did not read)`)
  // On a machine with other work the quietest round of each says more than the middle one.
  for (const [name, figure] of rows) {
    const each = (runs: Round[]) => runs.map((run) => figure(run).toFixed(1)).join(', ')
    const least = (runs: Round[]) => Math.min(...runs.map(figure))
    const ratio = (least(disturbed) / least(calm)).toFixed(2)
    console.log(`  ${name.padEnd(24)} without ${each(calm)}; with one ${each(disturbed)}; least ${ratio} times`)
  }
  const all = [...calm, ...disturbed]
  const lost = all.reduce((total, run) => total + run.expected - run.delivered, 0)
  const wrong = all.reduce((total, run) => total + run.gaps + run.duplicates, 0)
  console.log(`  the others: lost ${lost}, gaps and doubled ${wrong}`)
  return lost === 0 && wrong === 0 && closed.every((s) => s !== Number.POSITIVE_INFINITY)
}

/** A bar and how it was met; it is printed and not asserted: it is this machine's, now. */
function holds(figure: number, most: number, unit: string): string {
  return `at most ${most} ${unit}: ${figure <= most ? 'holds' : 'FALLS SHORT'}`
}
