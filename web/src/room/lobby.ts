import { createStore } from 'solid-js/store'
import type { Instant } from '../../../durable/protocol/domain.ts'
import type { LobbyMessage } from '../../../durable/protocol/messages.ts'
import type { IncidentRow } from '../../../durable/protocol/rows.ts'
import { chance } from './backoff.ts'
import { Link, type LinkState } from './link.ts'
import { socketProtocols } from './person.ts'
import { type Dial, dialWebSocket } from './wire.ts'

export interface LobbyState {
  link: LinkState
  /** false until the first list. */
  known: boolean
  rows: Record<string, IncidentRow>
  killSwitch: { on: boolean; by: string; reason: string }
  /** nothing is called: what would be is shown. */
  dryRun: { on: boolean; by: string; reason: string }
  heardWall: Instant | null
}

export interface Lobby {
  readonly state: LobbyState
  retry(): void
  leave(): void
}

const OFF = { on: false, by: '', reason: '' }

/** Follows the list of incidents, of drills or of real ones. Each hello replaces the list: a row has no history. */
export function joinLobby(drill: boolean, dial: Dial = dialWebSocket, random: () => number = chance): Lobby {
  const [state, setState] = createStore<LobbyState>({
    link: { kind: 'connecting', tries: 0, since: null },
    known: false,
    rows: {},
    killSwitch: OFF,
    dryRun: OFF,
    heardWall: null,
  })

  function hear(message: LobbyMessage): void {
    setState('heardWall', Date.now())
    switch (message.type) {
      case 'hello':
        // A merge would keep rows that are gone, so each is named or removed.
        setState('rows', (known) => ({
          ...Object.fromEntries(Object.keys(known).map((id) => [id, undefined as unknown as IncidentRow])),
          ...Object.fromEntries(message.items.map((row) => [row.id, row])),
        }))
        setState({ known: true, killSwitch: message.killSwitch, dryRun: message.dryRun ?? OFF })
        return
      case 'row':
        // An older row may overtake a newer one across two connections; seq says which is which.
        if ((state.rows[message.row.id]?.seq ?? 0) <= message.row.seq) setState('rows', message.row.id, message.row)
        return
      case 'gone':
        setState('rows', message.id, undefined as unknown as IncidentRow)
        return
      case 'kill-switch':
        setState('killSwitch', { on: message.on, by: message.by, reason: message.reason })
        return
      case 'dry-run':
        setState('dryRun', { on: message.on, by: message.by, reason: message.reason })
        return
      default:
        message satisfies never
    }
  }

  const link = new Link({
    dial,
    random,
    path: () => `/api/v1/lobby?drill=${drill}`,
    protocols: socketProtocols,
    said: (text) => hear(JSON.parse(text) as LobbyMessage),
    changed: (next) => setState('link', next),
  })
  return { state, retry: link.retry, leave: () => link.close() }
}
