import { canonical } from '../../protocol/canonical.ts'
import type { Alert, Instant } from '../../protocol/domain.ts'

/** What a message says of an alert beside its times. */
export type AlertText = Omit<
  Alert,
  'source' | 'fingerprint' | 'status' | 'startsAt' | 'endsAt' | 'validUntil' | 'wordless'
>

/**
 * All that is known of one alert, as the join of what was said of it: every field is a maximum, so that messages may
 * come twice, late or in any order and the state is the same. A source states levels, not edges.
 */
export interface AlertState {
  /** the newest start that was said to fire; null: it was never said to fire. */
  firingAt: Instant | null
  /** the newest explicit end; null: none was said. */
  resolvedAt: Instant | null
  /** firing lasts until then unless it is said again; null: until an end is said. Meaningless before a firing. */
  expiresAt: Instant | null
  /** the words of the newest message. */
  text: AlertText
  textAt: TextKey
}

/** Orders messages by what they say, never by when they came. The text itself, as canonical JSON, breaks ties. */
export interface TextKey {
  at: Instant
  validUntil: Instant
}

/** An alert's words, without its identity and times. */
export function textOf(alert: Alert): AlertText {
  const {
    source: _source,
    fingerprint: _id,
    status: _status,
    startsAt: _from,
    endsAt: _to,
    validUntil: _until,
    wordless: _wordless,
    ...text
  } = alert
  return text
}

/** What one message alone says. A resolve without an end ends when it starts. */
export function stateOf(alert: Alert): AlertState {
  const { status, startsAt, endsAt, validUntil } = alert
  const text = textOf(alert)
  const firing = status === 'firing'
  const at = Math.max(startsAt, firing ? startsAt : (endsAt ?? startsAt))
  return {
    firingAt: firing ? startsAt : null,
    resolvedAt: firing ? null : (endsAt ?? startsAt),
    expiresAt: firing ? validUntil : null,
    text,
    textAt: {
      // What says nothing is older than every word.
      at: alert.wordless ? 0 : at,
      validUntil: firing ? (validUntil ?? 0) : 0,
    },
  }
}

/** Joins what two messages, or two states, say. Commutative, associative, idempotent. */
export function join(a: AlertState, b: AlertState): AlertState {
  const newer = compareText(a, b) >= 0 ? a : b
  return {
    firingAt: latest(a.firingAt, b.firingAt),
    resolvedAt: latest(a.resolvedAt, b.resolvedAt),
    expiresAt: joinExpiry(a, b),
    text: newer.text,
    textAt: newer.textAt,
  }
}

/** Whether it fires at `now`: said to fire since it last ended, and not expired. */
export function isFiring(state: AlertState, now: Instant): boolean {
  if (state.firingAt === null) return false
  if (state.resolvedAt !== null && state.resolvedAt >= state.firingAt) return false
  return state.expiresAt === null || state.expiresAt > now
}

/** When it ended, for a state that does not fire: the end that was said, else its expiry, else null. */
function endOf(state: AlertState): Instant | null {
  const { firingAt, resolvedAt, expiresAt } = state
  if (resolvedAt !== null && (firingAt === null || resolvedAt >= firingAt)) return resolvedAt
  return expiresAt
}

/** The alert as it stands at `now`. */
export function alertOf(id: { source: string; fingerprint: string }, state: AlertState, now: Instant): Alert {
  const firing = isFiring(state, now)
  const endsAt = firing ? null : endOf(state)
  return {
    source: id.source,
    fingerprint: id.fingerprint,
    ...state.text,
    status: firing ? 'firing' : 'resolved',
    startsAt: state.firingAt ?? endsAt ?? now,
    endsAt,
    validUntil: firing ? state.expiresAt : null,
  }
}

function latest(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null) return b
  return b === null ? a : Math.max(a, b)
}

// A firing without an expiry outlasts every expiry; a state that never fired says nothing about expiry.
function joinExpiry(a: AlertState, b: AlertState): Instant | null {
  if (a.firingAt === null) return b.expiresAt
  if (b.firingAt === null) return a.expiresAt
  return a.expiresAt === null || b.expiresAt === null ? null : Math.max(a.expiresAt, b.expiresAt)
}

function compareText(a: AlertState, b: AlertState): number {
  if (a.textAt.at !== b.textAt.at) return a.textAt.at - b.textAt.at
  if (a.textAt.validUntil !== b.textAt.validUntil) return a.textAt.validUntil - b.textAt.validUntil
  const [words, others] = [canonical(a.text), canonical(b.text)]
  if (words === others) return 0
  return words > others ? 1 : -1
}
