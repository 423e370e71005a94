import { percentile } from './figures.ts'
import { type Load, burst, stream } from './ingest-load.ts'
import { type Intake, alertmanager, floor, product, sqliteFull } from './ingest-servers.ts'

const STREAM_MS = 3_000

interface Round {
  single: Load
  batched: Load
  burst: Load
  idle: Load
  stored: number | null
}

type Name = 'product' | 'bare object' | 'SQLite FULL' | 'Alertmanager'

/**
 * Taking in alerts, beside a bare Durable Object on the same runtime, Node with SQLite (every commit on disk) and
 * Alertmanager (which keeps nothing): alternated rounds, each from a fresh start, medians. Prints the figures and the
 * ratios to the bars; answers false when an alert that was acknowledged is not stored.
 */
export async function ingestRows(count: number): Promise<boolean> {
  const rounds = new Map<Name, Round[]>()
  for (let round = 0; round < count; round += 1) {
    for (const [name, start] of STARTS) {
      const intake = await start()
      if (intake === null) continue
      try {
        rounds.set(name, [...(rounds.get(name) ?? []), await one(intake)])
      } finally {
        await intake.end()
      }
    }
  }
  for (const [name, some] of rounds) say(name, some)
  const of = (name: Name, read: (round: Round) => number) => {
    const some = rounds.get(name)
    return some ? median(some.map(read)) : null
  }
  const perSecond = ({ single }: Round) => single.alertsPerSecond
  const p99 = ({ burst: load }: Round) => percentile(load.latenciesMs, 0.99)
  const p50 = ({ idle }: Round) => percentile(idle.latenciesMs, 0.5)
  const batched = (round: Round) => round.batched.alertsPerSecond
  bar('I1 64 connections / SQLite FULL', of('product', perSecond), of('SQLite FULL', perSecond), '>= 0.8')
  bar('I1 64 connections / bare object', of('product', perSecond), of('bare object', perSecond), '>= 1.4')
  bar('I2 100 a post / Alertmanager', of('product', batched), of('Alertmanager', batched), '>= 0.5')
  bar('I2 100 a post / bare object', of('product', batched), of('bare object', batched), '')
  bar('I3 burst of 1,000, p99 / Alertmanager', of('product', p99), of('Alertmanager', p99), '<= 3')
  bar('I3 burst of 1,000, p99 / bare object', of('product', p99), of('bare object', p99), '')
  bar('I4 one at a time, p50 / bare object', of('product', p50), of('bare object', p50), '<= 1.5')
  return [...rounds.values()].flat().every((round) => round.stored === null || round.stored >= acknowledged(round))
}

const STARTS: [Name, () => Promise<Intake | null>][] = [
  ['product', product],
  ['bare object', floor],
  ['SQLite FULL', sqliteFull],
  ['Alertmanager', alertmanager],
]

async function one(intake: Intake): Promise<Round> {
  // The quiet one first: a storm leaves work behind, in the product as anywhere.
  const idle = await stream(intake, 1, 1, STREAM_MS / 2)
  const inBurst = await burst(intake, 1_000, 270, 100)
  const single = await stream(intake, 64, 1, STREAM_MS)
  const batched = await stream(intake, 4, 100, STREAM_MS)
  return { idle, burst: inBurst, single, batched, stored: intake.stored ? await intake.stored() : null }
}

function acknowledged(round: Round): number {
  return [round.idle, round.burst, round.single, round.batched].reduce((sum, load) => sum + load.acknowledged, 0)
}

function say(name: Name, rounds: Round[]): void {
  const figure = (read: (round: Round) => number) => median(rounds.map(read)).toFixed(1)
  const lost = rounds.filter(({ stored }) => stored !== null).map((round) => acknowledged(round) - (round.stored ?? 0))
  console.log(
    [
      `intake, ${name}`.padEnd(22),
      `64 connections ${figure(({ single }) => single.alertsPerSecond)}/s`,
      `100 a post ${figure(({ batched }) => batched.alertsPerSecond)}/s`,
      `burst p99 ${figure(({ burst: load }) => percentile(load.latenciesMs, 0.99))} ms`,
      `single p50 ${figure(({ idle }) => percentile(idle.latenciesMs, 0.5))} ms`,
      lost.length === 0 ? 'keeps nothing' : `acknowledged and not stored ${Math.max(0, ...lost)}`,
      `rounds ${rounds.length}`,
    ].join('  '),
  )
}

function bar(name: string, ours: number | null, theirs: number | null, wanted: string): void {
  const ratio = ours === null || theirs === null ? 'no data' : `${(ours / theirs).toFixed(2)}x`
  console.log(`${name.padEnd(44)} ${ratio.padStart(8)}  ${wanted === '' ? '' : `bar ${wanted}`}`)
}

function median(values: number[]): number {
  return percentile(values, 0.5)
}
