/**
 * The registry's tables, append only. `tokens` holds digests, `tickets` what waits to be used once, `sockets` which object
 * holds sockets of which sign-in, `secrets` sealed values, `audit` the chain, `settings` what there is one of,
 * `agent_keys` the agents' pairs, their private halves sealed.
 */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
   CREATE TABLE tokens (
     id TEXT PRIMARY KEY, lookup TEXT NOT NULL, sha256 TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
     role TEXT, source TEXT, created INTEGER NOT NULL, creator TEXT NOT NULL, expires INTEGER, used INTEGER, revoked INTEGER
   );
   CREATE INDEX tokens_by_lookup ON tokens (lookup);
   CREATE TABLE tickets (sha256 TEXT PRIMARY KEY, visitor TEXT NOT NULL, expires INTEGER NOT NULL);
   CREATE TABLE sockets (
     session TEXT NOT NULL, object TEXT NOT NULL, opened INTEGER NOT NULL, due INTEGER NOT NULL, ending TEXT,
     tries INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (session, object)
   );
   CREATE INDEX sockets_by_due ON sockets (due);
   CREATE TABLE secrets (
     name TEXT PRIMARY KEY, version INTEGER NOT NULL, key TEXT NOT NULL, sealed BLOB NOT NULL, set_at INTEGER NOT NULL,
     set_by TEXT NOT NULL, used INTEGER, told INTEGER
   );
   CREATE TABLE audit (seq INTEGER PRIMARY KEY, entry TEXT NOT NULL);`,
  `CREATE TABLE agent_keys (
     id TEXT PRIMARY KEY, agent TEXT NOT NULL, instance TEXT NOT NULL, public TEXT NOT NULL, since INTEGER NOT NULL,
     sealed BLOB NOT NULL
   );`,
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
