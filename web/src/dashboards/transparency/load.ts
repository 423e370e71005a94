import type { RoomEvent } from '../../../../durable/protocol/events.ts'
import type { EventsPage } from '../../../../durable/protocol/objects.ts'
import type { ArchivedIncident } from '../../../../durable/protocol/ports.ts'
import { type Problem, type Reply, call } from '../../room/http.ts'

/** Events asked for in one page; the server's own limit. */
export const PAGE_EVENTS = 1_000

export type Origin = 'room' | 'history' | 'file'

/** A log from its first event, without a hole. */
export interface Log {
  origin: Origin
  /** the incident, or the name of the file. */
  name: string
  events: RoomEvent[]
}

export type Loaded = { ok: true; log: Log } | { ok: false; problem: Problem }

export interface LoadPorts {
  page: (id: string, after: number, limit: number) => Promise<Reply<EventsPage>>
  archived: (id: string) => Promise<Reply<ArchivedIncident>>
}

export const apiPorts: LoadPorts = {
  page: (id, after, limit) => call('GET', `/api/v1/incidents/${id}/events?after=${after}&limit=${limit}`),
  archived: (id) => call('GET', `/api/v1/history/${id}`),
}

/** How far a load is. */
export interface Progress {
  read: number
  /** null until the first page says so. */
  of: number | null
}

const HOLE: Problem = {
  status: 0,
  code: 'log-has-a-hole',
  title: 'The log has a hole.',
  detail: 'The server answered with events that do not follow one another. Nothing of it is shown; load it again.',
}

/**
 * Reads an incident's log page by page up to its head of this moment. What has no room here (it was imported) comes whole
 * from the history. Never throws; a hole is a problem, not something to fold over.
 */
export async function loadLog(id: string, said: (progress: Progress) => void, ports = apiPorts): Promise<Loaded> {
  const read = await more(id, [], said, ports)
  if (read.ok || read.problem.status !== 404) return read
  const archived = await ports.archived(id)
  if (!archived.ok) return { ok: false, problem: archived.problem }
  const { events } = archived.data
  return isGapless(events) ? { ok: true, log: { origin: 'history', name: id, events } } : { ok: false, problem: HOLE }
}

/** The same log with what was said since; only a room's log grows. */
export function growLog(log: Log, said: (progress: Progress) => void, ports = apiPorts): Promise<Loaded> {
  return more(log.name, log.events, said, ports)
}

/** How many events the room has that this log has not; null when nobody answers or the log cannot grow. */
export async function newSince(log: Log, ports = apiPorts): Promise<number | null> {
  if (log.origin !== 'room') return null
  const reply = await ports.page(log.name, log.events.length, 1)
  return reply.ok ? Math.max(0, reply.data.head - log.events.length) : null
}

async function more(
  id: string,
  known: readonly RoomEvent[],
  said: (progress: Progress) => void,
  ports: LoadPorts,
): Promise<Loaded> {
  const events = [...known]
  said({ read: events.length, of: null })
  let head = Number.POSITIVE_INFINITY
  while (events.length < head) {
    const reply = await ports.page(id, events.length, PAGE_EVENTS)
    if (!reply.ok) return { ok: false, problem: reply.problem }
    const { items } = reply.data
    // What is said while it is read is news for later: the head of the first answer is where reading ends.
    if (head === Number.POSITIVE_INFINITY) head = reply.data.head
    if (items.length === 0 && events.length < head) return { ok: false, problem: HOLE }
    for (const event of items) {
      if (event.seq !== events.length + 1) return { ok: false, problem: HOLE }
      events.push(event)
    }
    said({ read: events.length, of: Math.max(head, events.length) })
  }
  return { ok: true, log: { origin: 'room', name: id, events } }
}

function isGapless(events: readonly RoomEvent[]): boolean {
  return events.length > 0 && events.every((event, i) => event.seq === i + 1)
}
