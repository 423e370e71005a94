import type { Context } from 'hono'
import * as z from 'zod/mini'
import { drillOf, isDrillId, LIVE, namespaceOfIncident } from '../../durable/protocol/namespace.ts'
import type { AppEnv } from '../env.ts'
import { ProblemError } from '../errors.ts'

/** Rows of a list page unless asked, and at most. */
const PAGE_DEFAULT = 50
const PAGE_MAX = 200
const CURSOR_CHARS_MAX = 256

export const drillFlag = z.prefault(z.enum(['true', 'false']), 'false')
export const cursor = z.optional(z.string().check(z.minLength(1), z.maxLength(CURSOR_CHARS_MAX)))
export const limit = wholeNumber(1, PAGE_MAX, PAGE_DEFAULT)

/** A whole number written in decimal digits, within bounds. */
export function wholeNumber(min: number, max: number, otherwise: number) {
  const digits = z
    .string()
    .check(
      z.refine(
        (text) => /^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max,
        `a whole number, ${min} to ${max}`,
      ),
    )
  return z.pipe(z.prefault(digits, String(otherwise)), z.transform(Number))
}

/** The incident that the path names, with the namespace that its id lives in. 404 for what is no incident id. */
export function incidentOf(c: Context<AppEnv>): { id: string; namespace: string } {
  const id = c.req.param('id') ?? ''
  const namespace = namespaceOfIncident(id)
  if (namespace === null) throw noSuchIncident()
  return { id, namespace }
}

export function noSuchIncident(): ProblemError {
  return new ProblemError(404, 'not-found', 'There is no such incident.')
}

/** The drill that the path names. 404 for what is no drill id. */
export function drillIdOf(c: Context<AppEnv>): string {
  const id = c.req.param('id') ?? ''
  if (!isDrillId(id)) throw noSuchDrill()
  return id
}

export function noSuchDrill(): ProblemError {
  return new ProblemError(404, 'not-found', 'There is no such drill.')
}

/** Which of the two indexes and memories speaks: the real one, or that of all drills. */
export function realm(drill: 'true' | 'false'): 'live' | 'drills' {
  return drill === 'true' ? 'drills' : LIVE
}

export function realmOfNamespace(namespace: string): 'live' | 'drills' {
  return drillOf(namespace) === null ? LIVE : 'drills'
}
