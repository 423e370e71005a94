/** The monitor's tables. Append only. A chunk holds one series' samples of CHUNK_MS as pairs of float64, sorted by time. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE series (
     id INTEGER PRIMARY KEY, source TEXT NOT NULL, name TEXT NOT NULL, peer TEXT NOT NULL, role TEXT NOT NULL,
     unit TEXT NOT NULL, bound REAL, breach TEXT NOT NULL, newest INTEGER NOT NULL, value REAL NOT NULL,
     UNIQUE (source, name, peer)
   );
   CREATE TABLE chunk (
     series INTEGER NOT NULL, startsAt INTEGER NOT NULL, n INTEGER NOT NULL, samples BLOB NOT NULL,
     PRIMARY KEY (series, startsAt)
   );
   CREATE TABLE watched (source TEXT PRIMARY KEY);`,
]

/** Brings the tables to the present shape, each step once, in one transaction. */
export function migrate(storage: DurableObjectStorage): void {
  storage.transactionSync(() => {
    storage.sql.exec('CREATE TABLE IF NOT EXISTS schema (done INTEGER NOT NULL)')
    const done = storage.sql.exec<{ done: number }>('SELECT done FROM schema').toArray()[0]?.done ?? 0
    for (const step of MIGRATIONS.slice(done)) storage.sql.exec(step)
    storage.sql.exec('DELETE FROM schema')
    storage.sql.exec('INSERT INTO schema (done) VALUES (?)', MIGRATIONS.length)
  })
}
