import type { OpenIncident } from '../core/correlate/group.ts'
import { maySee } from '../protocol/crew.ts'
import type { IncidentState, Instant, Role } from '../protocol/domain.ts'
import type { Page } from '../protocol/objects.ts'
import type { IncidentRow } from '../protocol/rows.ts'

/** Rows of one list page at most. */
export const PAGE_MAX = 200
/** States that the plain list leaves out. */
const GONE: readonly IncidentState[] = ['closed', 'canceled', 'merged']

interface Stored extends Record<string, SqlStorageValue> {
  id: string
  state: string
  seq: number
  services: string
  groups: string
  opened: number
  last_alert: number
  likenesses: string
  storm: number
  ended: number | null
}

/** Puts a new incident into the index before its room exists; `seq` 0 gives way to whatever the room says. */
export function insertIncident(sql: SqlStorage, row: IncidentRow, incident: OpenIncident): void {
  sql.exec(
    `INSERT INTO incident (id, opened, state, seq, row, services, groups, last_alert, likenesses, storm, ended)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)`,
    row.id,
    Date.parse(row.openedAt),
    row.state,
    row.seq,
    JSON.stringify(row),
    JSON.stringify([...incident.services]),
    JSON.stringify([...incident.groups]),
    incident.lastAlertAt,
    JSON.stringify(incident.likenesses),
    incident.storm ? 1 : 0,
  )
}

/** What a room says of itself at `now`. False for what is older than what is known, or the same. */
export function putRow(sql: SqlStorage, row: IncidentRow, now: Instant): boolean {
  const known = sql.exec<Stored>('SELECT * FROM incident WHERE id = ?', row.id).toArray()[0]
  if (known && row.seq <= known.seq) return false
  const over = row.state === 'resolved' || GONE.includes(row.state)
  const ended = over ? (known?.ended ?? now) : null
  sql.exec(
    `INSERT INTO incident (id, opened, state, seq, row, services, groups, last_alert, ended)
     VALUES (?, ?, ?, ?, ?, ?, '[]', 0, ?)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, seq = excluded.seq, row = excluded.row, ended = excluded.ended`,
    row.id,
    Date.parse(row.openedAt),
    row.state,
    row.seq,
    JSON.stringify(row),
    JSON.stringify([row.service]),
    ended,
  )
  return true
}

/** A room refused alerts because it is over, before its row said so here. */
export function markClosed(sql: SqlStorage, id: string, now: Instant): void {
  sql.exec("UPDATE incident SET state = 'closed', ended = COALESCE(ended, ?) WHERE id = ?", now, id)
}

export function saveActivity(sql: SqlStorage, incident: OpenIncident): void {
  sql.exec(
    'UPDATE incident SET last_alert = ?, services = ?, groups = ?, likenesses = ? WHERE id = ?',
    incident.lastAlertAt,
    JSON.stringify([...incident.services]),
    JSON.stringify([...incident.groups]),
    JSON.stringify(incident.likenesses),
    incident.id,
  )
}

export function readIncident(sql: SqlStorage, id: string): Known | null {
  const row = sql.exec<Stored>('SELECT * FROM incident WHERE id = ?', id).toArray()[0]
  return row ? known(row) : null
}

/** Those with an alert since then, over or not. */
export function readRecent(sql: SqlStorage, since: Instant): Known[] {
  return sql.exec<Stored>('SELECT * FROM incident WHERE last_alert >= ?', since).toArray().map(known)
}

/** Ids whose rooms still listen: everything that is not closed, canceled or merged, but for those of some drills. */
export function openIds(sql: SqlStorage, butDrills: readonly string[] = []): string[] {
  return sql
    .exec<{ id: string }>(
      `SELECT id FROM incident WHERE state NOT IN ('closed', 'canceled', 'merged')
       AND COALESCE(json_extract(row, '$.drill'), '') NOT IN (SELECT value FROM json_each(?))`,
      JSON.stringify(butDrills),
    )
    .toArray()
    .map(({ id }) => id)
}

/** Who asks. */
export type Reader = { name: string; role: Role }

/** Rows that a reader may see; the two values are `seenBy`'s. */
const SEEN = `(? OR json_extract(row, '$.private') IS NULL
  OR EXISTS (SELECT 1 FROM json_each(row, '$.private.named') WHERE value = ?))`

// Nobody in particular sees what everybody sees.
function seenBy(reader: Reader | null): [number, string] {
  const all = reader !== null && maySee({ named: [] }, { name: '', role: reader.role })
  return [all ? 1 : 0, reader?.name ?? '']
}

/** Newest first; the cursor is the last row's place, so that rows which come in between shift nothing. */
export function pageOf(
  sql: SqlStorage,
  query: { state: IncidentState | null; cursor: string | null; limit: number; reader?: Reader | null },
): Page<IncidentRow> {
  const limit = Math.max(1, Math.min(PAGE_MAX, Math.trunc(query.limit)))
  const [opened, id] = placeOf(query.cursor)
  const wanted = query.state === null ? "state NOT IN ('closed', 'canceled', 'merged')" : 'state = ?'
  const rows = sql
    .exec<{ id: string; opened: number; row: string }>(
      `SELECT id, opened, row FROM incident WHERE (opened, id) < (?, ?) AND ${wanted} AND ${SEEN}
       ORDER BY opened DESC, id DESC LIMIT ?`,
      opened,
      id,
      ...(query.state === null ? [] : [query.state]),
      ...seenBy(query.reader ?? null),
      limit + 1,
    )
    .toArray()
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return {
    items: items.map(({ row }) => JSON.parse(row) as IncidentRow),
    next: rows.length > limit && last ? `${last.opened}~${last.id}` : null,
  }
}

// A cursor that is none starts at the beginning: there is nothing to protect and nothing to leak.
function placeOf(cursor: string | null): [number, string] {
  const match = /^(\d{1,15})~([a-z0-9_-]{1,80})$/.exec(cursor ?? '')
  return match?.[1] !== undefined && match[2] !== undefined
    ? [Number(match[1]), match[2]]
    : [Number.MAX_SAFE_INTEGER, '']
}

/** What correlation knows of an incident, to be kept in step. */
export type Known = OpenIncident & { services: Set<string>; groups: Set<string>; likenesses: string[][] }

function known(row: Stored): Known {
  return {
    id: row.id,
    state: row.state as IncidentState,
    services: new Set(JSON.parse(row.services) as string[]),
    groups: new Set(JSON.parse(row.groups) as string[]),
    openedAt: row.opened,
    likenesses: JSON.parse(row.likenesses) as string[][],
    storm: row.storm === 1,
    lastAlertAt: row.last_alert,
    endedAt: row.ended,
  }
}
