import type { Alert, IncidentHead, Instant } from '../protocol/domain.ts'
import type { Desk } from './desk.ts'
import { ALERTS_PER_CALL_MAX, type Delivered, enqueue } from './outbox.ts'

/** Gathers what one transaction has to tell each room, so that a storm in one post becomes few rows. */
export class Mailing {
  readonly #desk: Desk
  readonly #wall: Instant
  readonly now: Instant
  #letters = new Map<string, { head: IncidentHead | null; alerts: Delivered[] }>()
  /** false for what the directory itself says, e.g. an expiry: no received unit waits for it. */
  readonly #counted: boolean

  constructor(desk: Desk, wall: Instant, now: Instant, counted = true) {
    this.#desk = desk
    this.#wall = wall
    this.now = now
    this.#counted = counted
  }

  open(head: IncidentHead): void {
    this.#letter(head.id).head = head
  }

  add(incident: string, alert: Alert, reason: string): void {
    this.#letter(incident).alerts.push({ alert, reason })
  }

  /** Writes the outbox rows: an opening with its first alerts, then as many more as it takes. */
  post(): void {
    for (const [incident, { head, alerts }] of this.#letters) {
      const first = head ? alerts.splice(0, ALERTS_PER_CALL_MAX) : []
      if (head) this.#enqueue(incident, { kind: 'open', head, alerts: first })
      while (alerts.length > 0)
        this.#enqueue(incident, { kind: 'alerts', alerts: alerts.splice(0, ALERTS_PER_CALL_MAX) })
    }
    this.#letters.clear()
  }

  #enqueue(
    incident: string,
    message: { kind: 'open'; head: IncidentHead; alerts: Delivered[] } | { kind: 'alerts'; alerts: Delivered[] },
  ): void {
    enqueue(this.#desk.sql, incident, message, this.#counted ? message.alerts.length : 0, this.#wall)
  }

  #letter(incident: string): { head: IncidentHead | null; alerts: Delivered[] } {
    const letter = this.#letters.get(incident) ?? { head: null, alerts: [] }
    this.#letters.set(incident, letter)
    return letter
  }
}
