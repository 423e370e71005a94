import type { Context, ErrorHandler } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { AppEnv } from './env.ts'
import { redact } from './redact.ts'

/** A field that was refused: where in the request, and what is wrong with it. */
export interface FieldProblem {
  at: string
  says: string
  /** in a document with lines (YAML), counted from 1. */
  line?: number
  column?: number
}

/**
 * A refusal on its way out as RFC 9457 problem+json. `code` is the stable word that clients branch on; `detail` is for
 * people and never repeats a token or a body.
 */
export class ProblemError extends Error {
  readonly status: ContentfulStatusCode
  readonly code: string
  readonly headers: Readonly<Record<string, string>>
  readonly errors: readonly FieldProblem[]

  constructor(
    status: ContentfulStatusCode,
    code: string,
    detail: string,
    more: { headers?: Record<string, string>; errors?: FieldProblem[] } = {},
  ) {
    super(detail)
    this.name = 'ProblemError'
    this.status = status
    this.code = code
    this.headers = more.headers ?? {}
    this.errors = more.errors ?? []
  }
}

/** Seconds a sender should wait when an object could not answer: a restart of one takes well under that. */
const RETRY_AFTER_S = 1

const TITLES: Partial<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** The problem as a response, with the request's id so that a person can name it. */
export function problemResponse(c: Context<AppEnv>, problem: ProblemError): Response {
  const body = {
    type: 'about:blank',
    title: TITLES[problem.status] ?? 'Error',
    status: problem.status,
    code: problem.code,
    detail: problem.message,
    instance: c.req.path,
    requestId: c.get('requestId'),
    ...(problem.errors.length > 0 && { errors: problem.errors }),
  }
  return c.body(JSON.stringify(body), problem.status, {
    ...problem.headers,
    'content-type': 'application/problem+json',
  })
}

/** 503 with Retry-After: the one answer after which every sender we know tries again. */
export function unavailable(code: string, detail: string, retryAfterS: number = RETRY_AFTER_S): ProblemError {
  return new ProblemError(503, code, detail, { headers: { 'retry-after': String(retryAfterS) } })
}

/** The one handler: a refusal says its word; an object that is down says so; anything else is logged and named. */
export const onError: ErrorHandler<AppEnv> = (error, c) => {
  if (error instanceof ProblemError) return problemResponse(c, error)
  log(c, error)
  if (isUnavailable(error))
    return problemResponse(c, unavailable('object-unavailable', 'The object behind this address did not answer.'))
  return problemResponse(
    c,
    new ProblemError(500, 'unexpected', 'Something went wrong here. The request id names it in the log.'),
  )
}

/** Durable Object errors carry these flags: the object was reset, unreachable or overloaded, and nothing is known lost. */
function isUnavailable(error: Error): boolean {
  const flags = error as { retryable?: unknown; overloaded?: unknown }
  return flags.retryable === true || flags.overloaded === true
}

/** One line of JSON about a failure; secrets are taken out of whatever the error says. */
export function log(c: Context<AppEnv>, thrown: unknown): void {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  console.error(
    JSON.stringify({
      level: 'error',
      requestId: c.get('requestId'),
      traceId: (c.get('trace') as AppEnv['Variables']['trace'] | undefined)?.traceId,
      method: c.req.method,
      path: c.req.path,
      error: error.name,
      message: redact(error.message),
      stack: redact(error.stack ?? ''),
    }),
  )
}
