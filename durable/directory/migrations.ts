/**
 * The directory's tables. Append only: a step that has shipped never changes. `alert` holds the merged state and what the
 * room was told; `incident` is the index that lists are read from; `outbox` holds what rooms must still hear.
 */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE journal (
     id INTEGER PRIMARY KEY AUTOINCREMENT, wall INTEGER NOT NULL, intake TEXT NOT NULL, source TEXT NOT NULL,
     units INTEGER NOT NULL, bytes INTEGER NOT NULL
   );
   CREATE TABLE journal_part (
     journal INTEGER NOT NULL, part INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (journal, part)
   );
   CREATE TABLE quarantine (
     id INTEGER PRIMARY KEY AUTOINCREMENT, wall INTEGER NOT NULL, intake TEXT NOT NULL, source TEXT NOT NULL,
     content_type TEXT NOT NULL, reason TEXT NOT NULL, raw TEXT NOT NULL, cut INTEGER NOT NULL
   );
   CREATE TABLE alert (
     source TEXT NOT NULL, fingerprint TEXT NOT NULL, state TEXT NOT NULL, told TEXT, incident TEXT, reason TEXT,
     matched TEXT, expires INTEGER, wall INTEGER NOT NULL, PRIMARY KEY (source, fingerprint)
   );
   CREATE INDEX alert_by_expiry ON alert (expires) WHERE expires IS NOT NULL;
   CREATE INDEX alert_by_wall ON alert (wall);
   CREATE TABLE incident (
     id TEXT PRIMARY KEY, opened INTEGER NOT NULL, state TEXT NOT NULL, seq INTEGER NOT NULL, row TEXT NOT NULL,
     services TEXT NOT NULL, groups TEXT NOT NULL, last_alert INTEGER NOT NULL, ended INTEGER
   );
   CREATE INDEX incident_by_age ON incident (opened, id);
   CREATE INDEX incident_by_state ON incident (state, opened, id);
   CREATE INDEX incident_by_activity ON incident (last_alert);
   CREATE TABLE counter (name TEXT PRIMARY KEY, n INTEGER NOT NULL);
   CREATE TABLE outbox (
     id INTEGER PRIMARY KEY AUTOINCREMENT, target TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
     items INTEGER NOT NULL, units INTEGER NOT NULL, due INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
     batch TEXT, parked TEXT
   );
   CREATE INDEX outbox_by_target ON outbox (target, id) WHERE parked IS NULL;
   CREATE TABLE change (
     source TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY (source, id)
   );
   CREATE INDEX change_by_time ON change (at);
   CREATE TABLE watch (service TEXT NOT NULL, source TEXT NOT NULL, PRIMARY KEY (service, source));
   CREATE TABLE token (hash TEXT PRIMARY KEY, source TEXT NOT NULL);
   CREATE TABLE drill (id TEXT PRIMARY KEY, started INTEGER NOT NULL, row TEXT NOT NULL);`,
  // Since when nobody believes an alert to fire: what is forgotten first is found without reading the firing ones.
  `ALTER TABLE alert ADD COLUMN ended INTEGER;
   DROP INDEX alert_by_wall;
   CREATE INDEX alert_by_end ON alert (ended) WHERE ended IS NOT NULL;`,
  // What is held back and why, silences, storms; a short body stays in its journal row; `turns` are an alert's changes.
  `CREATE TABLE held (
     source TEXT NOT NULL, fingerprint TEXT NOT NULL, service TEXT NOT NULL, reason TEXT NOT NULL, by TEXT NOT NULL,
     since INTEGER NOT NULL, due INTEGER, units INTEGER NOT NULL, PRIMARY KEY (source, fingerprint)
   );
   CREATE INDEX held_by_due ON held (due) WHERE due IS NOT NULL;
   CREATE INDEX held_by_service ON held (service, since);
   CREATE INDEX held_by_age ON held (since);
   CREATE TABLE silence (id TEXT PRIMARY KEY, ends INTEGER NOT NULL, json TEXT NOT NULL);
   ALTER TABLE alert ADD COLUMN turns TEXT;
   ALTER TABLE incident ADD COLUMN likenesses TEXT NOT NULL DEFAULT '[]';
   ALTER TABLE incident ADD COLUMN storm INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE journal ADD COLUMN body TEXT;`,
  // Alerts of a storm: stored and answered, judged a little later, row by row.
  `CREATE TABLE inbox (id INTEGER PRIMARY KEY, journal INTEGER NOT NULL, units INTEGER NOT NULL, alerts TEXT NOT NULL);`,
  // Catalogues that were put, each under its revision; the words of old ones are let go, version and digest stay.
  `CREATE TABLE catalogue (
     revision INTEGER PRIMARY KEY AUTOINCREMENT, version TEXT NOT NULL, digest TEXT NOT NULL,
     wall INTEGER NOT NULL, by TEXT NOT NULL, changes INTEGER NOT NULL, json TEXT
   );
   CREATE INDEX catalogue_by_version ON catalogue (version);`,
  // What was moved between incidents, so that a repeat gets its first answer; targets that want nothing any more.
  `CREATE INDEX alert_by_incident ON alert (incident) WHERE incident IS NOT NULL;
   CREATE TABLE move (
     key TEXT PRIMARY KEY, kind TEXT NOT NULL, incident TEXT NOT NULL, answer TEXT NOT NULL, wall INTEGER NOT NULL
   );
   CREATE INDEX move_by_incident ON move (incident);
   CREATE TABLE target_off (name TEXT PRIMARY KEY, url TEXT NOT NULL, reason TEXT NOT NULL, wall INTEGER NOT NULL);`,
  // What Workers count, by series; when a message was written, which `due` forgets with its first retry.
  `CREATE TABLE measure (series TEXT PRIMARY KEY, n REAL NOT NULL);
   ALTER TABLE outbox ADD COLUMN written INTEGER NOT NULL DEFAULT 0;`,
  // What holds actions back beside the one kill switch, what a commander revoked, and what was acted on lately.
  `CREATE TABLE service_switch (service TEXT PRIMARY KEY, json TEXT NOT NULL);
   CREATE TABLE freeze (id TEXT PRIMARY KEY, until INTEGER, json TEXT NOT NULL);
   CREATE TABLE autonomy (clause TEXT PRIMARY KEY, json TEXT NOT NULL);
   CREATE TABLE recent_action (
     incident TEXT NOT NULL, proposal INTEGER NOT NULL, type TEXT NOT NULL, target TEXT NOT NULL, at INTEGER NOT NULL,
     ended TEXT NOT NULL, PRIMARY KEY (incident, proposal)
   );
   CREATE INDEX recent_action_by_target ON recent_action (target, at);
   CREATE INDEX recent_action_by_age ON recent_action (at);`,
]

/** Brings the tables to the present shape, each step once, in one transaction. */
export function migrate(storage: DurableObjectStorage): void {
  storage.transactionSync(() => {
    storage.sql.exec('CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)')
    const done = Number(readMeta(storage.sql, 'schema') ?? '0')
    for (const step of MIGRATIONS.slice(done)) storage.sql.exec(step)
    if (done < MIGRATIONS.length) writeMeta(storage.sql, 'schema', String(MIGRATIONS.length))
  })
}

/** One single value: instance, catalogue, clock, kill-switch, namespace. */
export function readMeta(sql: SqlStorage, name: string): string | null {
  return sql.exec<{ value: string }>('SELECT value FROM meta WHERE name = ?', name).toArray()[0]?.value ?? null
}

export function writeMeta(sql: SqlStorage, name: string, value: string): void {
  sql.exec(
    'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    name,
    value,
  )
}
