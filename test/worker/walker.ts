import { expect } from 'vitest'
import { CODES } from '../../worker/openapi/codes.ts'
import { codesOf } from '../../worker/openapi/operations.ts'
import type { Operation } from '../../worker/openapi/operation.ts'
import { problem as problemShape } from '../../worker/openapi/shapes.ts'
import { api } from './api.ts'

export function keyOf({ method, path }: Operation): string {
  return `${method} ${path}`
}

/** What one address is asked that it can do. */
export interface Good {
  /** in place of the row's path, with ids that are there. */
  path?: string
  body?: unknown
  headers?: Record<string, string>
  token?: string
  status: number
}

export interface Said {
  status: number
  code: string | null
}

/** The answer, held against the row: its status and its shape, or a problem with a code that the row names. */
export async function documented(operation: Operation, answer: Response, asked: string): Promise<Said> {
  const { status } = answer
  const at = `${keyOf(operation)} ${asked}`
  const text = status === 101 ? '' : await answer.text()
  const type = answer.headers.get('content-type') ?? ''
  const good = operation.answers[status]
  if (good && !type.startsWith('application/problem+json')) {
    if (good.schema && type.startsWith('application/json')) {
      const parsed = good.schema.safeParse(JSON.parse(text))
      expect([at, status, parsed.success ? [] : parsed.error.issues]).toEqual([at, status, []])
    } else if (text !== '') expect([at, good.types?.some((one) => type.startsWith(one))]).toEqual([at, true])
    return { status, code: null }
  }
  expect([at, status, type, text]).toEqual([at, status, 'application/problem+json', text])
  const problem: unknown = JSON.parse(text)
  expect([at, problemShape.safeParse(problem).success]).toEqual([at, true])
  const { code } = problem as { code: string }
  expect([at, code, codesOf(operation)]).toEqual([at, code, expect.arrayContaining([code])])
  expect([at, code, status]).toEqual([at, code, CODES[code]?.status])
  return { status, code }
}

/** Asks an address and holds its answer against its row. `dev` is an admin here unless the token says else. */
export async function walk(
  operation: Operation,
  asked: string,
  ask: { path: string; body?: unknown; headers?: Record<string, string>; token?: string | null },
): Promise<Said> {
  const { path, body, headers, token = 'dev@admin' } = ask
  const answer = await api(path, {
    method: operation.method,
    token,
    ...(body !== undefined && { body }),
    ...(headers && { headers }),
  })
  return documented(operation, answer, asked)
}
