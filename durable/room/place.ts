import type { Bridge } from '../../bridge/bridge.ts'
import type { CommandBody } from '../protocol/commands.ts'
import type { Actor, AgentName, Catalogue, DrillClock, IncidentHead, Instant } from '../protocol/domain.ts'
import type { RoomEvent } from '../protocol/events.ts'
import type { Faults } from '../protocol/faults.ts'
import type { View } from '../protocol/view.ts'
import type { Peers } from './peers.ts'
import type { NoPen, Pen } from './signer.ts'

/** The faults of a drill, and what only a faulty seat needs. */
export interface FaultDoor {
  faults: Faults
  /** Says something beside the one answer that is waited for. */
  say: (by: Actor, body: CommandBody) => void
  /** Lets wall time pass. */
  wait: (ms: number) => Promise<void>
}

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
  /** What goes wrong here on purpose: asked of the drill's stage. Null in a live room, which has no stage to ask. */
  faults(): Promise<FaultDoor | null>
  /** Durably marks the one call of this effect as made; whatever follows, it is not made again. */
  claim(): Promise<void>
}
