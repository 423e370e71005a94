import type { Action, DrillClock, Instant } from '../protocol/domain.ts'
import type { DrillNamespace, DrillRequest, DrillRow } from '../protocol/objects.ts'
import type { Post } from './posts.ts'

/** Scenario time before second 0 was played, ms. */
const BEFORE_FIRST_MS = -1_000

/** What a drill is, in one row. */
export interface Drill {
  request: DrillRequest
  title: string
  catalogue: DrillNamespace['catalogue']
  clock: DrillClock
  /** instant of the story's second 0, on the drill's clock. */
  storyStart: Instant
  durationMs: number
  state: DrillRow['state']
  startedWall: Instant
  /** source -> ingest token, and the key that signs actions; they die with the drill. */
  tokens: Record<string, string>
  secret: string
  /** ids of the incidents that its namespace was seen to open. */
  incidents: string[]
  /** the namespace is open and the index has the row; then: clock and row as last changed are known there. */
  opened: boolean
  told: boolean
  /** the drill is over, its last posts are in, and its ingest tokens are revoked. */
  closed: boolean
}

/** `received`: its delay runs. `barred`: asked about before it came, and refused should it come. */
export interface ActionEntry {
  n: number
  key: string
  incident: string
  token: number
  digest: string
  action: Action | null
  state: 'received' | 'applied' | 'refused' | 'barred'
  due: Instant
  /** ms of scenario time after which it took effect. */
  appliedMs: number | null
  detail: string
}

export interface PendingPost extends Post {
  id: number
}

/** The stage's storage, by what is asked of it. Callers group writes in a transaction. */
export class Book {
  #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  drill(): Drill | null {
    const row = this.#sql.exec<{ json: string }>('SELECT json FROM drill').toArray()[0]
    return row ? (JSON.parse(row.json) as Drill) : null
  }

  saveDrill(drill: Drill): void {
    const json = JSON.stringify(drill)
    this.#sql.exec(
      'INSERT INTO drill VALUES (1, ?, ?) ON CONFLICT (one) DO UPDATE SET json = excluded.json',
      json,
      BEFORE_FIRST_MS,
    )
  }

  /** ms of scenario time of the last second that was played; negative before the first. */
  played(): number {
    return this.#sql.exec<{ played: number }>('SELECT played FROM drill').one().played
  }

  savePlayed(ms: number): void {
    this.#sql.exec('UPDATE drill SET played = ?', ms)
  }

  /** Notes that a question to a person wants the clock to stand; false when it was released before. */
  pause(holder: string): boolean {
    this.#sql.exec('INSERT INTO pauser VALUES (?, 0) ON CONFLICT DO NOTHING', holder)
    return this.#sql.exec('SELECT 1 FROM pauser WHERE proposal = ? AND released = 0', holder).toArray().length > 0
  }

  /** Releases it for good; true when nobody else wants the clock to stand. */
  release(holder: string): boolean {
    this.#sql.exec('INSERT INTO pauser VALUES (?, 1) ON CONFLICT (proposal) DO UPDATE SET released = 1', holder)
    return this.#sql.exec('SELECT 1 FROM pauser WHERE released = 0 LIMIT 1').toArray().length === 0
  }

  action(key: string): ActionEntry | null {
    return this.#actions('WHERE key = ?', key)[0] ?? null
  }

  /** Actions that took effect, in the order in which they did. */
  applied(): ActionEntry[] {
    return this.#actions("WHERE state = 'applied' ORDER BY applied_ms, due, n")
  }

  received(): ActionEntry[] {
    return this.#actions("WHERE state = 'received' ORDER BY due, n")
  }

  highestToken(incident: string): number {
    const top = this.#sql.exec<{ top: number | null }>(
      'SELECT MAX(token) AS top FROM action WHERE incident = ?',
      incident,
    )
    return top.one().top ?? 0
  }

  saveAction(entry: Omit<ActionEntry, 'n'>): void {
    this.#sql.exec(
      `INSERT INTO action (key, incident, token, digest, action, state, due, applied_ms, detail)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET state = excluded.state, applied_ms = excluded.applied_ms, detail = excluded.detail`,
      entry.key,
      entry.incident,
      entry.token,
      entry.digest,
      entry.action === null ? null : JSON.stringify(entry.action),
      entry.state,
      entry.due,
      entry.appliedMs,
      entry.detail,
    )
  }

  addPosts(posts: readonly Post[]): void {
    for (const { source, path, body } of posts)
      this.#sql.exec('INSERT INTO post (source, path, body) VALUES (?, ?, ?)', source, path, body)
  }

  nextPost(): PendingPost | null {
    const row = this.#sql.exec<{ id: number; source: string; path: string; body: string }>(
      'SELECT id, source, path, body FROM post WHERE parked IS NULL ORDER BY id LIMIT 1',
    )
    return (row.toArray()[0] as PendingPost | undefined) ?? null
  }

  donePost(id: number): void {
    this.#sql.exec('DELETE FROM post WHERE id = ?', id)
  }

  parkPost(id: number, reason: string): void {
    this.#sql.exec('UPDATE post SET parked = ? WHERE id = ?', reason, id)
  }

  #actions(where: string, ...bindings: string[]): ActionEntry[] {
    const rows = this.#sql.exec<Record<string, string | number | null>>(`SELECT * FROM action ${where}`, ...bindings)
    return rows.toArray().map((row) => ({
      n: Number(row['n']),
      key: String(row['key']),
      incident: String(row['incident']),
      token: Number(row['token']),
      digest: String(row['digest']),
      action: row['action'] === null ? null : (JSON.parse(String(row['action'])) as Action),
      state: row['state'] as ActionEntry['state'],
      due: Number(row['due']),
      appliedMs: row['applied_ms'] === null ? null : Number(row['applied_ms']),
      detail: String(row['detail']),
    }))
  }
}
