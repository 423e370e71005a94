import { plainLine } from '../../durable/core/export/text.ts'
import { CliError, EXIT, exitOfStatus } from './exit.ts'

export interface Ask {
  body?: unknown
  /** a body as it is, with its type. */
  text?: { content: string; type: string }
  headers?: Record<string, string>
}

/** One field that the server refused, with its line where it knows one. */
export interface FieldProblem {
  at: string
  says: string
  line?: number
  column?: number
}

/** A refusal of the server. */
export class ApiError extends CliError {
  readonly status: number
  readonly errors: readonly FieldProblem[]
  readonly requestId: string

  constructor(status: number, said: Record<string, unknown>) {
    const code = wordIn(said, 'code') || `http-${status}`
    const errors = Array.isArray(said['errors']) ? (said['errors'] as FieldProblem[]) : []
    const detail = wordIn(said, 'detail') || `the server answered ${status}`
    super(exitOfStatus(status), code, detail, hintsFor(status, code))
    this.status = status
    this.errors = errors
    this.requestId = wordIn(said, 'requestId')
  }
}

/** The instance's HTTP API as one person. Refusals and silence throw a CliError; a redirect is never followed. */
export class Api {
  readonly url: string
  readonly #token: string
  readonly #timeoutMs: number

  constructor(url: string, token: string, timeoutMs: number) {
    this.url = url
    this.#token = token
    this.#timeoutMs = timeoutMs
  }

  async get<T>(path: string): Promise<T> {
    return (await (await this.send('GET', path)).json()) as T
  }

  async post<T>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<T> {
    return (await (await this.send('POST', path, { body, headers })).json()) as T
  }

  /** The answer, when it is 2xx. */
  async send(method: string, path: string, ask: Ask = {}): Promise<Response> {
    const response = await this.reach(method, path, ask)
    if (response.ok) return response
    throw new ApiError(response.status, membersOf(await response.json().catch(() => null)))
  }

  /** The answer whatever it is; throws only where there is none. */
  async reach(method: string, path: string, { body, text, headers = {} }: Ask = {}): Promise<Response> {
    const sent = text?.content ?? (body === undefined ? null : JSON.stringify(body))
    const type = text?.type ?? (body === undefined ? null : 'application/json')
    try {
      return await fetch(this.url + path, {
        method,
        headers: {
          accept: 'application/json',
          'user-agent': 'ic',
          ...(this.#token !== '' && { authorization: `Bearer ${this.#token}` }),
          ...(type !== null && { 'content-type': type }),
          ...headers,
        },
        body: sent,
        redirect: 'error',
        signal: AbortSignal.timeout(this.#timeoutMs),
      })
    } catch (error) {
      throw unreachable(this.url, error)
    }
  }
}

/** Each item of a list, page after page, up to `max`. */
export async function allOf<T>(api: Api, path: string, max: number): Promise<T[]> {
  const items: T[] = []
  const joint = path.includes('?') ? '&' : '?'
  for (let cursor: string | null = ''; cursor !== null && items.length < max; ) {
    const query = cursor === '' ? '' : `${joint}cursor=${encodeURIComponent(cursor)}`
    const page: { items: T[]; next: string | null } = await api.get(path + query)
    items.push(...page.items)
    cursor = page.next
  }
  return items.slice(0, max)
}

function unreachable(url: string, error: unknown): CliError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const late = error instanceof Error && error.name === 'TimeoutError'
  const why = late ? 'no answer in time' : cause instanceof Error ? cause.message || cause.name : 'unknown'
  return new CliError(EXIT.temporary, 'unreachable', `${url} did not answer: ${why}`, [
    'Is it running (npm start), and is --url or IC_URL right? `ic doctor` looks closer.',
  ])
}

function hintsFor(status: number, code: string): string[] {
  if (status === 401) return ['Set IC_TOKEN, or give --token-file. `ic init` makes the first token of a deployment.']
  if (code === 'seq-moved' || status === 412) return ['Look at it again; somebody else was faster.']
  return []
}

function membersOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function wordIn(said: Record<string, unknown>, name: string): string {
  const value = said[name]
  return typeof value === 'string' ? plainLine(value) : ''
}
