import type { EventType } from '../../durable/protocol/events.ts'
import { eventsOf } from './disk.ts'
import type { Twists } from './shell.ts'
import { World } from './world.ts'

/** What one seed came to. */
export interface Played {
  seed: number
  /** null: every law held to the end. */
  broken: string | null
  events: number
  steps: number
  crashes: number
  refusals: number
  proposals: number
  ballots: number
  carried: number
  calls: number
  dryRuns: number
  unknown: number
  recovered: number
  undos: number
  undone: number
  quarantined: number
  runs: number
}

/** Plays one seed and then judges its log alone; never throws. */
export async function play(seed: number, twists: Twists = {}): Promise<Played> {
  const world = new World(seed, twists)
  let broken: string | null = null
  try {
    world.play()
    await world.laws.theLogStands()
  } catch (error) {
    broken = error instanceof Error ? error.message : String(error)
  }
  const { view } = world.shell.up ? world.shell.state : world.shell.folded()
  const events = eventsOf(world.shell.disk)
  const count = (type: EventType): number => events.filter(({ body }) => body.type === type).length
  return {
    seed,
    broken,
    events: world.shell.disk.log.length,
    steps: world.scheduler.steps,
    crashes: world.shell.crashes,
    refusals: world.shell.refusals,
    proposals: view.proposals.length,
    ballots: count('ballot-opened'),
    carried: events.filter(({ body }) => body.type === 'ballot-closed' && body.outcome === 'carried').length,
    calls: world.driver.received.length,
    dryRuns: count('dry-run-reported'),
    unknown: view.proposals.filter(({ execution }) => execution?.settledBy !== null && execution !== null).length,
    recovered: view.proposals.filter(({ verification }) => verification?.end === 'recovered').length,
    undos: count('undo-started'),
    undone: view.proposals.filter(({ status }) => status === 'undone').length,
    quarantined: view.quarantined.length,
    runs: view.run,
  }
}

type Count = Omit<Played, 'seed' | 'broken'>
export type Total = Count & { seeds: number; broken: number }

export const nothing = (): Total => ({
  seeds: 0,
  broken: 0,
  events: 0,
  steps: 0,
  crashes: 0,
  refusals: 0,
  proposals: 0,
  ballots: 0,
  carried: 0,
  calls: 0,
  dryRuns: 0,
  unknown: 0,
  recovered: 0,
  undos: 0,
  undone: 0,
  quarantined: 0,
  runs: 0,
})

export function add(so: Total, { seed: _seed, broken, ...counts }: Played): Total {
  const next = { ...so, seeds: so.seeds + 1, broken: so.broken + (broken === null ? 0 : 1) }
  for (const name of Object.keys(counts) as (keyof Count)[]) next[name] += counts[name]
  return next
}

/** One line of figures. */
export function wordsOf(figures: Total, seconds: number): string {
  const { seeds, broken, ...counts } = figures
  const parts = Object.entries(counts).map(([name, count]) => `${count} ${name}`)
  return `${seeds} seeds, ${broken} broken, ${parts.join(', ')}, ${seconds.toFixed(1)} s`
}
