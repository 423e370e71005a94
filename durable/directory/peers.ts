import type { RoomCommand } from '../protocol/commands.ts'
import type { ControlSet, ServiceSwitch } from '../protocol/controls.ts'
import type { Relation } from '../protocol/crew.ts'
import type { DrillClock } from '../protocol/domain.ts'
import { LIVE, namespaceOfIncident } from '../protocol/namespace.ts'
import type { KillSwitch } from '../protocol/objects.ts'
import { assert } from '../core/assert.ts'
import type { Stops } from './controls.ts'
import type { Delivered } from './outbox.ts'

/** The index of all drills. */
export const DRILLS = 'drills'

type Heard = { ok: true } | { ok: false; reason: string }

/** A room as the directory sees it. */
export interface RoomPeer {
  open(body: Extract<RoomCommand, { type: 'open' }> & { clock: DrillClock | null }): Promise<Heard>
  deliver(batch: { id: string; alerts: Delivered[] }): Promise<Heard>
  setKillSwitch(set: { on: boolean; by: string; reason: string }): Promise<void>
  setServiceSwitch(set: ServiceSwitch): Promise<void>
  setDryRun(set: ControlSet): Promise<void>
  setClock(clock: DrillClock): Promise<void>
  link(said: { relation: Relation; incident: string; linked: boolean; reason: string }): Promise<void>
  detach(said: { alerts: { source: string; fingerprint: string }[]; to: string }): Promise<void>
}

/** Another directory as this one sees it. */
export interface DirectoryPeer {
  instance(): Promise<string>
  killSwitch(): Promise<KillSwitch>
  setKillSwitch(change: { on: boolean; by: string; reason: string }): Promise<KillSwitch>
  relayKillSwitch(set: KillSwitch): Promise<void>
  relayServiceSwitch(set: ServiceSwitch): Promise<void>
  stops(): Promise<Stops>
}

/** The keeper of sources as the live directory sees it. */
export interface KeeperPeer {
  watch(): Promise<void>
}

/**
 * The other objects by the few methods that are called: the generated stubs carry each class whole, and two classes that
 * call one another would have no end of types.
 */
export class Peers {
  #env: Env

  constructor(env: Env) {
    this.#env = env
  }

  /** An incident's room; its namespace is in its id. */
  room(incident: string): RoomPeer {
    const namespace = namespaceOfIncident(incident)
    assert(namespace !== null, 'an incident id names its namespace')
    return this.#env.ROOM.getByName(`${namespace}/${incident}`) as unknown as RoomPeer
  }

  keeper(): KeeperPeer {
    return this.#env.KEEPER.getByName(LIVE) as unknown as KeeperPeer
  }

  live(): DirectoryPeer {
    return this.#env.DIRECTORY.getByName(LIVE) as unknown as DirectoryPeer
  }

  drills(): DirectoryPeer {
    return this.#env.DIRECTORY.getByName(DRILLS) as unknown as DirectoryPeer
  }
}
