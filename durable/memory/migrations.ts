/** The memory's tables, append only. `incidents` is what history lists; `parts` holds each incident whole, in bytes. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE incidents (
     id TEXT PRIMARY KEY, drill TEXT, closed INTEGER NOT NULL, seq INTEGER NOT NULL, row TEXT NOT NULL, reference TEXT NOT NULL
   );
   CREATE INDEX incidents_by_closing ON incidents (closed, id);
   CREATE TABLE parts (id TEXT NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (id, part));`,
  // What each action came to, so that a record is counted and not claimed. Imported incidents are not in it.
  `CREATE TABLE action_record (
     incident TEXT NOT NULL, proposal INTEGER NOT NULL, type TEXT NOT NULL, target TEXT NOT NULL, at INTEGER NOT NULL,
     ended TEXT NOT NULL, PRIMARY KEY (incident, proposal)
   );
   CREATE INDEX action_record_by_target ON action_record (type, target, at);`,
]

/** Brings the tables to the present shape, each step once. */
export function migrate(storage: DurableObjectStorage): void {
  const { sql } = storage
  storage.transactionSync(() => {
    sql.exec('CREATE TABLE IF NOT EXISTS schema (version INTEGER NOT NULL)')
    const done = sql.exec<{ version: number | null }>('SELECT max(version) AS version FROM schema').one().version ?? 0
    for (const step of MIGRATIONS.slice(done)) sql.exec(step)
    if (done < MIGRATIONS.length) sql.exec('INSERT INTO schema (version) VALUES (?)', MIGRATIONS.length)
  })
}
