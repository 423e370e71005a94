import type { CloudFunction, CredentialsAnswer, CredentialsPort } from '../durable/protocol/ports.ts'

/** Credentials are asked for anew at this share of their life, or this long before its end, whichever comes first. */
const RENEW_SHARE = 0.8
const RENEW_BEFORE_MS = 600_000
/** While they cannot be renewed the old ones are used until this long before their end, ms: a call takes seconds. */
const UNUSABLE_BEFORE_MS = 60_000
/** After a failure nobody is asked again for this long, doubling up to the longest, ms. */
const BACK_OFF_MS = 1000
const BACK_OFF_MS_MAX = 60_000

interface Held {
  answer: Extract<CredentialsAnswer, { ok: true }>
  renewAt: number
  usableUntil: number
}

interface Entry {
  held: Held | null
  asking: Promise<CredentialsAnswer> | null
  failures: number
  quietUntil: number
  failure: CredentialsAnswer | null
}

/**
 * Keeps what another port gives. However many ask at once, one question goes out; a failed renewal lets the standing ones be
 * used until just before their end.
 */
export function cachedCredentials(port: CredentialsPort, now: () => number = Date.now): CredentialsPort {
  const entries = new Map<CloudFunction, Entry>()
  return {
    driver: port.driver,
    async credentials(purpose) {
      const entry = entries.get(purpose) ?? { held: null, asking: null, failures: 0, quietUntil: 0, failure: null }
      entries.set(purpose, entry)
      const { held } = entry
      if (held && now() < held.renewAt) return held.answer
      const usable = held && now() < held.usableUntil ? held.answer : null
      if (entry.asking === null && now() < entry.quietUntil) return usable ?? entry.failure ?? waiting()
      const answer = await (entry.asking ??= renew(port, purpose, entry, now))
      return answer.ok ? answer : (usable ?? answer)
    },
  }
}

async function renew(
  port: CredentialsPort,
  purpose: CloudFunction,
  entry: Entry,
  now: () => number,
): Promise<CredentialsAnswer> {
  const at = now()
  try {
    const answer = await port.credentials(purpose)
    if (answer.ok) {
      const until = answer.credentials.expiresAt ?? Infinity
      const renewAt = Math.min(
        at + (until - at) * RENEW_SHARE,
        Math.max(until - RENEW_BEFORE_MS, at + (until - at) / 2),
      )
      Object.assign(entry, {
        held: { answer, renewAt, usableUntil: until - UNUSABLE_BEFORE_MS },
        failures: 0,
        quietUntil: 0,
        failure: null,
      })
    } else {
      const pause = Math.min(BACK_OFF_MS * 2 ** entry.failures, BACK_OFF_MS_MAX)
      Object.assign(entry, { failures: entry.failures + 1, quietUntil: now() + pause, failure: answer })
    }
    return answer
  } finally {
    entry.asking = null
  }
}

function waiting(): CredentialsAnswer {
  return { ok: false, reason: 'credentials-unavailable', detail: 'the last question failed a moment ago', again: true }
}

/** No account is configured: nothing is asked of anybody. */
export function noCredentials(): CredentialsPort {
  return {
    driver: 'none',
    credentials: () =>
      Promise.resolve({ ok: false, reason: 'not-configured', detail: 'no AWS account is configured', again: false }),
  }
}
