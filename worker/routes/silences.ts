import type { Context } from 'hono'
import * as z from 'zod/mini'
import {
  MATCHERS_MAX,
  MATCHER_NAME_CHARS_MAX,
  MATCHER_VALUE_CHARS_MAX,
  REASON_CHARS_MAX,
} from '../../durable/protocol/limits.ts'
import { LIVE } from '../../durable/protocol/namespace.ts'
import type { AppEnv } from '../env.ts'
import { ProblemError } from '../errors.ts'
import { linked } from '../middleware/link.ts'
import { bodyOf, queryOf } from '../validate.ts'
import { cursor } from './params.ts'

/** The longest a silence may last, in ms: what must be quiet for longer is a rule to be changed at its source. */
const SILENCE_MS_MAX = 366 * 86_400_000
const SILENCE_ID = /^sil_[a-z0-9]{12}$/
/** Of a window of the catalogue: it ends where it is written. */
const WINDOW_ID = /^win_/

const time = z.iso.datetime({ offset: true })
export const silenceBody = z.strictObject({
  kind: z.prefault(z.enum(['silence', 'maintenance']), 'silence'),
  matchers: z
    .array(
      z.strictObject({
        name: z.string().check(z.minLength(1), z.maxLength(MATCHER_NAME_CHARS_MAX)),
        op: z.prefault(z.enum(['=', '!=', '=~', '!~']), '='),
        value: z.string().check(z.maxLength(MATCHER_VALUE_CHARS_MAX)),
      }),
    )
    .check(z.minLength(1), z.maxLength(MATCHERS_MAX)),
  comment: z.string().check(z.trim(), z.minLength(1), z.maxLength(REASON_CHARS_MAX)),
  /** now where it is left out. */
  startsAt: z.optional(time),
  endsAt: time,
})

/** `GET /api/v1/silences`: silences and maintenance windows that are not over, the first to end first. */
export async function listSilences(c: Context<AppEnv>): Promise<Response> {
  return c.json({ items: await c.env.DIRECTORY.getByName(LIVE).silences(), next: null })
}

/**
 * `POST /api/v1/silences {kind, matchers, comment, startsAt?, endsAt}`: 201 with what is kept. New alerts that it matches
 * are stored and listed, and nobody is told until it ends.
 */
export async function createSilence(c: Context<AppEnv>): Promise<Response> {
  const said = await bodyOf(c, silenceBody)
  const now = Date.now()
  const startsAt = said.startsAt === undefined ? now : Date.parse(said.startsAt)
  const endsAt = Date.parse(said.endsAt)
  const problem = timesProblem(startsAt, endsAt, now)
  if (problem) throw new ProblemError(400, 'invalid-body', 'The times do not make a span ahead.', { errors: [problem] })
  const { kind, matchers, comment } = said
  const kept = await c.env.DIRECTORY.getByName(LIVE).silence({
    kind,
    matchers,
    comment,
    startsAt,
    endsAt,
    by: c.get('person').name,
  })
  if (kept.ok) return c.json(kept.silence, 201, { location: `/api/v1/silences/${kept.silence.id}` })
  if (kept.reason === 'too-many-silences')
    throw new ProblemError(409, kept.reason, 'There are too many silences; end some that are not needed.')
  throw new ProblemError(400, kept.reason, 'A matcher cannot be used.', { errors: kept.problems })
}

function timesProblem(startsAt: number, endsAt: number, now: number): { at: string; says: string } | null {
  if (endsAt <= now) return { at: 'endsAt', says: 'must be ahead' }
  if (endsAt <= startsAt) return { at: 'endsAt', says: 'must be after startsAt' }
  if (endsAt - Math.min(startsAt, now) > SILENCE_MS_MAX) return { at: 'endsAt', says: 'must be within a year' }
  return null
}

/** `DELETE /api/v1/silences/{id}`: 204; what it held back and still fires comes through. A window of the catalogue: 409. */
export async function endSilence(c: Context<AppEnv>): Promise<Response> {
  const id = c.req.param('id') ?? ''
  if (WINDOW_ID.test(id))
    throw new ProblemError(
      409,
      'in-catalogue',
      'This window stands in the catalogue; it ends when it is taken out there.',
    )
  const ended = SILENCE_ID.test(id) && (await c.env.DIRECTORY.getByName(LIVE).endSilence(id))
  if (!ended) throw new ProblemError(404, 'not-found', 'There is no such silence.')
  return c.body(null, 204)
}

/** `GET /api/v1/suppressed?cursor=`: alerts that are stored and kept from people, newest first, each with why. */
export async function listSuppressed(c: Context<AppEnv>): Promise<Response> {
  const query = queryOf(c, z.strictObject({ cursor }))
  return linked(c, await c.env.DIRECTORY.getByName(LIVE).suppressed(query.cursor ?? null))
}

/** `GET /api/v1/intake/noise`: why alerts ended where they did, by reason word, and the storm that is on. */
export async function noise(c: Context<AppEnv>): Promise<Response> {
  const directory = c.env.DIRECTORY.getByName(LIVE)
  const [reasons, storm] = await Promise.all([directory.intakeReasons(), directory.storm()])
  return c.json({ ...reasons, storm })
}
