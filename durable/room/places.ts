import { createBridge } from '../../bridge/bridge.ts'
import { assert } from '../core/assert.ts'
import type { DrillClock, Instant } from '../protocol/domain.ts'
import { PEER_ANSWERS_MS } from './gather.ts'
import type { Kernel } from './kernel.ts'
import { eventsAfter } from './log.ts'
import type { Peers } from './peers.ts'
import type { Place } from './place.ts'
import { within } from './within.ts'

/** The opened room as a place to perform effects in. In a drill the bridge's transport and key are the stage's, by construction. */
export function placeOf(
  kernel: Kernel,
  sql: SqlStorage,
  peers: Peers,
  env: Env,
  wall: Instant,
  setClock: (clock: DrillClock) => void,
): Omit<Place, 'claim'> {
  const { view } = kernel.state
  const { head, catalogue } = view
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
    bridge: async () => {
      const stage = peers.stage()
      return createBridge({
        fetch: (request) => (stage ? stage.fetch(request) : fetch(request)),
        archiveStore: peers.memory(),
        endpoints: catalogue.endpoints,
        secretNamed: (name) => peers.registry().secretNamed(name, 'notify'),
        sink: stage ? (message) => stage.notified(message) : null,
        loopback: env.IC_MODE === 'development',
        actionSecret: stage ? await within(PEER_ANSWERS_MS, stage.actionSecret()) : (env.IC_ACTION_SECRET ?? null),
      })
    },
  }
}
