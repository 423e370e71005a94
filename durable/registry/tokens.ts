import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { NewToken, TokenRow, TokenWorth } from '../protocol/access.ts'
import type { Instant, Role } from '../protocol/domain.ts'
import type { Page } from '../protocol/objects.ts'

/** Tokens that are neither revoked nor over, of both kinds; past it nobody can tell them apart. */
export const TOKENS_MAX = 1_000
/** Rows of one page. */
export const TOKENS_PAGE_MAX = 200
/** A token's last use is written when the one written is older than this, in ms. */
export const USED_EVERY_MS = 60_000
/** Of a digest, in hex characters: what a row is found by. The whole digest is compared in constant time. */
const LOOKUP_CHARS = 16

/** A type, not an interface: rows of SQL are read by index signature. */
type Row = {
  id: string
  sha256: string
  kind: string
  name: string
  role: string | null
  source: string | null
  created: number
  creator: string
  expires: number | null
  used: number | null
  revoked: number | null
}

/** Stores a token by its digest. Null when there are too many. */
export function putToken(
  sql: SqlStorage,
  token: NewToken & { sha256: string; by: string },
  wall: Instant,
): TokenRow | null {
  const standing = sql
    .exec<{ n: number }>(
      'SELECT count(*) AS n FROM tokens WHERE revoked IS NULL AND (expires IS NULL OR expires > ?)',
      wall,
    )
    .one().n
  if (standing >= TOKENS_MAX) return null
  const id = `tok_${randomBytes(9).toString('hex')}`
  sql.exec(
    `INSERT INTO tokens (id, lookup, sha256, kind, name, role, source, created, creator, expires)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    token.sha256.slice(0, LOOKUP_CHARS),
    token.sha256,
    token.kind,
    token.name,
    token.kind === 'api' ? token.role : null,
    token.kind === 'ingest' ? token.source : null,
    wall,
    token.by,
    token.expiresAt,
  )
  return tokenById(sql, id)
}

export function tokenById(sql: SqlStorage, id: string): TokenRow | null {
  const row = sql.exec<Row>('SELECT * FROM tokens WHERE id = ?', id).toArray()[0]
  return row ? rowOf(row) : null
}

/** What a digest is worth now; revoked and expired ones are worth nothing. Notes the use. */
export function worthOf(sql: SqlStorage, sha256: string, wall: Instant): TokenWorth {
  const found = sql
    .exec<Row>('SELECT * FROM tokens WHERE lookup = ?', sha256.slice(0, LOOKUP_CHARS))
    .toArray()
    .find((row) => sameDigest(row.sha256, sha256))
  if (!found || !stands(found, wall)) return null
  if ((found.used ?? 0) + USED_EVERY_MS <= wall) sql.exec('UPDATE tokens SET used = ? WHERE id = ?', wall, found.id)
  const { id, name, expiresAt, ...rest } = rowOf(found)
  const grant = rest.kind === 'api' ? { kind: rest.kind, role: rest.role } : { kind: rest.kind, source: rest.source }
  return { ...grant, id, name, expiresAt }
}

/** Whether a token still stands; its sockets may be opened then. */
export function tokenStands(sql: SqlStorage, id: string, wall: Instant): boolean {
  const row = sql.exec<Row>('SELECT * FROM tokens WHERE id = ?', id).toArray()[0]
  return row !== undefined && stands(row, wall)
}

/** Revokes once and for all; the row, or null for no such token. Again changes nothing. */
export function revokeToken(sql: SqlStorage, id: string, wall: Instant): TokenRow | null {
  sql.exec('UPDATE tokens SET revoked = ? WHERE id = ? AND revoked IS NULL', wall, id)
  return tokenById(sql, id)
}

/** Newest first, revoked ones too. */
export function tokenPage(sql: SqlStorage, cursor: string | null, limit: number): Page<TokenRow> {
  const [, created = '', id = ''] = /^(\d{1,15})\.(tok_[0-9a-f]{18})$/.exec(cursor ?? '') ?? []
  const count = Math.max(1, Math.min(limit, TOKENS_PAGE_MAX))
  const found = sql
    .exec<Row>(
      `SELECT * FROM tokens WHERE ? = '' OR created < ? OR (created = ? AND id < ?)
       ORDER BY created DESC, id DESC LIMIT ?`,
      created,
      Number(created),
      Number(created),
      id,
      count + 1,
    )
    .toArray()
  const page = found.slice(0, count)
  const last = page.at(-1)
  return { items: page.map(rowOf), next: found.length > count && last ? `${last.created}.${last.id}` : null }
}

function stands({ revoked, expires }: Row, wall: Instant): boolean {
  return revoked === null && (expires === null || expires > wall)
}

function rowOf(row: Row): TokenRow {
  const { id, name } = row
  const rest = {
    id,
    name,
    createdAt: row.created,
    createdBy: row.creator,
    expiresAt: row.expires,
    lastUsedAt: row.used,
    revokedAt: row.revoked,
  }
  return row.kind === 'api'
    ? { kind: 'api', role: row.role as Role, ...rest }
    : { kind: 'ingest', source: row.source ?? '', ...rest }
}

function sameDigest(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
