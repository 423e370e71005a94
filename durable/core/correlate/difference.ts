import { canonical } from '../../protocol/canonical.ts'
import type { Alert, Instant } from '../../protocol/domain.ts'
import { type AlertState, isFiring, textOf } from './identity.ts'

/** What a message changed for people, or why it changed nothing. */
export type Difference =
  | { change: 'fired' | 'resolved' | 'reworded' }
  | { change: 'none'; reason: 're-sent' | 'already-resolved' | 'already-over' | 'nothing-to-resolve' }

/**
 * Compares the alert's state at `now` with what its room was told last (`told`, null: never told). A longer validity
 * alone is no news; neither is an end of something that nobody was told about.
 */
export function difference(told: Alert | null, state: AlertState, now: Instant): Difference {
  if (isFiring(state, now)) {
    if (told === null || told.status === 'resolved') return { change: 'fired' }
    return sameWords(told, state) ? { change: 'none', reason: 're-sent' } : { change: 'reworded' }
  }
  if (told === null) return { change: 'none', reason: state.firingAt === null ? 'nothing-to-resolve' : 'already-over' }
  return told.status === 'firing' ? { change: 'resolved' } : { change: 'none', reason: 'already-resolved' }
}

function sameWords(told: Alert, state: AlertState): boolean {
  return canonical(textOf(told)) === canonical(state.text)
}
