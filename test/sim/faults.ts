import type { Prng } from '../../durable/core/prng.ts'

/** How often what goes wrong, as chances of one in one. All are nought in the second half of a world. */
export interface Faults {
  /** the room dies before a commit, after one, and while a call is out. */
  crashBeforeCommit: number
  crashAfterCommit: number
  crashAtCall: number
  crashAtWake: number
  /** the next life's clock is off. */
  skew: number
  /** a peer (monitor, directory, stage) does not answer. */
  unreachable: number
  /** a delivery is lost on the way, its answer is lost, it comes twice. */
  dropped: number
  unanswered: number
  doubled: number
  /** an agent is silent, slow, throws, or lies. */
  silent: number
  slow: number
  throws: number
  lies: number
  /** something else gets in between an answer and its commit. */
  races: number
  /** the alarm rings late. */
  lateAlarm: number
}

const NONE: Faults = {
  crashBeforeCommit: 0,
  crashAfterCommit: 0,
  crashAtCall: 0,
  crashAtWake: 0,
  skew: 0,
  unreachable: 0,
  dropped: 0,
  unanswered: 0,
  doubled: 0,
  silent: 0,
  slow: 0,
  throws: 0,
  lies: 0,
  races: 0,
  lateAlarm: 0,
}

/** A seed's own mix: some worlds are calm in some ways and wild in others. */
export function faultsOf(chance: Prng): Faults {
  const some = (most: number): number => (chance.next() < 0.3 ? 0 : chance.next() * most)
  return {
    crashBeforeCommit: some(0.02),
    crashAfterCommit: some(0.03),
    crashAtCall: some(0.35),
    crashAtWake: some(0.4),
    skew: some(0.8),
    unreachable: some(0.15),
    dropped: some(0.3),
    unanswered: some(0.3),
    doubled: some(0.4),
    silent: some(0.1),
    slow: some(0.15),
    throws: some(0.1),
    lies: some(0.25),
    races: some(0.4),
    lateAlarm: some(0.3),
  }
}

/** The faults of a world: they happen until they are stopped. */
export class Trouble {
  faults: Faults
  readonly chance: Prng

  constructor(chance: Prng) {
    this.chance = chance
    this.faults = faultsOf(chance)
  }

  stop(): void {
    this.faults = NONE
  }

  get isOver(): boolean {
    return this.faults === NONE
  }

  /** Does it happen now? */
  happens(fault: keyof Faults): boolean {
    const likely = this.faults[fault]
    return likely > 0 && this.chance.next() < likely
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.chance.whole(0, items.length - 1)]
    if (item === undefined) throw new Error('nothing to pick from')
    return item
  }
}
