import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { AuditEntry } from '../../durable/protocol/access.ts'
import type { Role } from '../../durable/protocol/domain.ts'
import type { Bindings } from '../../worker/env.ts'
import worker from '../../worker/index.ts'
import { json } from './api.ts'

/** Where a deployment of ours is asked. */
export const SITE = 'https://ic.example'
export const INIT_TOKEN = 'set-once-as-a-worker-secret'

/** The bindings as a deployment has them: any mode but local, with the settings given. */
export function deployed(settings: Partial<Bindings> = {}): Bindings {
  const { IC_MODE: _, ...bindings } = env as unknown as Bindings
  return { ...bindings, ...settings }
}

export interface Asked {
  method?: string
  token?: string | null
  body?: unknown
  headers?: Record<string, string>
  site?: string
}

/** A request to a deployment; no token unless said. Waits for what goes on after the answer. */
export async function ask(bindings: Bindings, path: string, asked: Asked = {}): Promise<Response> {
  const headers = new Headers(asked.headers)
  if (asked.token != null) headers.set('authorization', `Bearer ${asked.token}`)
  const init: RequestInit = { method: asked.method ?? (asked.body === undefined ? 'GET' : 'POST'), headers }
  if (asked.body !== undefined) init.body = JSON.stringify(asked.body)
  const context = createExecutionContext()
  const answer = await worker.fetch(new Request(`${asked.site ?? SITE}${path}`, init), bindings, context)
  await waitOnExecutionContext(context)
  return answer
}

let first: string | null = null

/** The first admin's token of this test file's deployment. */
export async function adminToken(): Promise<string> {
  if (first !== null) return first
  const answer = await ask(deployed({ IC_INIT_TOKEN: INIT_TOKEN }), '/api/v1/init', {
    token: INIT_TOKEN,
    body: { name: 'first admin' },
  })
  first = (await json<{ token: string }>(answer, 201)).token
  return first
}

export interface Made {
  id: string
  token: string
}

/** A new API token of a role, or an ingest token of a source. */
export async function makeToken(grant: { role: Role } | { source: string }, more: object = {}): Promise<Made> {
  const body =
    'role' in grant
      ? { kind: 'api', name: `the ${grant.role}`, ...grant, ...more }
      : { kind: 'ingest', name: grant.source, ...grant, ...more }
  const answer = await ask(deployed(), '/api/v1/tokens', { token: await adminToken(), body })
  return await json<Made>(answer, 201)
}

/** Every line of audit there is. */
export async function auditLines(): Promise<AuditEntry[]> {
  const answer = await ask(deployed(), '/api/v1/audit?limit=200', { token: await adminToken() })
  return (await json<{ items: AuditEntry[] }>(answer)).items
}
