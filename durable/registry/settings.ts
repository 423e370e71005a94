/** The one value of a name, null when it was never set. */
export function readSetting(sql: SqlStorage, name: string): string | null {
  return sql.exec<{ value: string }>('SELECT value FROM settings WHERE name = ?', name).toArray()[0]?.value ?? null
}

export function writeSetting(sql: SqlStorage, name: string, value: string): void {
  sql.exec('INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)', name, value)
}
