import type { IntakeCounters } from '../protocol/objects.ts'

export type Name = keyof IntakeCounters | `${string}:${string}`

/** Adds within the caller's transaction. A name with a colon is a reason beside the sum: `deduplicated:re-sent`. */
export function count(sql: SqlStorage, name: Name, n: number): void {
  if (n === 0) return
  sql.exec('INSERT INTO counter (name, n) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET n = n + excluded.n', name, n)
}

/** The same for several names in one statement: a post costs one. */
export function countAll(sql: SqlStorage, sums: Iterable<readonly [Name, number]>): void {
  const changed = [...sums].filter(([, n]) => n !== 0)
  if (changed.length === 0) return
  sql.exec(
    `INSERT INTO counter (name, n) VALUES ${changed.map(() => '(?, ?)').join(', ')}
     ON CONFLICT (name) DO UPDATE SET n = n + excluded.n`,
    ...changed.flat(),
  )
}

/** A unit that waited has come to an end. */
export function settleUnits(sql: SqlStorage, as: 'attached' | 'deduplicated' | 'suppressed', units: number): void {
  count(sql, 'pending', -units)
  count(sql, as, units)
}

/** received = attached + deduplicated + suppressed + quarantined + pending: each is moved in the transaction that decides. */
export function readCounters(sql: SqlStorage): IntakeCounters {
  const counters = { received: 0, attached: 0, deduplicated: 0, suppressed: 0, quarantined: 0, pending: 0 }
  for (const { name, n } of sql.exec<{ name: string; n: number }>('SELECT name, n FROM counter')) {
    if (Object.hasOwn(counters, name)) counters[name as keyof IntakeCounters] = n
  }
  return counters
}

/** Why units were deduplicated or suppressed, by reason word. */
export function readReasons(sql: SqlStorage, of: 'deduplicated' | 'suppressed'): Record<string, number> {
  const rows = sql.exec<{ name: string; n: number }>('SELECT name, n FROM counter WHERE name GLOB ?', `${of}:*`)
  return Object.fromEntries(rows.toArray().map(({ name, n }) => [name.slice(of.length + 1), n]))
}
