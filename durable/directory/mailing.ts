import type { Alert, IncidentHead, Instant } from '../protocol/domain.ts'
import type { Desk } from './desk.ts'
import { ALERTS_PER_CALL_MAX, type Delivered, ROW_CHARS_MAX, enqueue } from './outbox.ts'

interface Counted {
  said: Delivered
  units: number
}

/** Gathers what one transaction has to tell each room, so that a storm in one post becomes few rows. */
export class Mailing {
  readonly #desk: Desk
  readonly wall: Instant
  readonly now: Instant
  #letters = new Map<string, { head: IncidentHead | null; alerts: Counted[] }>()

  constructor(desk: Desk, wall: Instant, now: Instant) {
    this.#desk = desk
    this.wall = wall
    this.now = now
  }

  open(head: IncidentHead): void {
    this.#letter(head.id).head = head
  }

  /** `units`: received units that end with it; 0 for what the directory itself says, e.g. an expiry. */
  add(incident: string, alert: Alert, why: { reason: string; matched: string }, units: number): void {
    const { reason, matched } = why
    this.#letter(incident).alerts.push({ said: matched === '' ? { alert, reason } : { alert, reason, matched }, units })
  }

  /** Writes the outbox rows: an opening with its first alerts, then as many more as it takes. */
  post(): void {
    for (const [incident, { head, alerts }] of this.#letters) {
      const [first = [], ...more] = pages(alerts)
      if (head) this.#enqueue(incident, { kind: 'open', head, alerts: first.map(({ said }) => said) }, first)
      else if (first.length > 0)
        this.#enqueue(incident, { kind: 'alerts', alerts: first.map(({ said }) => said) }, first)
      for (const page of more) this.#enqueue(incident, { kind: 'alerts', alerts: page.map(({ said }) => said) }, page)
    }
    this.#letters.clear()
  }

  #enqueue(
    incident: string,
    message: { kind: 'open'; head: IncidentHead; alerts: Delivered[] } | { kind: 'alerts'; alerts: Delivered[] },
    page: Counted[],
  ): void {
    const units = page.reduce((sum, one) => sum + one.units, 0)
    enqueue(this.#desk.sql, incident, message, units, this.wall)
  }

  #letter(incident: string): { head: IncidentHead | null; alerts: Counted[] } {
    const letter = this.#letters.get(incident) ?? { head: null, alerts: [] }
    this.#letters.set(incident, letter)
    return letter
  }
}

/** In order, each page at most ALERTS_PER_CALL_MAX alerts and, unless one alone is larger, ROW_CHARS_MAX characters. */
function pages(alerts: readonly Counted[]): Counted[][] {
  const all: Counted[][] = []
  let chars = 0
  for (const alert of alerts) {
    const length = JSON.stringify(alert.said).length
    const page = all.at(-1)
    if (page && page.length < ALERTS_PER_CALL_MAX && chars + length <= ROW_CHARS_MAX) {
      page.push(alert)
      chars += length
    } else {
      all.push([alert])
      chars = length
    }
  }
  return all
}
