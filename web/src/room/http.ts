import { token } from './person.ts'

/** RFC 9457; `code` is the stable reason word. */
export interface Problem {
  status: number
  code: string
  title: string
  detail: string
}

export type Reply<T> = { ok: true; data: T } | { ok: false; problem: Problem }

const UNREACHABLE: Problem = {
  status: 0,
  code: 'unreachable',
  title: 'The server did not answer.',
  detail: 'Nothing was changed by this page. Try again.',
}

function text(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise
}

/** Places of a body that were wrong, each as a sentence: `matchers[0].value is no pattern.` */
function placesOf(errors: unknown): string[] {
  if (!Array.isArray(errors)) return []
  return errors.flatMap((error: unknown) => {
    const { at, says } = typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : {}
    return typeof says === 'string' ? [`${text(at, 'It')}: ${says}.`] : []
  })
}

function problemOf(status: number, body: unknown): Problem {
  const said = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  return {
    status,
    code: text(said['code'], `http-${status}`),
    title: text(said['title'], `The server answered ${status}.`),
    detail: [text(said['detail'], ''), ...placesOf(said['errors'])].filter((part) => part !== '').join(' '),
  }
}

/**
 * One call of our own API as the chosen person. Failures are values; it never throws. The caller names the shape: this
 * is the same build's server, whose answers are contract-tested.
 */
export async function call<T>(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
  as: string | null = token(),
): Promise<Reply<T>> {
  try {
    const headers: Record<string, string> = { accept: 'application/json' }
    if (as !== null) headers['authorization'] = `Bearer ${as}`
    if (body !== undefined) headers['content-type'] = 'application/json'
    const response = await fetch(path, {
      method,
      headers,
      redirect: 'error',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const data: unknown = await response.json().catch(() => null)
    return response.ok ? { ok: true, data: data as T } : { ok: false, problem: problemOf(response.status, data) }
  } catch {
    return { ok: false, problem: UNREACHABLE }
  }
}
