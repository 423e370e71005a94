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
  calls: number
  unknown: number
  recovered: number
  undone: number
  quarantined: number
  runs: number
}

/** Plays one seed; never throws. */
export function play(seed: number, twists: Twists = {}): Played {
  const world = new World(seed, twists)
  let broken: string | null = null
  try {
    world.play()
  } catch (error) {
    broken = error instanceof Error ? error.message : String(error)
  }
  const { view } = world.shell.folded()
  return {
    seed,
    broken,
    events: world.shell.disk.log.length,
    steps: world.scheduler.steps,
    crashes: world.shell.crashes,
    refusals: world.shell.refusals,
    proposals: view.proposals.length,
    calls: world.driver.received.length,
    unknown: view.proposals.filter(({ execution }) => execution?.settledBy !== null && execution !== null).length,
    recovered: view.proposals.filter(({ verification }) => verification?.end === 'recovered').length,
    undone: view.proposals.filter(({ status }) => status === 'undone').length,
    quarantined: view.quarantined.length,
    runs: view.run,
  }
}

export type Total = Omit<Played, 'seed' | 'broken'> & { seeds: number; broken: Played[] }

export function total(all: readonly Played[]): Total {
  const sum = (of: (one: Played) => number): number => all.reduce((so, one) => so + of(one), 0)
  return {
    seeds: all.length,
    broken: all.filter((one) => one.broken !== null),
    events: sum((one) => one.events),
    steps: sum((one) => one.steps),
    crashes: sum((one) => one.crashes),
    refusals: sum((one) => one.refusals),
    proposals: sum((one) => one.proposals),
    calls: sum((one) => one.calls),
    unknown: sum((one) => one.unknown),
    recovered: sum((one) => one.recovered),
    undone: sum((one) => one.undone),
    quarantined: sum((one) => one.quarantined),
    runs: sum((one) => one.runs),
  }
}

/** One line of figures. */
export function wordsOf(figures: Total, seconds: number): string {
  const { seeds, broken, ...counts } = figures
  const parts = Object.entries(counts).map(([name, count]) => `${count} ${name}`)
  return `${seeds} seeds, ${broken.length} broken, ${parts.join(', ')}, ${seconds.toFixed(1)} s`
}
