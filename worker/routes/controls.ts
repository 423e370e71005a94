import type { Context } from 'hono'
import * as z from 'zod/mini'
import { REASON_CHARS_MAX } from '../../durable/protocol/limits.ts'
import { LIVE } from '../../durable/protocol/namespace.ts'
import type { AppEnv } from '../env.ts'
import { ProblemError } from '../errors.ts'
import { bodyOf } from '../validate.ts'
import { killSwitchBody } from './instance.ts'
import { order } from './orders.ts'

/** Services that one freeze names, and characters of an id. */
const SERVICES_MAX = 200
const ID_CHARS_MAX = 100
/** The longest a freeze may last, in ms: what is never to be changed is protected in the catalogue. */
const FREEZE_MS_MAX = 366 * 86_400_000
const FREEZE_ID = /^frz_[a-z0-9]{12}$/

const time = z.iso.datetime({ offset: true })
const reason = z.string().check(z.trim(), z.minLength(1), z.maxLength(REASON_CHARS_MAX))

/** Whatever is turned is turned with a reason that everybody sees. */
export const switchBody = killSwitchBody

export const freezeBody = z.strictObject({
  services: z.union([
    z.literal('*'),
    z
      .array(z.string().check(z.minLength(1), z.maxLength(ID_CHARS_MAX)))
      .check(z.minLength(1), z.maxLength(SERVICES_MAX)),
  ]),
  /** now where it is left out. */
  from: z.optional(time),
  /** until somebody ends it where it is left out. */
  until: z.optional(time),
  reason,
})

const live = (c: Context<AppEnv>) => c.env.DIRECTORY.getByName(LIVE)

/** `GET /api/v1/controls`: everything that holds actions back, what lets them go, and what was done lately. */
export async function controls(c: Context<AppEnv>): Promise<Response> {
  const row = await live(c).controlsRow()
  const memory = c.env.MEMORY.getByName(LIVE)
  // A clause for every service has as many records as there are services.
  const autonomy = await Promise.all(
    row.autonomy.map(async (clause) => {
      if (clause.service === '*') return { ...clause, record: null }
      const since = clause.since === null ? null : Date.parse(clause.since)
      return { ...clause, record: await memory.actionRecord({ type: clause.action, target: clause.service, since }) }
    }),
  )
  return c.json({ ...row, autonomy })
}

/** `PUT /api/v1/kill-switch/services/{id} {on, reason}`: while it is on, no action starts on this service. */
export async function setServiceSwitch(c: Context<AppEnv>): Promise<Response> {
  const body = await bodyOf(c, switchBody)
  const set = await live(c).setServiceSwitch(c.req.param('id') ?? '', { ...body, by: c.get('person').name })
  if (set === null) throw new ProblemError(404, 'not-found', 'The catalogue has no such service.')
  return c.json(set)
}

/** `PUT /api/v1/dry-run {on, reason}`: while it is on nothing is called; what would be is shown. */
export async function setDryRun(c: Context<AppEnv>): Promise<Response> {
  const body = await bodyOf(c, switchBody)
  return c.json(await live(c).setDryRun({ ...body, by: c.get('person').name }))
}

/** `GET /api/v1/freezes`: freezes that are not over, planned and set, the first to begin first. */
export async function listFreezes(c: Context<AppEnv>): Promise<Response> {
  return c.json({ items: (await live(c).controlsRow()).freezes, next: null })
}

/** `POST /api/v1/freezes {services, from?, until?, reason}`: 201 with what is kept. */
export async function createFreeze(c: Context<AppEnv>): Promise<Response> {
  const said = await bodyOf(c, freezeBody)
  const now = Date.now()
  const from = said.from === undefined ? now : Date.parse(said.from)
  const until = said.until === undefined ? null : Date.parse(said.until)
  const problem = spanProblem(from, until, now)
  if (problem) throw new ProblemError(400, 'invalid-body', 'The times do not make a span ahead.', { errors: [problem] })
  const { services, reason: why } = said
  const kept = await live(c).freeze({ services, from, until, reason: why, by: c.get('person').name })
  if (kept.ok) return c.json(kept.freeze, 201, { location: `/api/v1/freezes/${kept.freeze.id}` })
  if (kept.reason === 'too-many-freezes')
    throw new ProblemError(409, kept.reason, 'There are too many freezes; end some that are not needed.')
  throw new ProblemError(422, kept.reason, `The catalogue has no service ${kept.detail.slice(0, ID_CHARS_MAX)}.`)
}

function spanProblem(from: number, until: number | null, now: number): { at: string; says: string } | null {
  if (from > now + FREEZE_MS_MAX) return { at: 'from', says: 'must be within a year' }
  if (until === null) return null
  if (until <= now) return { at: 'until', says: 'must be ahead' }
  if (until <= from) return { at: 'until', says: 'must be after from' }
  return until - Math.min(from, now) > FREEZE_MS_MAX ? { at: 'until', says: 'must be within a year' } : null
}

/** `DELETE /api/v1/freezes/{id}`: 204; one of the catalogue ends where it is written. */
export async function endFreeze(c: Context<AppEnv>): Promise<Response> {
  const id = c.req.param('id') ?? ''
  const ended = FREEZE_ID.test(id) && (await live(c).endFreeze(id))
  if (!ended) throw new ProblemError(404, 'not-found', 'There is no such freeze.')
  return c.body(null, 204)
}

/** `PUT /api/v1/autonomy/{clause} {on, reason}`: off revokes it at once; on again its record begins anew. */
export async function setAutonomy(c: Context<AppEnv>): Promise<Response> {
  const body = await bodyOf(c, switchBody)
  const row = await live(c).setAutonomy(c.req.param('id') ?? '', { ...body, by: c.get('person').name })
  if (row === null) throw new ProblemError(404, 'not-found', 'The catalogue has no such clause.')
  return c.json(row)
}

/** `POST /api/v1/incidents/{id}/kill-switch {on, reason}`: while it is on, no action of this incident starts. */
export const incidentKillSwitch = order(switchBody, (body) => ({
  type: 'set-incident-control',
  control: 'kill-switch',
  ...body,
}))

/** `POST /api/v1/incidents/{id}/dry-run-mode {on, reason}`: while it is on, actions of this incident only say what they would do. */
export const incidentDryRun = order(switchBody, (body) => ({
  type: 'set-incident-control',
  control: 'dry-run',
  ...body,
}))
