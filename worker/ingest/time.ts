import type { Instant } from '../../durable/protocol/domain.ts'

/** How far a sender's clock may run ahead, in ms: five minutes is beyond what NTP leaves and what Kerberos forgives. */
export const FUTURE_MS_MAX = 5 * 60_000

const RFC3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/

/**
 * An RFC 3339 time (up to nine decimals, cut to ms) as an instant. Null for what is no time, for Go's zero time
 * 0001-01-01 (it means "not set") and for anything before 1970.
 */
export function instantOf(value: unknown): Instant | null {
  if (typeof value !== 'string') return null
  const match = RFC3339.exec(value)
  if (!match) return null
  const at = Date.parse(`${match[1]}T${match[2]}${(match[3] ?? '.0').slice(0, 4)}${(match[4] ?? 'Z').toUpperCase()}`)
  return Number.isNaN(at) || at <= 0 ? null : at
}

/** A time of something that has happened: one that is too far ahead of the receipt is the time of receipt. */
export function notAhead(at: Instant, receivedAt: Instant): Instant {
  return at > receivedAt + FUTURE_MS_MAX ? receivedAt : at
}

/** Below it a number counts seconds since 1970, from it on milliseconds: 1973 in ms, the year 5138 in s. */
const EPOCH_MS_MIN = 100_000_000_000

/** A time in any form that senders use: RFC 3339, the same with AWS's `+0000`, or a number of s or ms since 1970. */
export function anyInstantOf(value: unknown): Instant | null {
  if (typeof value === 'string' && !/^\d{9,13}(\.\d{1,9})?$/.test(value))
    return instantOf(value.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
  const number = typeof value === 'string' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number) || number <= 0) return null
  const at = Math.floor(number < EPOCH_MS_MIN ? number * 1_000 : number)
  return at <= LAST_INSTANT ? at : null
}

/** The last time that a Date can hold, in ms since 1970. */
const LAST_INSTANT = 8_640_000_000_000_000
