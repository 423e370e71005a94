import { createHash } from 'node:crypto'
import { pointerOf } from '../core/runbooks/catalogue-place.ts'
import { secretsIn } from '../core/runbooks/catalogue-secrets.ts'
import { checkCatalogue } from '../core/runbooks/catalogue.ts'
import { diffCatalogues, sayChange } from '../core/runbooks/diff.ts'
import { canonical } from '../protocol/canonical.ts'
import type {
  CatalogueCompared,
  CatalogueDiff,
  CatalogueHead,
  CataloguePut,
  CatalogueRefusal,
  CatalogueVersion,
} from '../protocol/catalogue.ts'
import type { Catalogue, Instant } from '../protocol/domain.ts'
import type { Page } from '../protocol/objects.ts'
import type { Desk } from './desk.ts'

/** Catalogues whose words are kept; of older ones version and digest stay, so that no version is given twice. */
const WORDS_KEPT_MAX = 100
/** Changes listed of one comparison. */
const CHANGES_MAX = 500
/** Problems said of one document. */
const PROBLEMS_MAX = 50
const PAGE_MAX = 50
/** Hex characters of the digest that an ETag carries: 128 bits. */
const DIGEST_CHARS = 32

export interface PutCatalogue {
  /** JSON. */
  text: string
  /** digests of which one must stand; null: whatever stands is replaced. */
  ifMatch: string[] | null
  by: string
}

interface Stored extends Record<string, SqlStorageValue> {
  revision: number
  version: string
  digest: string
  wall: number
  by: string
  changes: number
}

const COLUMNS = 'revision, version, digest, wall, by, changes'

/** What stands, in its namespace. */
export function catalogueHead(desk: Desk): CatalogueHead {
  const digest = digestOf(desk.catalogue())
  const row = latest(desk.sql)
  if (row?.digest === digest) return headOf(row)
  return { revision: 0, version: desk.catalogue().version, digest, at: null, by: 'shipped' }
}

/**
 * Puts a document in the place of what stands, in the caller's transaction. The same content again changes nothing.
 * Refused, each with its places: a document that is not valid, a value that looks like a secret, one made from another
 * than what stands, a version that named another content. Rooms that are open keep the catalogue they opened with.
 */
export function putCatalogue(desk: Desk, put: PutCatalogue, wall: Instant): CataloguePut {
  const standing = catalogueHead(desk)
  // Before the content: whoever edited an old copy should look at the new one first.
  if (put.ifMatch && !put.ifMatch.includes(standing.digest))
    return { ok: false, reason: 'precondition-failed', digest: standing.digest }
  const read = readDocument(put.text)
  if (!read.ok) return read
  const { catalogue } = read
  const digest = digestOf(catalogue)
  if (digest === standing.digest) return { ok: true, head: standing, diff: { changes: [], beyond: 0 } }
  const before = desk.catalogue()
  // The shipped one is written down when it is first replaced: there is a way back to it, and its version is given.
  if (!latest(desk.sql)) write(desk.sql, before, standing.digest, 0, 'shipped', wall)
  if (isTaken(desk.sql, catalogue.version, digest))
    return { ok: false, reason: 'version-taken', version: catalogue.version }
  const diff = diffCatalogues(before, catalogue)
  write(desk.sql, catalogue, digest, diff.length, put.by, wall)
  desk.setCatalogue(catalogue)
  return { ok: true, head: catalogueHead(desk), diff: listed(diff) }
}

function write(
  sql: SqlStorage,
  catalogue: Catalogue,
  digest: string,
  changes: number,
  by: string,
  wall: Instant,
): void {
  sql.exec(
    'INSERT INTO catalogue (version, digest, wall, by, changes, json) VALUES (?, ?, ?, ?, ?, ?)',
    catalogue.version,
    digest,
    wall,
    by,
    changes,
    JSON.stringify(catalogue),
  )
  sql.exec(
    'UPDATE catalogue SET json = NULL WHERE revision <= (SELECT MAX(revision) FROM catalogue) - ?',
    WORDS_KEPT_MAX,
  )
}

/** The same version of the same content is no other one: that is the way back. */
function isTaken(sql: SqlStorage, version: string, digest: string): boolean {
  return (
    sql.exec('SELECT 1 FROM catalogue WHERE version = ? AND digest <> ? LIMIT 1', version, digest).toArray().length > 0
  )
}

/** What putting the document would change; refused like putting it, but for the version. */
export function compareCatalogue(desk: Desk, text: string): CatalogueCompared {
  const read = readDocument(text)
  return read.ok ? { ok: true, diff: listed(diffCatalogues(desk.catalogue(), read.catalogue)) } : read
}

/** Newest first; the cursor is the last one's revision. */
export function catalogueVersions(sql: SqlStorage, cursor: string | null): Page<CatalogueVersion> {
  const before = /^\d{1,15}$/.test(cursor ?? '') ? Number(cursor) : Number.MAX_SAFE_INTEGER
  const rows = sql
    .exec<Stored>(
      `SELECT ${COLUMNS} FROM catalogue WHERE revision < ? ORDER BY revision DESC LIMIT ?`,
      before,
      PAGE_MAX + 1,
    )
    .toArray()
  const items = rows.slice(0, PAGE_MAX).map((row) => ({ ...headOf(row), changes: row.changes }))
  return { items, next: rows.length > PAGE_MAX ? String(items.at(-1)?.revision) : null }
}

/** The document as it was put; null for a revision that never was or whose words are no longer kept. */
export function catalogueAt(sql: SqlStorage, revision: number): Catalogue | null {
  const row = sql.exec<{ json: string | null }>('SELECT json FROM catalogue WHERE revision = ?', revision).toArray()[0]
  return row?.json == null ? null : (JSON.parse(row.json) as Catalogue)
}

function readDocument(text: string): { ok: true; catalogue: Catalogue } | CatalogueRefusal {
  const value = parsed(text)
  if (value === undefined)
    return { ok: false, reason: 'invalid-catalogue', problems: [{ at: '', says: 'must be JSON' }] }
  // First of all: what looks like a secret must not come back in a sentence about something else.
  const secrets = secretsIn(value)
  if (secrets.length > 0) return { ok: false, reason: 'secret-in-catalogue', problems: placed(secrets) }
  const checked = checkCatalogue(value)
  return checked.ok ? checked : { ok: false, reason: 'invalid-catalogue', problems: placed(checked.problems) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function placed(problems: readonly { at: string; says: string }[]): { at: string; says: string }[] {
  return problems.slice(0, PROBLEMS_MAX).map(({ at, says }) => ({ at: pointerOf(at), says }))
}

function listed(changes: ReturnType<typeof diffCatalogues>): CatalogueDiff {
  const rows = changes
    .slice(0, CHANGES_MAX)
    .map((change) => ({ kind: change.kind, at: change.at, says: sayChange(change) }))
  return { changes: rows, beyond: changes.length - rows.length }
}

function latest(sql: SqlStorage): Stored | undefined {
  return sql.exec<Stored>(`SELECT ${COLUMNS} FROM catalogue ORDER BY revision DESC LIMIT 1`).toArray()[0]
}

function headOf({ revision, version, digest, wall, by }: Stored): CatalogueHead {
  return { revision, version, digest, at: new Date(wall).toISOString(), by }
}

function digestOf(catalogue: Catalogue): string {
  return createHash('sha256').update(canonical(catalogue)).digest('hex').slice(0, DIGEST_CHARS)
}
