import type { Context } from 'hono'
import * as z from 'zod/mini'
import { LIVE } from '../../durable/protocol/namespace.ts'
import type { EventsPage } from '../../durable/protocol/objects.ts'
import type { AppEnv } from '../env.ts'
import { etagOf, isHeld } from '../middleware/etag.ts'
import { linked } from '../middleware/link.ts'
import { bodyOf, queryOf } from '../validate.ts'
import { cursor, drillFlag, incidentOf, limit, noSuchIncident, realm, wholeNumber } from './params.ts'

const TITLE_CHARS_MAX = 200
/** Events in one page, and unless asked. */
const EVENTS_MAX = 1_000
const EVENTS_DEFAULT = 500

export const listQuery = z.strictObject({
  state: z.optional(z.enum(['triggered', 'acknowledged', 'mitigated', 'resolved', 'closed', 'canceled', 'merged'])),
  drill: drillFlag,
  cursor,
  limit,
})

/** `GET /api/v1/incidents?state=&drill=&cursor=&limit=`: `{items, next}`, what is not closed unless a state is asked for. */
export async function listIncidents(c: Context<AppEnv>): Promise<Response> {
  const query = queryOf(c, listQuery)
  const directory = c.env.DIRECTORY.getByName(realm(query.drill))
  const { name, role } = c.get('person')
  const page = { state: query.state ?? null, cursor: query.cursor ?? null, limit: query.limit, reader: { name, role } }
  return linked(c, await directory.incidents(page))
}

export const declareBody = z.strictObject({
  title: z.string().check(z.trim(), z.minLength(1), z.maxLength(TITLE_CHARS_MAX)),
  severity: z.enum(['SEV-1', 'SEV-2', 'SEV-3', 'SEV-4', 'SEV-5']),
  service: z.string().check(z.trim(), z.minLength(1), z.maxLength(TITLE_CHARS_MAX)),
})

/** `POST /api/v1/incidents {title, severity, service}` by a commander: 201, Location, `{id}`. Always a real incident. */
export async function declareIncident(c: Context<AppEnv>): Promise<Response> {
  const person = c.get('person')
  const body = await bodyOf(c, declareBody)
  const { id } = await c.env.DIRECTORY.getByName(LIVE).declare({ ...body, by: person.name, role: person.role })
  return c.json({ id }, 201, { location: `/api/v1/incidents/${id}` })
}

/** `GET /api/v1/incidents/{id}`: the incident in full, 404 when there is none. */
export async function getIncident(c: Context<AppEnv>): Promise<Response> {
  queryOf(c, z.strictObject({}))
  const { id, namespace } = incidentOf(c)
  const answer = await c.env.ROOM.getByName(`${namespace}/${id}`).detail()
  if (!answer.found) throw noSuchIncident()
  // Its seq: an order with `If-Match` is refused when something has happened since.
  const etag = etagOf(answer.detail.seq)
  c.header('etag', etag)
  return isHeld(c, etag) ? c.body(null, 304) : c.json(answer.detail)
}

export const eventsQuery = z.strictObject({
  after: wholeNumber(0, Number.MAX_SAFE_INTEGER, 0),
  limit: wholeNumber(1, EVENTS_MAX, EVENTS_DEFAULT),
})

/** `GET /api/v1/incidents/{id}/events?after=&limit=`: `{epoch, items, next, head}`, events after that seq, in order. */
export async function listEvents(c: Context<AppEnv>): Promise<Response> {
  const { id, namespace } = incidentOf(c)
  const query = queryOf(c, eventsQuery)
  const page = await c.env.ROOM.getByName(`${namespace}/${id}`).events(query.after, query.limit)
  if (page === null) throw noSuchIncident()
  const { epoch, events: items, head } = page
  const last = items.at(-1)?.seq ?? head
  return c.json({ epoch, items, next: last < head ? String(last) : null, head } satisfies EventsPage)
}
