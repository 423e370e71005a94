import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { ImportReason } from '../../durable/protocol/objects.ts'
import { namespaceOfIncident } from '../../durable/protocol/namespace.ts'
import type { AppEnv } from '../env.ts'
import { ProblemError } from '../errors.ts'
import { readBody } from '../ingest/body.ts'
import { realmOfNamespace } from './params.ts'

/** Bytes of one file, inflated: ten minutes of forty series, ten runs over, are 4 MB; a call to an object carries 32 MiB. */
const IMPORT_BYTES_MAX = 10_000_000

/** Each reason as a status: the file is not one, its content does not hold, or something else is here. */
export const STATUS: Record<ImportReason, ContentfulStatusCode> = {
  'not-an-export': 400,
  'chain-broken': 422,
  'newer-version': 422,
  'unreadable-event': 422,
  'not-this-incident': 422,
  'never-opened': 422,
  'count-differs': 422,
  'another-log': 409,
  'lives-here': 409,
}

/**
 * `POST /api/v1/imports` with an exported JSON file, by an admin: 201 with the row in history, marked as imported, and
 * `stateHash`, SHA-256 of the canonical JSON of what the log folds to; 200 when it is kept here already. A log that was
 * altered is 422 `chain-broken` and names the event in `errors`.
 */
export async function importIncident(c: Context<AppEnv>): Promise<Response> {
  const body = await readBody(c.req.raw, IMPORT_BYTES_MAX)
  if (!body.ok) throw new ProblemError(400, 'invalid-body', `The body could not be read: ${body.reason}.`)
  const id = incidentNamed(body.value)
  const namespace = namespaceOfIncident(id)
  if (namespace === null)
    throw new ProblemError(400, 'not-an-export', 'This is no exported incident.', {
      errors: [{ at: 'incident', says: 'must be the id of an incident' }],
    })
  const livesHere = (await c.env.ROOM.getByName(`${namespace}/${id}`).head()) !== null
  const memory = c.env.MEMORY.getByName(realmOfNamespace(namespace))
  const at = new Date().toISOString()
  const answer = await memory.importFile({ text: body.raw, by: c.get('person').name, at, livesHere })
  if (!answer.ok) {
    const { reason, detail, seq, problems } = answer
    const errors = seq > 0 ? [{ at: `events[${seq - 1}]`, says: detail }] : problems
    throw new ProblemError(STATUS[reason], reason, `Nothing was imported: ${detail}.`, { errors })
  }
  const { already, row, stateHash } = answer
  return c.json({ already, row, stateHash }, already ? 200 : 201, { location: `/api/v1/history/${id}` })
}

function incidentNamed(value: unknown): string {
  const id: unknown = typeof value === 'object' && value !== null && 'incident' in value ? value.incident : null
  return typeof id === 'string' ? id : ''
}
