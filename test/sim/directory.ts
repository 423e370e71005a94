import type { Prng } from '../../durable/core/prng.ts'
import type { CommandBody } from '../../durable/protocol/commands.ts'
import type { Actor, Alert } from '../../durable/protocol/domain.ts'
import type { World } from './world.ts'

/** How often the alert rules are looked at, and how soon an unanswered delivery goes again, ms of wall time. */
const LOOK_EVERY_MS = 5_000
/** And when nothing goes wrong any more: a delivery that comes late is then no fault, and hours are long. */
const CALM_LOOK_EVERY_MS = 30_000
const AGAIN_MS = 2_000

/**
 * The directory beside the room: tells it the level of each alert and of the kill switch, in order, each under one id until
 * it is answered. The way there loses, doubles and delays; a double may come after later deliveries.
 */
export class Directory {
  /** the alerts as the rules stand now. */
  known: Alert[] = []
  /** deliveries that the room would not take because it is over. */
  elsewhere = 0
  #world: World
  #chance: Prng
  #line: { id: string; body: CommandBody; by: Actor }[] = []
  #flying = false
  #opened = false
  #count = 0

  constructor(world: World, chance: Prng) {
    this.#world = world
    this.#chance = chance
  }

  begin(): void {
    this.#look()
    this.#flip()
  }

  setKillSwitch(on: boolean): void {
    if (this.#world.killSwitch === on) return
    this.#world.killSwitch = on
    this.#put({ type: 'set-kill-switch', on, reason: 'for the world' }, { kind: 'person', name: 'ada' })
  }

  /** Mails what a person set beside the one switch. */
  tell(body: CommandBody): void {
    this.#put(body, { kind: 'person', name: 'ada' })
  }

  #look(): void {
    const { scheduler, shop, trouble, at } = this.#world
    const alerts = shop.alertsAt(at).map((alert) => this.#world.worded(alert))
    if (!areSame(alerts, this.known)) {
      const gone = this.known.filter((old) => !alerts.some((one) => one.fingerprint === old.fingerprint))
      const ended = gone.map((old): Alert => ({ ...old, status: 'resolved', endsAt: at }))
      this.known = alerts
      // The first alert opens the room.
      const delivered = [...alerts, ...ended].map((alert) => ({ alert, reason: 'same-group' }))
      if (!this.#opened && delivered.length > 0) {
        this.#opened = true
        this.#put({ ...this.#world.opening(), alerts: delivered }, { kind: 'source', name: 'metrics' })
      } else if (delivered.length > 0)
        this.#put({ type: 'deliver-alerts', alerts: delivered }, { kind: 'source', name: 'metrics' })
    }
    scheduler.after(trouble.isOver ? CALM_LOOK_EVERY_MS : LOOK_EVERY_MS, () => this.#look())
  }

  #flip(): void {
    const { scheduler, trouble } = this.#world
    if (trouble.isOver) return
    if (trouble.faults.lies > 0 && this.#chance.next() < 0.15) this.setKillSwitch(!this.#world.killSwitch)
    scheduler.after(this.#chance.whole(20_000, 120_000), () => this.#flip())
  }

  #put(body: CommandBody, by: Actor): void {
    this.#line.push({ id: `deliver:${(this.#count += 1)}`, body, by })
    this.#send()
  }

  #send(): void {
    const next = this.#line[0]
    if (!next || this.#flying) return
    this.#flying = true
    const { scheduler, trouble } = this.#world
    const again = (): void => {
      this.#flying = false
      this.#send()
    }
    scheduler.after(this.#chance.whole(1, 40), () => {
      if (trouble.happens('dropped')) return scheduler.after(AGAIN_MS, again)
      const answer = this.#arrive(next)
      if (trouble.happens('doubled')) scheduler.after(this.#chance.whole(1, 20_000), () => void this.#arrive(next))
      if (answer === null || trouble.happens('unanswered')) return scheduler.after(AGAIN_MS, again)
      this.#line.shift()
      again()
    })
  }

  #arrive({ id, body, by }: { id: string; body: CommandBody; by: Actor }) {
    const { shell } = this.#world
    const answer = shell.submit({ id, by, role: null, body, settles: null })
    this.#world.laws.answered(answer)
    if (answer && !answer.ok && answer.reason === 'not-open') this.elsewhere += 1
    return answer
  }
}

/** All that ever changes about an alert of these worlds. */
function areSame(some: readonly Alert[], others: readonly Alert[]): boolean {
  return (
    some.length === others.length &&
    some.every((one, index) => {
      const other = others[index]
      const { fingerprint, status, startsAt, endsAt } = one
      return (
        other?.fingerprint === fingerprint &&
        other.status === status &&
        other.startsAt === startsAt &&
        other.endsAt === endsAt
      )
    })
  )
}
