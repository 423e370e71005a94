import type { PersonCommand } from './commands.ts'
import type { DrillClock, Instant, Role } from './domain.ts'
import type { RoomEvent } from './events.ts'
import type { IncidentRow } from './rows.ts'
import type { View } from './view.ts'

/** What the server says in a room. */
export type ServerMessage =
  | {
      type: 'hello'
      version: number
      /** of this log; another epoch means: forget what you have. */
      epoch: string
      seq: number
      heartbeatMs: number
      serverWall: Instant
      clock: DrillClock | null
      you: { name: string; role: Role }
      /** one of the two: the whole view, or the events after the `after` that was asked for. */
      snapshot: View | null
      delta: RoomEvent[] | null
    }
  /** one frame: consecutive events, in order, never with a hole. */
  | { type: 'events'; events: RoomEvent[] }
  | { type: 'result'; cmd: string; ok: true; seq: number }
  | { type: 'result'; cmd: string; ok: false; reason: string; detail: string; seq: number }
  | { type: 'clock'; clock: DrillClock | null }
  | { type: 'presence'; people: { name: string; role: Role; sockets: number }[] }
  | { type: 'bye'; code: number; reason: string; retryMs: number }

/** What a client says in a room. */
export type ClientMessage =
  /**
   * `cmd` makes it idempotent: the same one of the same person is answered with the first answer. `expectSeq`: what people
   * decide on must not have changed since, else `seq-moved` says what did.
   */
  | { type: 'command'; cmd: string; command: PersonCommand; expectSeq?: number }
  /** everything up to this event was read (`acks.ts` says when to say so); without it the room stops sending. */
  | { type: 'ack'; seq: number }

/** What the lobby says: the list, then each row that changed. */
export type LobbyMessage =
  | {
      type: 'hello'
      version: number
      serverWall: Instant
      items: IncidentRow[]
      killSwitch: { on: boolean; by: string; reason: string }
      /** absent: an older server, which has none. */
      dryRun?: { on: boolean; by: string; reason: string }
    }
  | { type: 'row'; row: IncidentRow }
  /** an incident became private, and not for this reader. */
  | { type: 'gone'; id: string }
  | { type: 'kill-switch'; on: boolean; by: string; reason: string }
  | { type: 'dry-run'; on: boolean; by: string; reason: string }

/**
 * The epoch of a client that resumes by a bare seq, as `Last-Event-ID` does. An incident's id is never given twice and its
 * log is never begun anew, so the one log that a room has is the one it means.
 */
export const ANY_EPOCH = 'any'

/** Answered by the runtime without waking the room. */
export const PING = '{"type":"ping"}'
export const PONG = '{"type":"pong"}'

/** Close codes of our own. */
export const CLOSE = {
  unauthenticated: 4001,
  forbidden: 4003,
  gone: 4004,
  slow: 4008,
  resync: 4009,
  wrongVersion: 4010,
  goingAway: 4013,
  tooManyMessages: 4029,
} as const
