/** A service has telemetry of a source. */
export function writeWatch(sql: SqlStorage, service: string, source: string): void {
  sql.exec('INSERT INTO watch (service, source) VALUES (?, ?) ON CONFLICT DO NOTHING', service, source)
}

export function readWatched(sql: SqlStorage): string[] {
  return sql
    .exec<{ service: string }>('SELECT DISTINCT service FROM watch ORDER BY service')
    .toArray()
    .map(({ service }) => service)
}
