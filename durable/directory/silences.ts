import { type ReadySilence, matcherProblems, readySilence, silencing } from '../core/correlate/silence.ts'
import { isPlanned, plannedSilence, windowId } from '../core/correlate/window.ts'
import type { Alert, Instant } from '../protocol/domain.ts'
import type { MaintenanceWindow, NewSilence, Silence, SilenceAnswer, SilenceRow } from '../protocol/noise.ts'
import { hurryHeld } from './held.ts'
import { randomBody } from './random.ts'

/** Silences kept, ended ones not counted: each is asked for each new alert. */
export const SILENCES_MAX = 500

/** A window of the catalogue with the span that was worked out last, and until when that holds. */
interface Planned {
  window: MaintenanceWindow
  ready: ReadySilence | null
  until: Instant
}

/** The silences of a namespace and the windows of its catalogue: in memory ready to be asked. */
export class Silences {
  readonly #sql: SqlStorage
  readonly #windows: () => readonly MaintenanceWindow[]
  #ready: Map<string, ReadySilence> | null = null
  #planned: Planned[] | null = null

  constructor(sql: SqlStorage, windows: () => readonly MaintenanceWindow[]) {
    this.#sql = sql
    this.#windows = windows
  }

  /** The silence that holds an alert back at `now`, or null. */
  over(alert: Alert, now: Instant): Silence | null {
    const ready = this.ready(now)
    return ready.length === 0 ? null : silencing(ready, alert, now)
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
    const known = [...this.#all().values()].some(({ silence }) => silence.id === id && silence.endsAt > now)
    this.#sql.exec('DELETE FROM silence WHERE id = ?', id)
    this.#all().delete(id)
    if (known) hurryHeld(this.#sql, id, now)
    return known
  }

  /** What is not over at `now`, the first to end first. */
  list(now: Instant): SilenceRow[] {
    return this.ready(now)
      .map(({ silence }) => silence)
      .filter(({ endsAt }) => endsAt > now)
      .sort((a, b) => a.endsAt - b.endsAt || (a.id < b.id ? -1 : 1))
      .map((silence) => rowOf(silence, now))
  }

  /** All of them, and the catalogue's windows as they stand at `now`, to be asked. */
  ready(now: Instant): ReadySilence[] {
    return [...this.#all().values(), ...this.#plannedAt(now)]
  }

  /** The catalogue is another one: what its windows hold back is looked at again, by those that stand now. */
  replan(before: readonly MaintenanceWindow[], now: Instant): void {
    this.#planned = null
    for (const window of before) hurryHeld(this.#sql, windowId(window), now)
  }

  forget(): void {
    this.#ready = null
    this.#planned = null
  }

  /** Each window's span that goes on at `now`, else its next: worked out once for each span, for zones are costly. */
  #plannedAt(now: Instant): ReadySilence[] {
    this.#planned ??= this.#windows().map((window) => ({ window, ready: null, until: -Infinity }))
    for (const planned of this.#planned) {
      if (now < planned.until) continue
      const silence = plannedSilence(planned.window, now)
      planned.ready = silence && readySilence(silence)
      planned.until = silence?.endsAt ?? Infinity
    }
    return this.#planned.flatMap(({ ready }) => ready ?? [])
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
  const { createdAt: _, ...said } = silence
  return {
    ...said,
    state: now < silence.startsAt ? 'pending' : 'active',
    startsAt: new Date(silence.startsAt).toISOString(),
    endsAt: new Date(silence.endsAt).toISOString(),
    ...(isPlanned(silence) ? { from: 'catalogue' as const } : { createdAt: new Date(silence.createdAt).toISOString() }),
  }
}
