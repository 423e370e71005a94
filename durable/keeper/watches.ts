import type { Instant } from '../protocol/domain.ts'
import type { PullReason } from '../protocol/keeper.ts'

/** What is known of one watched source. */
export interface Watch {
  name: string
  /** since when it is watched: silence before that is nobody's. */
  since: Instant
  /** since when its heartbeat is missing; null: it is not. */
  missing: Instant | null
  heardAt: Instant | null
  pulledAt: Instant | null
  pull: { ok: boolean; reason: PullReason | ''; fired: number; resolved: number } | null
}

/** The keeper's table. Append only. */
export function migrate(sql: SqlStorage): void {
  sql.exec('CREATE TABLE IF NOT EXISTS watch (name TEXT PRIMARY KEY, json TEXT NOT NULL)')
}

export function readWatches(sql: SqlStorage): Map<string, Watch> {
  const rows = sql.exec<{ name: string; json: string }>('SELECT name, json FROM watch ORDER BY name').toArray()
  return new Map(rows.map(({ name, json }) => [name, JSON.parse(json) as Watch]))
}

export function writeWatch(sql: SqlStorage, watch: Watch): void {
  sql.exec(
    'INSERT INTO watch (name, json) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET json = excluded.json',
    watch.name,
    JSON.stringify(watch),
  )
}

export function forgetWatch(sql: SqlStorage, name: string): void {
  sql.exec('DELETE FROM watch WHERE name = ?', name)
}
