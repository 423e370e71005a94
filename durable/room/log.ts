import { type State, evolve, initialState } from '../core/incident/index.ts'
import type { Decided, RoomEvent } from '../protocol/events.ts'
import { upgrade } from '../protocol/upgrade.ts'
import { CHAIN_START, chainInput } from '../protocol/verify.ts'
import { EVENT_VERSION } from '../protocol/version.ts'
import { sha256 } from './seal.ts'
import { readSnapshot } from './snapshots.ts'

/** One stored event and its JSON as stored: frames are joined from it, so that no event is serialized twice. */
export interface LoggedEvent {
  event: RoomEvent
  json: string
}

/**
 * Gives a decided event its seq and hash and stores it. What comes back is parsed from the stored text, so that the live
 * fold and a replay fold the very same values and share no object with the state or the command.
 */
export function append(sql: SqlStorage, decided: Decided, after: { seq: number; hash: string }): LoggedEvent {
  const { at, by, body } = decided
  const plain = JSON.parse(JSON.stringify({ v: EVENT_VERSION, seq: after.seq + 1, at, by, body })) as Omit<
    RoomEvent,
    'hash'
  >
  const hash = sha256(chainInput(after.seq === 0 ? CHAIN_START : after.hash, plain))
  const event: RoomEvent = { ...plain, hash }
  const json = JSON.stringify(event)
  sql.exec('INSERT INTO events (seq, json, hash) VALUES (?, ?, ?)', event.seq, json, hash)
  return { event, json }
}

/** The state that the log tells: the latest snapshot and every event after it. */
export function load(sql: SqlStorage): State {
  const state = readSnapshot(sql) ?? initialState()
  for (const row of sql.exec<{ json: string }>('SELECT json FROM events WHERE seq > ? ORDER BY seq', state.view.seq))
    evolve(state, upgrade(JSON.parse(row.json) as RoomEvent))
  return state
}

/** The state that the events alone tell, from the first one on; equals `load` byte for byte. */
export function replay(sql: SqlStorage): State {
  const state = initialState()
  for (const row of sql.exec<{ json: string }>('SELECT json FROM events ORDER BY seq'))
    evolve(state, upgrade(JSON.parse(row.json) as RoomEvent))
  return state
}

/** No limit, as SQLite says it. */
const ALL = -1

/** Up to `limit` events after seq `after`, as stored. */
export function jsonAfter(sql: SqlStorage, after: number, limit = ALL): string[] {
  return sql
    .exec<{ json: string }>('SELECT json FROM events WHERE seq > ? ORDER BY seq LIMIT ?', after, limit)
    .toArray()
    .map((row) => row.json)
}

/** What the events after seq `after` weigh as stored, in characters of JSON. */
export function bytesAfter(sql: SqlStorage, after: number): number {
  return (
    sql.exec<{ sum: number | null }>('SELECT sum(length(json)) AS sum FROM events WHERE seq > ?', after).one().sum ?? 0
  )
}

/** Up to `limit` events after seq `after`, in the present shape. */
export function eventsAfter(sql: SqlStorage, after: number, limit = ALL): RoomEvent[] {
  return jsonAfter(sql, after, limit).map((json) => upgrade(JSON.parse(json) as RoomEvent))
}
