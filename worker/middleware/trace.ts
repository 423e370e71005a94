import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from '../env.ts'

/** W3C Trace Context: version 00, a trace, the caller's span, flags. All zeros are no id. */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/
const SPAN_CHARS = 16
/** We record nothing for others to sample, so the flag that came stands; a trace that begins here is not sampled. */
const NOT_SAMPLED = '00'

export interface Trace {
  /** the caller's trace, or one that begins here; 32 hex characters. */
  traceId: string
  /** our span in it. */
  spanId: string
  flags: string
}

/** The trace of a `traceparent` header with a span of our own; what is not understood begins a new one. */
export function traceOf(header: string | undefined): Trace {
  const match = TRACEPARENT.exec(header?.trim() ?? '')
  return { traceId: match?.[1] ?? chance(), spanId: chance().slice(0, SPAN_CHARS), flags: match?.[3] ?? NOT_SAMPLED }
}

export function traceparent({ traceId, spanId, flags }: Trace): string {
  return `00-${traceId}-${spanId}-${flags}`
}

/** Leaves `trace` for whoever logs, and answers the `traceparent` by which the request can be found. */
export const traced: MiddlewareHandler<AppEnv> = async (c, next) => {
  const trace = traceOf(c.req.header('traceparent'))
  c.set('trace', trace)
  c.header('traceparent', traceparent(trace))
  await next()
}

// 122 bits of chance in 32 characters, made natively: a storm pays for this on every post.
function chance(): string {
  return crypto.randomUUID().replaceAll('-', '')
}
