/** One time limit over all the steps of a question: its tries, its repair, its guardrail. */
export interface Deadline {
  readonly signal: AbortSignal
  /** wall time that is left, ms; never below 0. */
  leftMs(): number
  /** A timer left behind would keep the calling object in memory. */
  clear(): void
}

/** Starts now. `now` is epoch ms. */
export function deadline(ms: number, now: () => number = Date.now): Deadline {
  const controller = new AbortController()
  const until = now() + ms
  const timer = setTimeout(() => controller.abort(), ms)
  return {
    signal: controller.signal,
    leftMs: () => Math.max(0, until - now()),
    clear: () => clearTimeout(timer),
  }
}

/** The promise, or a rejection named `TimeoutError` once the signal fires: some transports are deaf to it. */
export async function before<Value>(signal: AbortSignal, promise: Promise<Value>): Promise<Value> {
  let expire: (() => void) | undefined
  const expiry = new Promise<never>((_, reject) => {
    expire = () => reject(new DOMException('the time is over', 'TimeoutError'))
    if (signal.aborted) expire()
    else signal.addEventListener('abort', expire, { once: true })
  })
  try {
    return await Promise.race([promise, expiry])
  } finally {
    if (expire) signal.removeEventListener('abort', expire)
  }
}
