import { type ReadySilence, matcherProblems, readySilence, silencing } from '../core/correlate/silence.ts'
import type { Alert, Instant } from '../protocol/domain.ts'
import type { NewSilence, Silence, SilenceAnswer, SilenceRow } from '../protocol/noise.ts'
import { hurryHeld } from './held.ts'
import { randomBody } from './random.ts'

/** Silences kept, ended ones not counted: each is asked for each new alert. */
export const SILENCES_MAX = 500

/** The silences of a namespace: stored, and in memory ready to be asked. */
export class Silences {
  readonly #sql: SqlStorage
  #ready: Map<string, ReadySilence> | null = null

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  /** The silence that holds an alert back at `now`, or null. */
  over(alert: Alert, now: Instant): Silence | null {
    const ready = this.#all()
    return ready.size === 0 ? null : silencing(ready.values(), alert, now)
  }

  /** Stores a silence, or says why it cannot be. What people know already stays with them. */
  add(said: NewSilence, by: string, now: Instant): SilenceAnswer {
    const problems = matcherProblems(said.matchers)
    if (problems.length > 0) return { ok: false, reason: 'invalid-matchers', problems }
    this.#sql.exec('DELETE FROM silence WHERE ends <= ?', now)
    this.#ready = null
    if (this.#all().size >= SILENCES_MAX) return { ok: false, reason: 'too-many-silences' }
    const silence: Silence = { ...said, id: `sil_${randomBody()}`, by, createdAt: now }
    this.#sql.exec(
      'INSERT INTO silence (id, ends, json) VALUES (?, ?, ?)',
      silence.id,
      silence.endsAt,
      JSON.stringify(silence),
    )
    this.#all().set(silence.id, readySilence(silence))
    return { ok: true, silence: rowOf(silence, now) }
  }

  /** Ends a silence now; what it holds back and still fires comes through. False: there is none of that id. */
  end(id: string, now: Instant): boolean {
    const known = this.list(now).some((silence) => silence.id === id)
    this.#sql.exec('DELETE FROM silence WHERE id = ?', id)
    this.#all().delete(id)
    if (known) hurryHeld(this.#sql, id, now)
    return known
  }

  /** What is not over at `now`, the first to end first. */
  list(now: Instant): SilenceRow[] {
    return [...this.#all().values()]
      .map(({ silence }) => silence)
      .filter(({ endsAt }) => endsAt > now)
      .sort((a, b) => a.endsAt - b.endsAt || (a.id < b.id ? -1 : 1))
      .map((silence) => rowOf(silence, now))
  }

  /** All of them, to be asked. */
  ready(): ReadySilence[] {
    return [...this.#all().values()]
  }

  forget(): void {
    this.#ready = null
  }

  #all(): Map<string, ReadySilence> {
    this.#ready ??= new Map(
      this.#sql
        .exec<{ json: string }>('SELECT json FROM silence')
        .toArray()
        .map(({ json }) => JSON.parse(json) as Silence)
        .map((silence) => [silence.id, readySilence(silence)]),
    )
    return this.#ready
  }
}

function rowOf(silence: Silence, now: Instant): SilenceRow {
  return {
    ...silence,
    state: now < silence.startsAt ? 'pending' : 'active',
    startsAt: new Date(silence.startsAt).toISOString(),
    endsAt: new Date(silence.endsAt).toISOString(),
    createdAt: new Date(silence.createdAt).toISOString(),
  }
}
