import { ANSWER_BYTES_MAX, type ReadAnswer, readAnswer } from './answer.ts'

/** A target answers within this wall time or its outcome is unknown, ms. */
export const CALL_TIMEOUT_MS = 10_000
/** Longest words of a failed transport that are kept, in UTF-16 units. */
const FAILURE_CHARS_MAX = 300

export type Send = (request: Request) => Promise<Response>

export interface ExchangeLimits {
  timeoutMs: number
  /** of the answer's body; absent: ANSWER_BYTES_MAX. */
  bytesMax?: number
}

/**
 * One request and its answer, or in words why there is none. It never throws, never repeats and follows no redirect; the
 * body of the answer is read within the same time.
 */
export async function exchange(
  send: Send,
  { timeoutMs, bytesMax = ANSWER_BYTES_MAX }: ExchangeLimits,
  make: (options: { signal: AbortSignal; redirect: 'manual' }) => Request | Promise<Request>,
): Promise<ReadAnswer | string> {
  const controller = new AbortController()
  const { signal } = controller
  const timer = setTimeout(() => controller.abort(), timeoutMs)
  try {
    const request = await make({ signal, redirect: 'manual' })
    // The transport may be deaf to the signal (an RPC stub, a body that trickles), so the deadline is kept here too.
    return await Promise.race([send(request).then((response) => readAnswer(response, bytesMax)), expiry(signal)])
  } catch (failure) {
    if (signal.aborted) return `no answer within ${timeoutMs} ms`
    return `no answer: ${failure instanceof Error ? failure.message : 'the transport failed'}`.slice(
      0,
      FAILURE_CHARS_MAX,
    )
  } finally {
    // A timer left behind would keep the calling object in memory.
    clearTimeout(timer)
  }
}

function expiry(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const expire = (): void => reject(new Error('expired'))
    if (signal.aborted) expire()
    else signal.addEventListener('abort', expire, { once: true })
  })
}
