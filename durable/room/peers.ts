import type { AgentKey, Change, DrillClock, Instant, SeriesWindow } from '../protocol/domain.ts'
import type { AutonomyRecord, AutonomyRow, Controls, RecentAction } from '../protocol/controls.ts'
import type { MoveOutcome } from '../protocol/commands.ts'
import type { KillSwitch, MoveRequest, Reach, WindowRequest } from '../protocol/objects.ts'
import type { Tally } from '../protocol/measures.ts'
import type { ArchivePort, NotifyMessage } from '../protocol/ports.ts'
import type { IncidentRow } from '../protocol/rows.ts'
import type { Faults } from '../protocol/faults.ts'
import { drillOf } from '../protocol/namespace.ts'

/** The other objects as a room sees them: the few methods it calls, by name. A room imports none of their classes. */
export interface DirectoryPeer {
  changesBetween(from: Instant, to: Instant): Promise<Change[]>
  killSwitch(): Promise<KillSwitch>
  /** What holds an action on this target back now; throws where it cannot be known. */
  controls(ask: { incident: string; target: string }): Promise<Controls>
  /** The clause as it stands; null: the catalogue no longer has it. */
  autonomy(clause: string): Promise<AutonomyRow | null>
  /** `actions`: everything this room started, so that other rooms know of it. */
  updateRow(row: IncidentRow, actions?: RecentAction[]): Promise<void>
  /** Adds to the figures of the instance. */
  tally(counted: Tally): Promise<void>
  /** Moves alerts between incidents, once for a key. */
  move(request: MoveRequest): Promise<MoveOutcome>
  linkParent(request: { parent: string; child: string; linked: boolean }): Promise<{ ok: boolean; reason: string }>
  /** Whom to notify now: the newest catalogue's word, without targets that want nothing any more. */
  reach(): Promise<Reach>
  disableTarget(target: { name: string; url: string; reason: string }): Promise<void>
}

export interface RegistryPeer {
  secretNamed(name: string, purpose: string): Promise<string | null>
  /** Public halves of the agents' keys, those that were replaced too. */
  agentKeys(instance: string): Promise<AgentKey[]>
  /** The pairs that stand; null while the instance has no key to seal them under. */
  signingKeys(instance: string): Promise<{ key: AgentKey; privateKey: string }[] | null>
}

export interface MonitorPeer {
  windows(request: WindowRequest): Promise<SeriesWindow[]>
}

export interface MemoryPeer extends Pick<ArchivePort, 'put'> {
  /** What an action came to on a service, of what ended after `since` (epoch ms; null: ever). */
  actionRecord(ask: { type: string; target: string; since: Instant | null }): Promise<AutonomyRecord>
}

export interface StagePeer {
  pauseClock(holder: string): Promise<DrillClock>
  resumeClock(holder: string): Promise<DrillClock>
  actionSecret(): Promise<string>
  /** The drill's own sink: nothing of a drill leaves it. */
  notified(message: NotifyMessage): Promise<void>
  fetch(request: Request): Promise<Response>
  /** What goes wrong in this drill on purpose; null: nothing. */
  faults(): Promise<Faults | null>
}

/** The index of all drills, and the directory and the kill switch of the real world. */
const DRILLS = 'drills'
const LIVE = 'live'

export class Peers {
  #env: Env
  readonly namespace: string

  constructor(env: Env, namespace: string) {
    this.#env = env
    this.namespace = namespace
  }

  get drill(): string | null {
    return drillOf(this.namespace)
  }

  directory(): DirectoryPeer {
    return this.#env.DIRECTORY.getByName(this.namespace) as unknown as DirectoryPeer
  }

  /** The kill switch is one, for drills too. */
  switchboard(): DirectoryPeer {
    return this.#env.DIRECTORY.getByName(LIVE) as unknown as DirectoryPeer
  }

  /** Where this room's row is listed: its own directory, and for a drill the index of drills too. */
  indexes(): DirectoryPeer[] {
    const own = this.directory()
    return this.drill === null ? [own] : [own, this.#env.DIRECTORY.getByName(DRILLS) as unknown as DirectoryPeer]
  }

  monitor(service: string): MonitorPeer {
    return this.#env.MONITOR.getByName(`${this.namespace}/${service}`) as unknown as MonitorPeer
  }

  /** The drill's stage; null in the live namespace. */
  stage(): StagePeer | null {
    return this.drill === null ? null : (this.#env.STAGE.getByName(this.drill) as unknown as StagePeer)
  }

  registry(): RegistryPeer {
    return this.#env.REGISTRY.getByName('instance') as unknown as RegistryPeer
  }

  memory(): MemoryPeer {
    return this.#env.MEMORY.getByName(this.drill === null ? LIVE : DRILLS) as unknown as MemoryPeer
  }
}
