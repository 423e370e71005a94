import type { Context } from 'hono'
import { accepts } from 'hono/accepts'
import * as z from 'zod/mini'
import type { ExportAsk, ExportFormat, ExportPart } from '../../durable/protocol/objects.ts'
import type { AppEnv } from '../env.ts'
import { ProblemError } from '../errors.ts'
import { queryOf } from '../validate.ts'
import { incidentOf, noSuchIncident, realmOfNamespace } from './params.ts'

const TYPES: Record<ExportFormat, { type: string; ending: string }> = {
  json: { type: 'application/json', ending: 'json' },
  markdown: { type: 'text/markdown', ending: 'md' },
  csv: { type: 'text/csv', ending: 'csv' },
}
const FORMATS = Object.keys(TYPES) as ExportFormat[]

type Next = Exclude<ExportAsk['next'], null>
type Ask = (next: Next | null) => Promise<ExportPart | null>

/**
 * `GET /api/v1/incidents/{id}/export?format=`: the incident as a file: JSON (complete, verifiable, what imports take),
 * Markdown or CSV, by `format` or `Accept`. Its ETag is the head of the hash chain. One that is not worked on here any
 * more, or never was, comes from history.
 */
export async function exportIncident(c: Context<AppEnv>): Promise<Response> {
  const { id, namespace } = incidentOf(c)
  const query = queryOf(c, z.strictObject({ format: z.optional(z.enum(['json', 'markdown', 'csv'])) }))
  const format = query.format ?? acceptedFormat(c)
  const { name, role } = c.get('person')
  const reader = { name, role }
  const room: Ask = (next) => c.env.ROOM.getByName(`${namespace}/${id}`).exported({ format, next, reader })
  const memory: Ask = (next) =>
    c.env.MEMORY.getByName(realmOfNamespace(namespace)).exported(id, { format, next, reader })
  const lives = (await c.env.ROOM.getByName(`${namespace}/${id}`).head()) !== null
  const ask = lives ? room : memory
  const first = await ask(null)
  if (first === null) throw noSuchIncident()
  const { type, ending } = TYPES[format]
  return c.body(streamOf(first, ask), 200, {
    'content-type': `${type}; charset=utf-8`,
    'content-disposition': `attachment; filename="${id}.${ending}"`,
    etag: `"${first.head}-${format}"`,
    vary: 'accept',
    'cache-control': 'private, no-store',
  })
}

function acceptedFormat(c: Context<AppEnv>): ExportFormat {
  const supports = FORMATS.map((format) => TYPES[format].type)
  const wanted = accepts(c, {
    header: 'Accept',
    supports: [...supports, '*/*', 'application/*', 'text/*'],
    default: '',
  })
  if (wanted === '' && c.req.header('accept') !== undefined)
    throw new ProblemError(406, 'not-acceptable', `An export is ${supports.join(', ')}.`)
  return FORMATS.find((format) => TYPES[format].type === wanted) ?? (wanted === 'text/*' ? 'markdown' : 'json')
}

/** Part after part as the reader takes them, so that no export is held whole. */
function streamOf(first: ExportPart, ask: Ask): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let part: ExportPart | null = first
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (part === null) return controller.error(new Error('the export ended early'))
      controller.enqueue(encoder.encode(part.text))
      if (part.next === null) return controller.close()
      part = await ask(part.next)
    },
  })
}
