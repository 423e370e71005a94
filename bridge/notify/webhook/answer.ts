import type { NotifyPort } from '../../../durable/protocol/ports.ts'

type Answered = Awaited<ReturnType<NotifyPort['send']>>

/** Longest wait that a target can ask for and be believed, in ms: past a day it is asked again all the same. */
const RETRY_AFTER_MS_MAX = 24 * 3_600_000

/** 2xx is sent. A redirect is never followed and counts as failed; 410 means that the target wants nothing any more. */
export function judge(status: number, retryAfter: string | null, now: number): Answered {
  if (status >= 200 && status < 300) return { outcome: 'sent', detail: `answered ${status}` }
  if (status === 410) return { outcome: 'gone', reason: 'target-gone' }
  // A fetch that does not follow shows a redirect as what it is, or as an opaque answer with status 0.
  if (status === 0 || (status >= 300 && status < 400))
    return { outcome: 'failed', reason: 'redirected', retryAfterMs: null }
  return { outcome: 'failed', reason: `answered-${status}`, retryAfterMs: waitOf(retryAfter, now) }
}

/** `Retry-After` as seconds or as a date; null for none and for nonsense. */
function waitOf(retryAfter: string | null, now: number): number | null {
  const text = retryAfter?.trim() ?? ''
  if (text === '') return null
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, RETRY_AFTER_MS_MAX) : null
}
