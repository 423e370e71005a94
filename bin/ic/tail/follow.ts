import { setTimeout as sleep } from 'node:timers/promises'
import { Acks } from '../../../durable/protocol/acks.ts'
import type { RoomEvent } from '../../../durable/protocol/events.ts'
import { ACK_WITHIN_MS } from '../../../durable/protocol/limits.ts'
import { CLOSE, type ServerMessage } from '../../../durable/protocol/messages.ts'
import type { EventsPage } from '../../../durable/protocol/objects.ts'
import { PROTOCOL_VERSION } from '../../../durable/protocol/version.ts'
import type { Api } from '../api.ts'
import { CliError, EXIT } from '../exit.ts'
import { waitMs } from './backoff.ts'
import { type Line, listen } from './socket.ts'

const PAGE = 500
/** Too many messages, said by the server: it waits this long. */
const CALM_MS = 30_000

/** After these codes trying again changes nothing. */
const FINAL: Record<number, { exit: CliError['exit']; says: string }> = {
  [CLOSE.unauthenticated]: { exit: EXIT.auth, says: 'the sign-in is over' },
  [CLOSE.forbidden]: { exit: EXIT.auth, says: 'this incident may not be read' },
  [CLOSE.gone]: { exit: EXIT.notFound, says: 'there is no such incident any more' },
  [CLOSE.wrongVersion]: { exit: EXIT.error, says: 'the server speaks another version; use its own `ic`' },
}

export interface Following {
  api: Api
  incident: string
  /** every event once, in order. True ends it. */
  told: (event: RoomEvent) => boolean
  says: (text: string) => void
}

/**
 * Reads a room as pages do: hello, then frames of events; acks what was printed; after a loss it comes back with the last
 * seq and the log's epoch, so that nothing is told twice and nothing is missed. What a snapshot stands for is read by page.
 */
export class Follower {
  readonly #with: Following
  readonly #acks = new Acks()
  #epoch: string
  #head: number
  #done = false
  #unsaid: NodeJS.Timeout | undefined
  #minWaitMs = 0

  constructor(following: Following, from: { epoch: string; head: number }) {
    this.#with = following
    this.#epoch = from.epoch
    this.#head = from.head
  }

  /** Follows until `told` has had enough; throws where coming back would change nothing. */
  async run(): Promise<void> {
    for (let tries = 0; !this.#done; ) {
      this.#minWaitMs = 0
      const { code, reason, lived } = await this.#once()
      clearTimeout(this.#unsaid)
      this.#unsaid = undefined
      if (this.#done) return
      const final = FINAL[code]
      if (final) throw new CliError(final.exit, `closed-${code}`, `${final.says}${reason === '' ? '' : ` (${reason})`}`)
      if (lived) tries = 0
      const wait = Math.max(waitMs(tries), this.#minWaitMs, code === CLOSE.tooManyMessages ? CALM_MS : 0)
      tries += 1
      this.#with.says(
        `connection lost (${code}${reason === '' ? '' : ` ${reason}`}); again in ${(wait / 1000).toFixed(1)} s`,
      )
      await sleep(wait)
    }
  }

  async #once(): Promise<{ code: number; reason: string; lived: boolean }> {
    const { api, incident } = this.#with
    let ticket: string
    try {
      // A ticket opens one socket, once: the token itself stays out of addresses and logs.
      ticket = (await api.post<{ ticket: string }>('/api/v1/tickets', undefined)).ticket
    } catch (error) {
      if (!(error instanceof CliError) || error.exit !== EXIT.temporary) throw error
      return { code: 1006, reason: error.message, lived: false }
    }
    const query = new URLSearchParams({ after: String(this.#head), epoch: this.#epoch, ticket })
    const url = `${api.url.replace(/^http/, 'ws')}/api/v1/incidents/${incident}/room?${query.toString()}`
    let failure: unknown = null
    let work = Promise.resolve()
    const end = await listen(url, [`ic.v${PROTOCOL_VERSION}`], (text, line) => {
      // One after the other: a snapshot asks for pages, and frames that come meanwhile wait for them.
      work = work
        .then(() => this.#heard(text, line))
        .catch((error: unknown) => {
          failure ??= error
        })
        .then(() => {
          // Enough was told, or what came cannot be followed: the socket would stay open for ever.
          if (this.#done || failure !== null) line.leave()
        })
    })
    await work
    if (failure !== null) throw failure
    return end
  }

  async #heard(text: string, line: Line): Promise<void> {
    if (this.#done) return
    const message = JSON.parse(text) as ServerMessage
    switch (message.type) {
      case 'hello':
        line.beat(message.heartbeatMs)
        if (message.epoch !== this.#epoch) this.#newLog(message.epoch)
        if (message.snapshot) await this.#readUpTo(message.snapshot.seq)
        for (const event of message.delta ?? []) this.#tell(event)
        return this.#acks.begin(this.#head)
      case 'events': {
        for (const event of message.events) this.#tell(event)
        return this.#acknowledge(line, this.#acks.read(this.#head, text.length))
      }
      case 'bye':
        this.#minWaitMs = Math.max(0, message.retryMs)
        return
      default:
      // Presence, clock and results are for pages.
    }
  }

  #acknowledge(line: Line, ack: ReturnType<Acks['say']>): void {
    if (ack) {
      clearTimeout(this.#unsaid)
      this.#unsaid = undefined
      line.say(JSON.stringify(ack))
    } else if (this.#acks.unsaid)
      this.#unsaid ??= setTimeout(() => {
        this.#unsaid = undefined
        this.#acknowledge(line, this.#acks.say())
      }, ACK_WITHIN_MS)
  }

  #newLog(epoch: string): void {
    this.#with.says('this is another log of the incident; it is told from its beginning')
    this.#epoch = epoch
    this.#head = 0
  }

  async #readUpTo(seq: number): Promise<void> {
    const { api, incident } = this.#with
    while (this.#head < seq && !this.#done) {
      const page = await api.get<EventsPage>(`/api/v1/incidents/${incident}/events?after=${this.#head}&limit=${PAGE}`)
      if (page.items.length === 0) return
      for (const event of page.items) this.#tell(event)
    }
  }

  #tell(event: RoomEvent): void {
    if (this.#done || event.seq <= this.#head) return
    this.#head = event.seq
    if (this.#with.told(event)) this.#done = true
  }
}
