/** The ledger's table. Append only. Ids are never given again, so that a late answer cannot settle another claim. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE request (
     id INTEGER PRIMARY KEY AUTOINCREMENT, route TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL,
     wall INTEGER NOT NULL, answer TEXT, done INTEGER NOT NULL, UNIQUE (route, key)
   );
   CREATE INDEX request_by_age ON request (wall);`,
]

/** Brings the table to the present shape, each step once. */
export function migrate(storage: DurableObjectStorage): void {
  const { sql } = storage
  storage.transactionSync(() => {
    sql.exec('CREATE TABLE IF NOT EXISTS schema (version INTEGER NOT NULL)')
    const done = sql.exec<{ version: number | null }>('SELECT max(version) AS version FROM schema').one().version ?? 0
    for (const step of MIGRATIONS.slice(done)) sql.exec(step)
    if (done < MIGRATIONS.length) sql.exec('INSERT INTO schema (version) VALUES (?)', MIGRATIONS.length)
  })
}
