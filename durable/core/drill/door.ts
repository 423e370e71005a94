import type { Instant, VoterName } from '../../protocol/domain.ts'
import type { FaultKind, Faults } from '../../protocol/faults.ts'
import type { View } from '../../protocol/view.ts'
import { type Prng, prng } from '../prng.ts'

/** Whether this fault is on for a voter, or for everybody where none is named. A room that is no drill has none. */
export function has(faults: Faults, view: View, at: Instant, kind: FaultKind, agent?: VoterName): boolean {
  const { head } = view
  if (head === null || head.drill === null) return false
  return faults.faults.some(
    (fault) => fault.kind === kind && fault.agent === agent && at >= head.openedAt + (fault.from ?? 0),
  )
}

/** Past the ten seconds that an agent has, and before its seat is given up, ms of wall time. */
const SLOW_MS = 12_000

/** How long a voter takes to answer, ms of wall time. */
export function delayOf(faults: Faults, view: View, at: Instant, voter: VoterName): number {
  return has(faults, view, at, 'slow-agent', voter) ? SLOW_MS : 0
}

/** Chance that depends on the drill's seed and on what it is for alone, however often and in whichever order it is asked. */
export function chanceOf({ seed }: Faults, ...what: (string | number)[]): Prng {
  let mixed = seed >>> 0
  for (const character of what.join(' ')) mixed = (Math.imul(mixed, 31) + (character.codePointAt(0) ?? 0)) >>> 0
  return prng(Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) >>> 0)
}
