import type { PersonCommand } from '../../../durable/protocol/commands.ts'
import type { Catalogue } from '../../../durable/protocol/domain.ts'
import type { EscalationPolicy } from '../../../durable/protocol/oncall.ts'
import { RAY, type Room, type Who, opened } from './room.ts'
import { CATALOGUE } from './shop.ts'

export const reason = 'said why'
export const OTHER = 'inc_other1'

export function said(room: Room, body: PersonCommand, who: Who = RAY): Room {
  room.say(body, who)
  return room
}

/** A room in each state that people can bring it to. */
type StateName = 'triggered' | 'acknowledged' | 'mitigated' | 'resolved' | 'closed' | 'canceled' | 'merged'
export const AT: Record<StateName, () => Room> = {
  triggered: () => opened(),
  acknowledged: () => said(opened(), { type: 'acknowledge' }),
  mitigated: () => said(opened(), { type: 'mitigate', reason }),
  resolved: () => said(opened(), { type: 'resolve', reason }),
  closed: () => said(AT.resolved(), { type: 'close', reason }),
  canceled: () => said(opened(), { type: 'cancel', reason }),
  merged: () => merged(),
}

export function answered(room: Room, outcome: Parameters<typeof moveAnswer>[1]): Room {
  moveAnswer(room, outcome)
  return room
}

function moveAnswer(
  room: Room,
  outcome: Extract<Parameters<Room['say']>[0], { type: 'record-move' }>['outcome'],
): void {
  room.say({ type: 'record-move', seq: room.state.view.moving?.seq ?? 0, outcome })
}

export function merged(room = opened()): Room {
  said(room, { type: 'merge', into: OTHER, reason })
  return answered(room, { ok: true, incident: OTHER, alerts: [] })
}

/** First line for a minute, then the leads for two, twice over; nobody for less than SEV-3. */
export const POLICY: EscalationPolicy = {
  name: 'shop',
  services: ['*'],
  severity: 'SEV-3',
  steps: [
    { to: [{ rotation: 'first-line' }], waitMs: 60_000 },
    { to: [{ target: 'leads' }, { rotation: 'first-line' }], waitMs: 120_000 },
  ],
  repeat: 1,
  ackTimeoutMs: 600_000,
}

export const ON_CALL: Catalogue = {
  ...CATALOGUE,
  targets: [
    { name: 'pager', kind: 'webhook', url: 'https://pager.shop.net/hook', secret: 'pager' },
    { name: 'leads', kind: 'webhook', url: 'https://leads.shop.net/hook', secret: 'leads' },
  ],
  rotations: [
    {
      name: 'first-line',
      zone: 'Europe/Berlin',
      people: ['ann', 'bob'],
      startsOn: '2026-01-05',
      handover: '09:00',
      target: 'pager',
    },
  ],
  escalation: [POLICY],
  sla: [
    { severity: 'SEV-2', ackMs: 300_000, resolveMs: 3_600_000 },
    { severity: 'SEV-1', ackMs: 60_000, resolveMs: 1_800_000 },
  ],
}

export const onCall = (policy: Partial<EscalationPolicy> = {}): Room =>
  opened({ catalogue: { ...ON_CALL, escalation: [{ ...POLICY, ...policy }] } })

/** Lets time pass and rings the alarm for whatever is due by then, one timer after the other. */
export function wait(room: Room, ms: number): Room {
  room.pass(ms)
  for (let rings = 0; rings < 20; rings += 1)
    if ('refused' in room.ask({ type: 'tick' })) break
    else room.tick()
  return room
}

export const pageReasons = (room: Room): string[] => room.state.view.pages.map((page) => page.reason)
