/**
 * The room's tables. Append only: a step that has shipped never changes, for rooms in the field have run it. `room` holds
 * single values (epoch, clock, schema); `answers` makes commands idempotent; `outbox` holds effects until performed.
 */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE events (seq INTEGER PRIMARY KEY, json TEXT NOT NULL, hash TEXT NOT NULL);
   CREATE TABLE snapshots (seq INTEGER NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (seq, part));
   CREATE TABLE answers (id TEXT PRIMARY KEY, n INTEGER NOT NULL, answer TEXT NOT NULL);
   CREATE INDEX answers_by_age ON answers (n);
   CREATE TABLE outbox (
     key TEXT PRIMARY KEY, seq INTEGER NOT NULL, effect TEXT NOT NULL, clock TEXT NOT NULL, due INTEGER NOT NULL,
     attempts INTEGER NOT NULL DEFAULT 0, claimed INTEGER, parked TEXT
   );`,
]

/** Has this room ever been opened? Asking leaves no table behind, so a guessed id costs no storage. */
export function hasTables(sql: SqlStorage): boolean {
  return sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'room'").toArray().length > 0
}

/** Brings the tables to the present shape, each step once. Call inside a transaction. */
export function migrate(sql: SqlStorage): void {
  sql.exec('CREATE TABLE IF NOT EXISTS room (name TEXT PRIMARY KEY, value TEXT NOT NULL)')
  const done = Number(readValue(sql, 'schema') ?? '0')
  for (const step of MIGRATIONS.slice(done)) sql.exec(step)
  if (done < MIGRATIONS.length) writeValue(sql, 'schema', String(MIGRATIONS.length))
}

export function readValue(sql: SqlStorage, name: string): string | null {
  const row = sql.exec<{ value: string }>('SELECT value FROM room WHERE name = ?', name).toArray()[0]
  return row ? row.value : null
}

export function writeValue(sql: SqlStorage, name: string, value: string): void {
  sql.exec(
    'INSERT INTO room (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    name,
    value,
  )
}
