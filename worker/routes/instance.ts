import type { Context } from 'hono'
import * as z from 'zod/mini'
import { REASON_CHARS_MAX } from '../../durable/protocol/limits.ts'
import { LIVE } from '../../durable/protocol/namespace.ts'
import type { AppEnv } from '../env.ts'
import { linked } from '../middleware/link.ts'
import { bodyOf, queryOf } from '../validate.ts'
import { cursor } from './params.ts'

/** `GET /api/v1/me`: who the token is. */
export function me(c: Context<AppEnv>): Response {
  const { name, role, via, until } = c.get('person')
  const expiresAt = until === null ? null : new Date(until).toISOString()
  return c.json({ name, role, via, expiresAt, mode: c.env.IC_MODE ?? 'deployed' })
}

/** `GET /api/v1/intake`: counters; received = attached + deduplicated + suppressed + quarantined + pending. */
export async function intake(c: Context<AppEnv>): Promise<Response> {
  return c.json(await c.env.DIRECTORY.getByName(LIVE).counters())
}

/** `GET /api/v1/intake/quarantined?cursor=`: bodies that could not be understood, kept whole. */
export async function quarantined(c: Context<AppEnv>): Promise<Response> {
  const query = queryOf(c, z.strictObject({ cursor }))
  return linked(c, await c.env.DIRECTORY.getByName(LIVE).quarantined(query.cursor ?? null))
}

/** `GET /api/v1/kill-switch`. */
export async function killSwitch(c: Context<AppEnv>): Promise<Response> {
  return c.json(await c.env.DIRECTORY.getByName(LIVE).killSwitch())
}

export const killSwitchBody = z.strictObject({
  on: z.boolean(),
  reason: z.string().check(z.trim(), z.minLength(1), z.maxLength(REASON_CHARS_MAX)),
})

/** `PUT /api/v1/kill-switch {on, reason}` by a commander: while it is on, no action starts anywhere. */
export async function setKillSwitch(c: Context<AppEnv>): Promise<Response> {
  const person = c.get('person')
  const body = await bodyOf(c, killSwitchBody)
  return c.json(await c.env.DIRECTORY.getByName(LIVE).setKillSwitch({ ...body, by: person.name }))
}
