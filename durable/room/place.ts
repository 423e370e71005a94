import type { Bridge } from '../../bridge/bridge.ts'
import type { AgentName, Catalogue, DrillClock, IncidentHead, Instant } from '../protocol/domain.ts'
import type { RoomEvent } from '../protocol/events.ts'
import type { View } from '../protocol/view.ts'
import type { Peers } from './peers.ts'
import type { NoPen, Pen } from './signer.ts'

/** Where an effect is performed: the opened room as it is now, its clock, its peers and its bridge. */
export interface Place {
  view: View
  head: IncidentHead
  catalogue: Catalogue
  clock: DrillClock | null
  at: Instant
  wall: Instant
  peers: Peers
  /** Drivers of this namespace; in a drill the stage is asked for its key first. */
  bridge(): Promise<Bridge>
  /** The whole log, for the archive. */
  events(): RoomEvent[]
  setClock(clock: DrillClock): void
  /** What a seat signs with, or why it cannot; a key that the room did not know is on record when this answers. */
  pen(agent: AgentName): Promise<Pen | NoPen>
  /** Durably marks the one call of this effect as made; whatever follows, it is not made again. */
  claim(): Promise<void>
}
