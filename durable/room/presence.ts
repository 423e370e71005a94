import type { ServerMessage } from '../protocol/messages.ts'
import type { Sessions } from './sessions.ts'

/** Who is here is told at most once in so many ms. */
export const PRESENCE_EVERY_MS = 1_000
/** People named in one message; a room with more shows the first by name. */
export const PRESENCE_PEOPLE_MAX = 100

type Presence = Extract<ServerMessage, { type: 'presence' }>

/** Tells everybody who is here, a moment after it changed. No seq: nothing is lost when one is missed. */
export class PresenceTeller {
  #sessions: Sessions
  #last = 0
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor(sessions: Sessions) {
    this.#sessions = sessions
  }

  changed(wall: number): void {
    if (this.#timer !== null) return
    const wait = Math.max(0, this.#last + PRESENCE_EVERY_MS - wall)
    this.#timer = setTimeout(() => this.#tell(), wait)
  }

  #tell(): void {
    this.#timer = null
    this.#last = Date.now()
    this.#sessions.tell('presence', JSON.stringify(presenceOf(this.#sessions)))
  }
}

/** One entry a person, with how many sockets they hold. */
export function presenceOf(sessions: Sessions): Presence {
  const people = new Map<string, Presence['people'][number]>()
  for (const [, { person, role }] of sessions.all()) {
    const known = people.get(person)
    if (known) known.sockets += 1
    else people.set(person, { name: person, role, sockets: 1 })
  }
  const sorted = [...people.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  return { type: 'presence', people: sorted.slice(0, PRESENCE_PEOPLE_MAX) }
}
