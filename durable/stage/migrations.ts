/**
 * The stage's tables. Append only: a step that has shipped never changes. `drill` is one row; `pauser` remembers released
 * proposals too, so that a late pause stops nothing; `action` is written before any answer; `post` is what the intake
 * must still hear, in order.
 */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE drill (one INTEGER PRIMARY KEY CHECK (one = 1), json TEXT NOT NULL, played INTEGER NOT NULL);
   CREATE TABLE pauser (proposal TEXT PRIMARY KEY, released INTEGER NOT NULL);
   CREATE TABLE action (
     n INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, incident TEXT NOT NULL, token INTEGER NOT NULL,
     digest TEXT NOT NULL, action TEXT, state TEXT NOT NULL, due INTEGER NOT NULL, applied_ms INTEGER, detail TEXT NOT NULL
   );
   CREATE INDEX action_by_incident ON action (incident, token);
   CREATE TABLE post (
     id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, path TEXT NOT NULL, body TEXT NOT NULL, parked TEXT
   );`,
  // What the drill would have told people outside: kept here, where nobody is called.
  `CREATE TABLE notified (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, json TEXT NOT NULL);`,
]

/** Was a drill ever started here? Asking leaves no table behind, so a guessed id costs no storage. */
export function hasTables(sql: SqlStorage): boolean {
  return sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'drill'").toArray().length > 0
}

/** Brings the tables to the present shape, each step once, in one transaction. */
export function migrate(storage: DurableObjectStorage): void {
  storage.transactionSync(() => {
    const { sql } = storage
    sql.exec('CREATE TABLE IF NOT EXISTS schema (steps INTEGER NOT NULL)')
    const done = sql.exec<{ steps: number }>('SELECT steps FROM schema').toArray()[0]?.steps ?? 0
    for (const step of MIGRATIONS.slice(done)) sql.exec(step)
    if (done === MIGRATIONS.length) return
    sql.exec('DELETE FROM schema')
    sql.exec('INSERT INTO schema (steps) VALUES (?)', MIGRATIONS.length)
  })
}
