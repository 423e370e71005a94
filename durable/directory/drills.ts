import { assert } from '../core/assert.ts'
import { canonical } from '../protocol/canonical.ts'
import type { DrillClock, Instant } from '../protocol/domain.ts'
import type { DrillNamespace, DrillRow, Page } from '../protocol/objects.ts'
import type { Desk } from './desk.ts'
import { openIds, PAGE_MAX } from './incidents.ts'
import { writeMeta } from './migrations.ts'
import { enqueue } from './outbox.ts'

/** Makes this directory the drill's: its catalogue, clock and tokens. The same drill may say it again. */
export function openDrill(desk: Desk, drill: DrillNamespace, instance: string): void {
  assert(desk.drill === drill.drill, 'a drill opens its own namespace')
  writeMeta(desk.sql, 'instance', instance)
  desk.setCatalogue(drill.catalogue)
  desk.setClock(drill.clock)
  desk.sql.exec('DELETE FROM token')
  for (const [hash, source] of Object.entries(drill.tokens))
    desk.sql.exec('INSERT INTO token (hash, source) VALUES (?, ?)', hash, source)
}

/** The source that a token speaks for, by the SHA-256 of it; null for none of ours. */
export function sourceOf(sql: SqlStorage, sha256Hex: string): string | null {
  return sql.exec<{ source: string }>('SELECT source FROM token WHERE hash = ?', sha256Hex).toArray()[0]?.source ?? null
}

/** The clock was paused, resumed or set: keep it and mail it to the open rooms. The same again is no news. */
export function turnClock(desk: Desk, clock: DrillClock, wall: Instant): void {
  assert(desk.drill !== null, 'only a drill has a clock of its own')
  if (canonical(desk.clock()) === canonical(clock)) return
  desk.setClock(clock)
  for (const id of openIds(desk.sql)) enqueue(desk.sql, id, { kind: 'clock', clock }, 0, wall)
}

/** Puts a drill into the index, or what became of it. */
export function putDrill(sql: SqlStorage, row: DrillRow): void {
  sql.exec(
    `INSERT INTO drill (id, started, row) VALUES (?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET started = excluded.started, row = excluded.row`,
    row.id,
    Date.parse(row.startedAt),
    JSON.stringify(row),
  )
}

/** Drills that nobody plays any more. */
export function endedDrills(sql: SqlStorage): string[] {
  return sql
    .exec<{ id: string }>("SELECT id FROM drill WHERE json_extract(row, '$.state') <> 'running'")
    .toArray()
    .map(({ id }) => id)
}

const DRILLS_PAGE = Math.min(50, PAGE_MAX)

/** Newest first. */
export function drillPage(sql: SqlStorage, cursor: string | null): Page<DrillRow> {
  const match = /^(\d{1,15})~([a-z0-9_]{1,80})$/.exec(cursor ?? '')
  const rows = sql
    .exec<{ id: string; started: number; row: string }>(
      'SELECT id, started, row FROM drill WHERE (started, id) < (?, ?) ORDER BY started DESC, id DESC LIMIT ?',
      match?.[1] === undefined ? Number.MAX_SAFE_INTEGER : Number(match[1]),
      match?.[2] ?? '',
      DRILLS_PAGE + 1,
    )
    .toArray()
  const items = rows.slice(0, DRILLS_PAGE)
  const last = items.at(-1)
  return {
    items: items.map(({ row }) => JSON.parse(row) as DrillRow),
    next: rows.length > DRILLS_PAGE && last ? `${last.started}~${last.id}` : null,
  }
}
