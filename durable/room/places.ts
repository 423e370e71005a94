import { createBridge } from '../../bridge/bridge.ts'
import { type Way, wayTo } from '../../bridge/way.ts'
import { assert } from '../core/assert.ts'
import type { RoomCommand } from '../protocol/commands.ts'
import type { DrillClock, Instant } from '../protocol/domain.ts'
import { PEER_ANSWERS_MS } from './gather.ts'
import { type Kernel, SYSTEM } from './kernel.ts'
import { eventsAfter } from './log.ts'
import type { Peers, StagePeer } from './peers.ts'
import type { FaultDoor, Place } from './place.ts'
import type { Pen, Signer } from './signer.ts'
import { within } from './within.ts'

/** The opened room as a place to perform effects in. In a drill the bridge's transport and key are the stage's, by construction. */
export function placeOf(
  kernel: Kernel,
  sql: SqlStorage,
  peers: Peers,
  env: Env,
  wall: Instant,
  setClock: (clock: DrillClock) => void,
  signer: Signer,
): Omit<Place, 'claim'> {
  const { view } = kernel.state
  const { head, catalogue } = view
  const bindings = env as unknown as Record<string, unknown>
  const local = env.IC_MODE === 'development'
  assert(head && catalogue, 'effects are performed in an opened room')
  return {
    view,
    head,
    catalogue,
    clock: kernel.clock,
    at: kernel.now(wall),
    wall,
    peers,
    events: () => eventsAfter(sql, 0),
    setClock,
    pen: async (agent) => {
      const pen = await signer.penOf(agent, head.instance, () => peers.registry())
      if (typeof pen !== 'string') learn(kernel, pen)
      return pen
    },
    faults: () => doorOf(kernel, peers),
    bridge: async () => {
      const stage = peers.stage()
      return createBridge({
        fetch: (request) => (stage ? stage.fetch(request) : fetch(request)),
        way: (endpoint) => (stage ? staged(stage) : wayTo(endpoint, { bindings, local })),
        archiveStore: peers.memory(),
        endpoints: catalogue.endpoints,
        secretNamed: (name) => peers.registry().secretNamed(name, 'notify'),
        tokenNamed: (name) => peers.registry().secretNamed(name, 'act'),
        sink: stage ? (message) => stage.notified(message) : null,
        loopback: local,
        actionSecret: stage ? await within(PEER_ANSWERS_MS, stage.actionSecret()) : (env.IC_ACTION_SECRET ?? null),
      })
    },
  }
}

/** The drill's faults, as its stage holds them. A live room has no stage, and so no door that anything could come in by. */
async function doorOf(kernel: Kernel, peers: Peers): Promise<FaultDoor | null> {
  const stage = peers.stage()
  const faults = stage && (await within(PEER_ANSWERS_MS, stage.faults()))
  if (!faults) return null
  return {
    faults,
    say: (by, body) => void kernel.submit({ id: null, by, role: null, body, settles: null }, Date.now()),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  }
}

/** A key that the instance made since this room opened, or that could not be read then, goes on record before it signs. */
function learn(kernel: Kernel, { key }: Pen): void {
  if (kernel.state.view.keys.some(({ id }) => id === key.id)) return
  const body: RoomCommand = { type: 'record-keys', keys: [key] }
  kernel.submit({ id: null, by: SYSTEM, role: null, body, settles: null }, Date.now())
}

/** In a drill every address leads to the stage, whatever it says. */
function staged(stage: StagePeer): Way {
  return { ok: true, by: 'binding', fetch: (input, init) => stage.fetch(new Request(input, init)) }
}
