import { exports } from 'cloudflare:workers'
import { expect } from 'vitest'

export const HOST = 'http://127.0.0.1'

export interface Ask {
  method?: string
  token?: string | null
  body?: unknown
  headers?: Record<string, string>
  host?: string
}

/** A request to the Worker as a client sends it; the token is `dev` unless said, null for none. */
export function api(path: string, ask: Ask = {}): Promise<Response> {
  const headers = new Headers(ask.headers)
  if (ask.token !== null) headers.set('authorization', `Bearer ${ask.token ?? 'dev'}`)
  const init: RequestInit = {
    method: ask.method ?? (ask.body === undefined ? 'GET' : 'POST'),
    headers,
    redirect: 'manual',
  }
  if (ask.body !== undefined) init.body = asBody(ask.body)
  return exports.default.fetch(new Request(`${ask.host ?? HOST}${path}`, init))
}

function asBody(body: unknown): BodyInit {
  return typeof body === 'string' || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body)
}

export interface Problem {
  status: number
  code: string
  detail: string
  requestId: string
  errors?: { at: string; says: string }[]
}

/** The answer as a problem: its type, its shape, its headers. */
export async function problem(answer: Response, status: number, code?: string): Promise<Problem> {
  const text = await answer.text()
  expect([answer.status, text]).toEqual([status, text])
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  const said = JSON.parse(text) as Problem
  expect(said.status).toBe(status)
  expect(said.requestId).toBe(answer.headers.get('x-request-id'))
  if (code !== undefined) expect(said.code).toBe(code)
  return said
}

/** The answer's JSON, when it has the status. */
export async function json<T>(answer: Response, status = 200): Promise<T> {
  const text = await answer.text()
  expect([answer.status, text]).toEqual([status, text])
  return JSON.parse(text) as T
}
