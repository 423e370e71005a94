import { createHash } from 'node:crypto'
import type { AuditEntry, AuditNote, AuditPage } from '../protocol/access.ts'
import { AUDIT_START, type AuditVerdict, auditInput, verifyAudit } from '../protocol/audit.ts'
import type { Instant } from '../protocol/domain.ts'
import { readSetting, writeSetting } from './settings.ts'

/** Entries kept: about 2 GB of the platform's 10 GB for one object, and years of a busy team. The oldest go first. */
export const AUDIT_ENTRIES_MAX = 5_000_000
/** Pruned at once, so that a full log does not pay for it at every line. */
const PRUNE_ENTRIES = 1_000
/** Entries of one page. */
export const AUDIT_PAGE_MAX = 1_000
/** Of any one text of an entry, in UTF-16 units. */
const TEXT_CHARS_MAX = 200
/**
 * Refusals at the door that get a line of their own in a minute. Whoever knocks for hours must not fill the log that
 * says who approved what: further ones are counted into the next line.
 */
export const REFUSALS_PER_MINUTE_MAX = 30
const MINUTE_MS = 60_000

interface Link {
  seq: number
  hash: string
}

/** The audit log: append-only, each entry's hash over the one before it. Every append is one row in the caller's transaction. */
export class Audit {
  #sql: SqlStorage
  #entriesMax: number
  #minute = { from: 0, refused: 0, uncounted: 0 }

  constructor(sql: SqlStorage, entriesMax: number = AUDIT_ENTRIES_MAX) {
    this.#sql = sql
    this.#entriesMax = entriesMax
  }

  /** Appends; returns the entry, or null when it was only counted. */
  append(note: AuditNote, wall: Instant): AuditEntry | null {
    const more = this.#admit(note, wall)
    if (more === null) return null
    const { seq, hash: previous } = this.head()
    const { who, role, via, outcome } = note
    const link = { seq: seq + 1, at: wall, who: cut(who), role, via, outcome, more }
    const text = { action: cut(note.action), subject: cut(note.subject), code: cut(note.code) }
    const entry = { ...link, ...text, requestId: note.requestId === null ? null : cut(note.requestId) }
    const hash = sha256Hex(auditInput(previous, entry))
    this.#sql.exec('INSERT INTO audit (seq, entry) VALUES (?, ?)', entry.seq, JSON.stringify({ ...entry, hash }))
    this.#prune()
    return { ...entry, hash }
  }

  head(): Link {
    const last = this.#sql.exec<{ entry: string }>('SELECT entry FROM audit ORDER BY seq DESC LIMIT 1').toArray()[0]
    if (!last) return this.anchor()
    const { seq, hash } = JSON.parse(last.entry) as AuditEntry
    return { seq, hash }
  }

  /** What the oldest kept entry follows on. */
  anchor(): Link {
    const kept = readSetting(this.#sql, 'audit-anchor')
    return kept === null ? AUDIT_START : (JSON.parse(kept) as Link)
  }

  /** Entries after a seq, oldest first. */
  page(after: number, limit: number): AuditPage {
    const count = Math.max(1, Math.min(limit, AUDIT_PAGE_MAX))
    const items = this.#read(after, count)
    const head = this.head()
    const last = items.at(-1)
    return { items, next: last && last.seq < head.seq ? String(last.seq) : null, head, anchor: this.anchor() }
  }

  /** Walks what is kept, a page at a time. */
  verify(): AuditVerdict {
    return verifyAudit(this.#all(), sha256Hex, this.anchor())
  }

  *#all(): Generator<AuditEntry> {
    let after = this.anchor().seq
    for (;;) {
      const entries = this.#read(after, AUDIT_PAGE_MAX)
      yield* entries
      const last = entries.at(-1)
      if (!last) return
      after = last.seq
    }
  }

  // The row's own number is its place: a stored entry that says another one is a gap to whoever verifies.
  #read(after: number, limit: number): AuditEntry[] {
    return this.#sql
      .exec<{ seq: number; entry: string }>(
        'SELECT seq, entry FROM audit WHERE seq > ? ORDER BY seq LIMIT ?',
        after,
        limit,
      )
      .toArray()
      .map(({ seq, entry }) => parsed(seq, entry))
  }

  // How many were counted with this one; null when it is only counted itself.
  #admit({ via, outcome, more }: AuditNote, wall: Instant): number | null {
    if (via !== 'none' || outcome !== 'refused') return more
    if (wall - this.#minute.from >= MINUTE_MS) this.#minute = { ...this.#minute, from: wall, refused: 0 }
    this.#minute.refused += 1
    if (this.#minute.refused > REFUSALS_PER_MINUTE_MAX) {
      this.#minute.uncounted += 1 + more
      return null
    }
    const counted = more + this.#minute.uncounted
    this.#minute.uncounted = 0
    return counted
  }

  #prune(): void {
    const { seq: oldest } = this.anchor()
    const { seq: newest } = this.head()
    if (newest - oldest < this.#entriesMax + PRUNE_ENTRIES) return
    const last = oldest + PRUNE_ENTRIES
    const [entry] = this.#read(last - 1, 1)
    if (entry) writeSetting(this.#sql, 'audit-anchor', JSON.stringify({ seq: last, hash: entry.hash }))
    this.#sql.exec('DELETE FROM audit WHERE seq <= ?', last)
  }
}

// A row that is no longer JSON is an altered one: it verifies as nothing, and the walk says where.
function parsed(seq: number, text: string): AuditEntry {
  try {
    return JSON.parse(text) as AuditEntry
  } catch {
    return { seq, hash: '' } as AuditEntry
  }
}

function cut(text: string): string {
  return text.slice(0, TEXT_CHARS_MAX).toWellFormed()
}

function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
