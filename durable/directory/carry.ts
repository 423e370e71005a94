import { LIVE } from '../protocol/namespace.ts'
import { POLICY_VERSION } from '../protocol/version.ts'
import { readDryRun, readStops } from './controls.ts'
import type { Desk } from './desk.ts'
import type { Batch } from './outbox.ts'
import { DRILLS, type Peers } from './peers.ts'

/** How a call ended. A throw is not among these: it is tried again. */
export type Carried = 'heard' | 'room-is-over' | { refused: string }

/** Answers of a room that mean: it knows this already. */
const KNOWN_ALREADY: readonly string[] = ['already-open', 'nothing-changed']

/** One call for one batch. Harmless when repeated: openings and batches have ids, switches and clocks are levels. */
export async function carry(desk: Desk, peers: Peers, batch: Batch): Promise<Carried> {
  const first = batch.messages[0]
  if (!first) return 'heard'
  switch (first.kind) {
    case 'open': {
      const { killSwitch, services } = desk.namespace === LIVE ? readStops(desk) : await peers.live().stops()
      const dryRun = readDryRun(desk.sql)
      return heard(
        await peers.room(batch.target).open({
          type: 'open',
          head: first.head,
          catalogue: desk.catalogue(),
          policy: POLICY_VERSION,
          killSwitch: killSwitch.on,
          ...(Object.keys(services).length > 0 && { stopped: services }),
          ...(dryRun.on && { dryRun: dryRun.reason }),
          alerts: first.alerts,
          clock: desk.clock(),
        }),
      )
    }
    case 'alerts': {
      const alerts = batch.messages.flatMap((message) => (message.kind === 'alerts' ? message.alerts : []))
      const answer = heard(await peers.room(batch.target).deliver({ id: batch.id, alerts }))
      return typeof answer === 'object' && answer.refused === 'not-open' ? 'room-is-over' : answer
    }
    case 'kill-switch':
      if (batch.target === DRILLS) await peers.drills().relayKillSwitch(first.set)
      else await peers.room(batch.target).setKillSwitch(first.set)
      return 'heard'
    case 'service-switch':
      if (batch.target === DRILLS) await peers.drills().relayServiceSwitch(first.set)
      else await peers.room(batch.target).setServiceSwitch(first.set)
      return 'heard'
    case 'dry-run':
      await peers.room(batch.target).setDryRun(first.set)
      return 'heard'
    case 'clock':
      await peers.room(batch.target).setClock(first.clock)
      return 'heard'
    case 'link': {
      const { relation, incident, linked, reason } = first
      await peers.room(batch.target).link({ relation, incident, linked, reason })
      return 'heard'
    }
    case 'detach':
      await peers.room(batch.target).detach({ alerts: first.alerts, to: first.to })
      return 'heard'
    default:
      return first satisfies never
  }
}

function heard(answer: { ok: true } | { ok: false; reason: string }): Carried {
  return answer.ok || KNOWN_ALREADY.includes(answer.reason) ? 'heard' : { refused: answer.reason }
}
