import type { SecretRow } from '../protocol/access.ts'
import type { Instant } from '../protocol/domain.ts'
import { type MasterKey, seal, unseal } from './key.ts'

/** Secrets of one instance: a few for each source, target and endpoint. */
export const SECRETS_MAX = 500
/** A secret's last use is written when the one written is older than this, in ms. */
const USED_EVERY_MS = 60_000
/** One line of audit says that a secret is in use, in ms: a signed webhook uses its own with every post. */
const TOLD_EVERY_MS = 600_000

/** A type, not an interface: rows of SQL are read by index signature. */
type Row = {
  name: string
  version: number
  key: string
  sealed: ArrayBuffer
  set_at: number
  set_by: string
  used: number | null
  told: number | null
}

/** Seals a value under a name, replacing an older one. Null when there are too many names. */
export function putSecret(
  sql: SqlStorage,
  key: MasterKey,
  { name, value, by }: { name: string; value: string; by: string },
  wall: Instant,
): SecretRow | null {
  const before = rowNamed(sql, name)
  if (!before && sql.exec<{ n: number }>('SELECT count(*) AS n FROM secrets').one().n >= SECRETS_MAX) return null
  const version = (before?.version ?? 0) + 1
  sql.exec(
    'INSERT OR REPLACE INTO secrets (name, version, key, sealed, set_at, set_by) VALUES (?, ?, ?, ?, ?, ?)',
    name,
    version,
    key.id,
    seal(key, value, boundOf(name, version)),
    wall,
    by,
  )
  return { name, version, setAt: wall, setBy: by, lastUsedAt: null, sealed: 'readable' }
}

/** Forgets a secret; false when there was none. */
export function deleteSecret(sql: SqlStorage, name: string): boolean {
  return sql.exec('DELETE FROM secrets WHERE name = ? RETURNING name', name).toArray().length > 0
}

/** By name; never a value. `key` is today's, null without one. */
export function listSecrets(sql: SqlStorage, key: MasterKey | null): SecretRow[] {
  return sql
    .exec<Row>('SELECT * FROM secrets ORDER BY name')
    .toArray()
    .map((row) => ({
      name: row.name,
      version: row.version,
      setAt: row.set_at,
      setBy: row.set_by,
      lastUsedAt: row.used,
      sealed: row.key === key?.id ? 'readable' : 'other-key',
    }))
}

/** The value of a name, null when there is none that this key opens. `tell`: this use is worth a line of audit. */
export function useSecret(
  sql: SqlStorage,
  key: MasterKey,
  name: string,
  wall: Instant,
): { value: string; tell: boolean } | null {
  const row = rowNamed(sql, name)
  const value = row ? unseal(key, new Uint8Array(row.sealed), boundOf(name, row.version)) : null
  if (!row || value === null) return null
  const tell = row.told === null || row.told + TOLD_EVERY_MS <= wall
  if (tell) sql.exec('UPDATE secrets SET used = ?, told = ? WHERE name = ?', wall, wall, name)
  else if ((row.used ?? 0) + USED_EVERY_MS <= wall) sql.exec('UPDATE secrets SET used = ? WHERE name = ?', wall, name)
  return { value, tell }
}

function rowNamed(sql: SqlStorage, name: string): Row | null {
  return sql.exec<Row>('SELECT * FROM secrets WHERE name = ?', name).toArray()[0] ?? null
}

function boundOf(name: string, version: number): string {
  return `incident-commander/secret/${name}/${version}`
}
