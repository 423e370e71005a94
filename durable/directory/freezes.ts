import type { Freeze, FreezeAnswer, FreezeRow, NewFreeze } from '../protocol/controls.ts'
import type { Instant } from '../protocol/domain.ts'
import type { Desk } from './desk.ts'
import { randomBody } from './random.ts'

/** Freezes that are kept, over ones not counted: each is looked at before every action. */
export const FREEZES_MAX = 200

interface Stored extends NewFreeze {
  id: string
  by: string
}

/** What stands over a service at `now`, the catalogue's first. */
export function freezesOver(desk: Desk, service: string, now: Instant): Freeze[] {
  return all(desk)
    .filter(({ services, from, until }) => reaches(services, service) && from <= now && (until === null || now < until))
    .map(({ id, until, reason }) => ({ id, until, reason }))
}

/** What is not over at `now`, the first to begin first. */
export function listFreezes(desk: Desk, now: Instant): FreezeRow[] {
  return all(desk)
    .filter(({ until }) => until === null || now < until)
    .sort((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1))
    .map((freeze) => rowOf(freeze, now))
}

/** Keeps one, or says why not. */
export function addFreeze(desk: Desk, said: NewFreeze, by: string, now: Instant): FreezeAnswer {
  const unknown = said.services === '*' ? undefined : said.services.find((id) => !desk.knows(id))
  if (unknown !== undefined) return { ok: false, reason: 'no-such-service', detail: unknown }
  const { sql } = desk
  sql.exec('DELETE FROM freeze WHERE until IS NOT NULL AND until <= ?', now)
  const { n } = sql.exec<{ n: number }>('SELECT COUNT(*) AS n FROM freeze').one()
  if (n >= FREEZES_MAX) return { ok: false, reason: 'too-many-freezes', detail: `${FREEZES_MAX} are kept` }
  const freeze: Stored = { ...said, id: `frz_${randomBody()}`, by }
  sql.exec('INSERT INTO freeze (id, until, json) VALUES (?, ?, ?)', freeze.id, freeze.until, JSON.stringify(freeze))
  return { ok: true, freeze: rowOf({ ...freeze, origin: 'api' }, now) }
}

/** Ends one that was set here; false: there is none of that id. The catalogue's end where they are written. */
export function endFreeze(desk: Desk, id: string): boolean {
  return desk.sql.exec('DELETE FROM freeze WHERE id = ? RETURNING id', id).toArray().length > 0
}

function all(desk: Desk): (Stored & Pick<FreezeRow, 'origin'>)[] {
  const planned = (desk.catalogue().freezes ?? []).map(({ from, until, ...rest }) => ({
    ...rest,
    from: Date.parse(from),
    until: Date.parse(until),
    by: '',
    origin: 'catalogue' as const,
  }))
  const set = desk.sql
    .exec<{ json: string }>('SELECT json FROM freeze')
    .toArray()
    .map(({ json }) => ({ ...(JSON.parse(json) as Stored), origin: 'api' as const }))
  return [...planned, ...set]
}

function reaches(services: string[] | '*', service: string): boolean {
  return services === '*' || services.includes(service)
}

function rowOf(freeze: Stored & Pick<FreezeRow, 'origin'>, now: Instant): FreezeRow {
  const { id, services, from, until, reason, by, origin } = freeze
  return {
    id,
    services,
    from: new Date(from).toISOString(),
    until: until === null ? null : new Date(until).toISOString(),
    reason,
    by,
    origin,
    state: now < from ? 'pending' : 'active',
  }
}
