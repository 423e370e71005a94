import type { CommandBody } from '../protocol/commands.ts'
import type { Instant } from '../protocol/domain.ts'
import { RESTARTED, answerTo } from './execution.ts'
import { wordsOf } from './ask.ts'
import { type Kernel, SYSTEM } from './kernel.ts'
import {
  EFFECT_TRIES_MAX,
  type OutboxRow,
  claim,
  failed,
  isClaimed,
  isDue,
  pending,
  settle,
  settleIndexBefore,
  startable,
} from './outbox.ts'
import { perform } from './perform.ts'
import type { Place } from './place.ts'
import { within } from './within.ts'

/** One try of an effect may take so long, in ms of wall time: past the driver's own deadline of ten seconds. */
export const EFFECT_MS_MAX = 15_000

export interface DrainParts {
  kernel: Kernel
  storage: DurableObjectStorage
  place(wall: Instant): Omit<Place, 'claim'>
  /** Keeps the object alive while an effect is performed. */
  hold(promise: Promise<void>): void
  /** Called when something finished: alarms may be others now. */
  finished(): void
}

/** Performs what the outbox holds, independent effects at the same time, and commits what they come to. Nothing here throws. */
export class Drain {
  readonly inFlight = new Set<string>()
  #parts: DrainParts

  constructor(parts: DrainParts) {
    this.#parts = parts
  }

  /** Starts everything that is due and not in the making. */
  pump(wall: Instant): void {
    const { kernel, storage } = this.#parts
    if (!kernel.isOpen) return
    for (const row of startable(pending(storage.sql), this.inFlight)) {
      if (!isDue(row, kernel.clock, wall)) continue
      if (row.effect.type === 'update-index') settleIndexBefore(storage.sql, row.seq)
      this.inFlight.add(row.key)
      this.#parts.hold(this.#try(row))
    }
  }

  async #try(row: OutboxRow): Promise<void> {
    try {
      await this.#perform(row)
    } catch (error) {
      this.#failed(row, wordsOf(error))
    } finally {
      this.inFlight.delete(row.key)
      this.#parts.finished()
    }
  }

  /** A call that could not even be prepared is surely not done, and people are told; everything else is parked at the end. */
  #failed(row: OutboxRow, reason: string): void {
    const { kernel, storage } = this.#parts
    const { effect } = row
    const last = row.attempts + 1 >= EFFECT_TRIES_MAX
    if (last && effect.type === 'call-driver' && !isClaimed(storage.sql, row.key)) {
      const body = answerTo(effect, 'failed', `never called: ${reason}`)
      kernel.submit({ id: null, by: SYSTEM, role: null, body, settles: row.key }, Date.now())
    } else if (last && effect.type === 'begin-undo') {
      const body = unreadableUndo(kernel, effect.proposal)
      kernel.submit({ id: null, by: SYSTEM, role: null, body, settles: row.key }, Date.now())
    } else storage.transactionSync(() => failed(storage.sql, row, Date.now(), reason))
  }

  async #perform(row: OutboxRow): Promise<void> {
    const { kernel, storage } = this.#parts
    const { effect, key } = row
    if (effect.type === 'call-driver' && row.claimed !== null) {
      // Claimed by a life of this room that ended before the answer was committed: the call may or may not have been made.
      const body = answerTo(effect, 'unknown', RESTARTED)
      kernel.submit({ id: null, by: SYSTEM, role: null, body, settles: key }, Date.now())
      return
    }
    const place: Place = {
      ...this.#parts.place(Date.now()),
      claim: () => {
        storage.transactionSync(() => claim(storage.sql, key, Date.now()))
        return storage.sync()
      },
    }
    const performed = await within(EFFECT_MS_MAX, perform(effect, place))
    if (performed) kernel.submit({ id: null, ...performed, role: null, settles: key }, Date.now())
    else storage.transactionSync(() => settle(storage.sql, key))
  }
}

/** A rollback whose last check could not be made is not sent: as with a switch that cannot be read, people are told. */
function unreadableUndo({ state }: Kernel, proposal: string): CommandBody {
  const digest = state.view.proposals.find(({ id }) => id === proposal)?.digest ?? ''
  return { type: 'start-undo', proposal, digest, killSwitch: null }
}
