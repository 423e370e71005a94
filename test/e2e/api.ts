import type { RoomEvent } from '../../durable/protocol/events.ts'
import type { EventsPage, Page } from '../../durable/protocol/objects.ts'
import type { IncidentDetail, IncidentRow } from '../../durable/protocol/rows.ts'
import { type ChainVerdict, verifyChain } from '../../durable/protocol/verify.ts'
import { createHash } from 'node:crypto'

/** Events asked for at a time; the server's own limit for a page. */
const PAGE = 1_000

/** A caller of the product's HTTP API, as the local person `dev` unless another token is given. */
export interface Api {
  get<T>(path: string): Promise<T>
  post<T>(path: string, body: unknown): Promise<T>
  /** the answer as it came, also when it is a refusal. */
  send(method: string, path: string, body?: unknown): Promise<Response>
  incidents(query?: string): Promise<IncidentRow[]>
  detail(id: string): Promise<IncidentDetail>
  events(id: string): Promise<RoomEvent[]>
  chain(id: string): Promise<ChainVerdict>
}

/** Refusals throw with status, code and detail; use `send` to look at one. */
export function apiOf(url: string, token = 'dev'): Api {
  const send = (method: string, path: string, body?: unknown) =>
    fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await send(method, path, body)
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 500)}`)
    return (text === '' ? null : JSON.parse(text)) as T
  }
  const api: Api = {
    send,
    get: (path) => ask('GET', path),
    post: (path, body) => ask('POST', path, body),
    async incidents(query = '') {
      const rows: IncidentRow[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page: Page<IncidentRow> = await api.get(
          `/api/v1/incidents?${query}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
        )
        rows.push(...page.items)
        cursor = page.next
      }
      return rows
    },
    detail: (id) => api.get(`/api/v1/incidents/${id}`),
    async events(id) {
      const events: RoomEvent[] = []
      for (;;) {
        const page = await api.get<EventsPage>(`/api/v1/incidents/${id}/events?after=${events.length}&limit=${PAGE}`)
        events.push(...page.items)
        if (page.items.length === 0 || events.length >= page.head) return events
      }
    },
    async chain(id) {
      return verifyChain(await api.events(id), (text) => createHash('sha256').update(text).digest('hex'))
    },
  }
  return api
}
