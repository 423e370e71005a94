import type { Instant } from '../protocol/domain.ts'
import type { Page, QuarantineIntake, QuarantineRow } from '../protocol/objects.ts'
import type { PackedPost } from '../protocol/packed.ts'

/** Characters of one stored piece of a body; a shorter body stays whole in its row. A row holds 2 MB, 3 bytes each at most. */
const PART_CHARS = 500_000
/** How long raw bodies of understood posts are kept, in ms: a week to look into what a source really said. */
export const JOURNAL_KEEP_MS = 7 * 86_400_000
/** Raw characters and posts kept in all. The oldest go first; the merged alerts stay. A 1,000-alert group is 340 kB. */
export const JOURNAL_CHARS_MAX = 200_000_000
export const JOURNAL_POSTS_MAX = 100_000
/**
 * Sizes are looked at once in so many posts, or at a body so long: a look reads the whole journal (100 ms when it is full).
 * In between it may be larger by that many such bodies.
 */
export const JOURNAL_LOOK_POSTS = 1_024
const JOURNAL_LOOK_CHARS = 200_000
/** Raw bodies kept that nobody could read. The oldest go first; the counter keeps counting. */
export const QUARANTINE_ROWS_MAX = 1_000
/** Characters kept of such a body: enough to see what it was. The row says when it was cut. */
export const QUARANTINE_CHARS_MAX = 500_000
const QUARANTINE_PAGE = 50

/** Posts of one statement: six values each, and a statement takes a hundred. */
const POSTS_PER_INSERT = 16

/** Keeps bodies as they came; answers their numbers. */
export function writeJournals(sql: SqlStorage, posts: readonly PackedPost[], wall: Instant): number[] {
  const ids: number[] = []
  for (let at = 0; at < posts.length; at += POSTS_PER_INSERT)
    ids.push(...insertPosts(sql, posts.slice(at, at + POSTS_PER_INSERT), wall))
  for (const [index, { raw }] of posts.entries()) {
    const id = ids[index] ?? 0
    if (raw.length > PART_CHARS) writeParts(sql, id, raw)
    if (id % JOURNAL_LOOK_POSTS === 0 || (raw.length > JOURNAL_LOOK_CHARS && id % 8 === 0)) trimJournal(sql, id)
  }
  return ids
}

function insertPosts(sql: SqlStorage, posts: readonly PackedPost[], wall: Instant): number[] {
  const values = posts.flatMap(({ intake, source, units, raw }) => {
    return [wall, intake, source, units, raw.length, raw.length <= PART_CHARS ? raw : null]
  })
  const rows = posts.map(() => '(?, ?, ?, ?, ?, ?)').join(', ')
  return (
    sql
      .exec<{ id: number }>(
        `INSERT INTO journal (wall, intake, source, units, bytes, body) VALUES ${rows} RETURNING id`,
        ...values,
      )
      .toArray()
      .map(({ id }) => id)
      // Numbers grow in the order of the values; in which order they are returned SQLite leaves open.
      .sort((a, b) => a - b)
  )
}

function writeParts(sql: SqlStorage, id: number, raw: string): void {
  const parts = Math.ceil(raw.length / PART_CHARS)
  for (let part = 0; part < parts; part += 1) {
    const body = raw.slice(part * PART_CHARS, (part + 1) * PART_CHARS)
    sql.exec('INSERT INTO journal_part (journal, part, body) VALUES (?, ?, ?)', id, part, body)
  }
}

/** The body of a journal number, or null when it was never there or is no longer kept. */
export function readJournal(sql: SqlStorage, id: number): string | null {
  const whole = sql.exec<{ body: string | null }>('SELECT body FROM journal WHERE id = ?', id).toArray()[0]?.body
  if (typeof whole === 'string') return whole
  const parts = sql
    .exec<{ body: string }>('SELECT body FROM journal_part WHERE journal = ? ORDER BY part', id)
    .toArray()
  return parts.length === 0 ? null : parts.map(({ body }) => body).join('')
}

/** Keeps what could not be understood. */
export function writeQuarantine(sql: SqlStorage, post: QuarantineIntake, wall: Instant): number {
  const raw = post.raw.slice(0, QUARANTINE_CHARS_MAX)
  const { id } = sql
    .exec<{ id: number }>(
      `INSERT INTO quarantine (wall, intake, source, content_type, reason, raw, cut) VALUES (?, ?, ?, ?, ?, ?, ?)
       RETURNING id`,
      wall,
      post.intake,
      post.source,
      post.contentType,
      post.reason,
      raw,
      raw.length < post.raw.length ? 1 : 0,
    )
    .one()
  sql.exec('DELETE FROM quarantine WHERE id <= ?', id - QUARANTINE_ROWS_MAX)
  return id
}

interface StoredQuarantine extends Record<string, SqlStorageValue> {
  id: number
  wall: number
  intake: string
  source: string
  content_type: string
  reason: string
  raw: string
  cut: number
}

/** Newest first. */
export function readQuarantine(sql: SqlStorage, cursor: string | null): Page<QuarantineRow> {
  const before = cursor === null ? Number.MAX_SAFE_INTEGER : Number(cursor)
  const rows = sql
    .exec<StoredQuarantine>(
      'SELECT * FROM quarantine WHERE id < ? ORDER BY id DESC LIMIT ?',
      Number.isSafeInteger(before) ? before : 0,
      QUARANTINE_PAGE + 1,
    )
    .toArray()
  const items = rows.slice(0, QUARANTINE_PAGE).map((row) => ({
    id: String(row.id),
    at: new Date(row.wall).toISOString(),
    intake: row.intake,
    source: row.source,
    contentType: row.content_type,
    reason: row.reason,
    raw: row.raw,
    cut: row.cut === 1,
  }))
  return { items, next: rows.length > QUARANTINE_PAGE ? (items.at(-1)?.id ?? null) : null }
}

/** When the oldest body has been kept long enough, in wall time; null when there is none. */
export function journalDue(sql: SqlStorage): Instant | null {
  const oldest = sql.exec<{ wall: number }>('SELECT wall FROM journal ORDER BY id LIMIT 1').toArray()[0]
  return oldest ? oldest.wall + JOURNAL_KEEP_MS : null
}

/** Lets go of bodies that were kept long enough. */
export function pruneJournal(sql: SqlStorage, wall: Instant): void {
  sql.exec('DELETE FROM journal WHERE wall <= ?', wall - JOURNAL_KEEP_MS)
  forgetBodies(sql)
}

// The newest post always stays.
function trimJournal(sql: SqlStorage, newest: number): void {
  sql.exec(
    `DELETE FROM journal WHERE id < ? AND id <= (
       SELECT COALESCE(MAX(id), 0) FROM (SELECT id, SUM(bytes) OVER (ORDER BY id DESC) AS kept FROM journal) WHERE kept > ?
     )`,
    newest,
    JOURNAL_CHARS_MAX,
  )
  sql.exec('DELETE FROM journal WHERE id <= ?', newest - JOURNAL_POSTS_MAX)
  forgetBodies(sql)
}

function forgetBodies(sql: SqlStorage): void {
  sql.exec('DELETE FROM journal_part WHERE journal < (SELECT COALESCE(MIN(id), 9007199254740991) FROM journal)')
}
