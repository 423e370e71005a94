import type { Answer } from './shell.ts'
import type { Command } from '../../durable/protocol/commands.ts'
import type { DrillClock, Instant } from '../../durable/protocol/domain.ts'
import type { Effect } from '../../durable/protocol/effects.ts'
import type { RoomEvent } from '../../durable/protocol/events.ts'

/** One effect that is committed and not yet settled. */
export interface Row {
  key: string
  seq: number
  effect: Effect
  clock: 'room' | 'wall'
  due: Instant
  attempts: number
  /** wall time of the claim of the one call; null before it. */
  claimed: Instant | null
  parked: boolean
}

/** What outlives a crash: text, or frozen copies made from text, so that nothing in memory is shared with it. */
export interface Disk {
  log: string[]
  /** every command that was decided and committed, with how it was refused, if it was; only the replay reads it. */
  commands: string[]
  outbox: Map<string, Row>
  answers: Map<string, Answer>
  clock: DrillClock | null
}

export const emptyDisk = (clock: DrillClock | null): Disk => ({
  log: [],
  commands: [],
  outbox: new Map(),
  answers: new Map(),
  clock,
})

export const rowsOf = (disk: Disk): Row[] => [...disk.outbox.values()]

export const putRow = (disk: Disk, row: Row): void =>
  void disk.outbox.set(row.key, frozen(JSON.parse(JSON.stringify(row)) as Row))

/** A decided command, as the replay reads it. */
export interface Decided {
  command: Command
  refused: string | null
  /** events that followed. */
  events: number
}

export const eventsOf = (disk: Disk): RoomEvent[] => disk.log.map((text) => JSON.parse(text) as RoomEvent)

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const member of Object.values(value)) frozen(member)
  return Object.freeze(value)
}
