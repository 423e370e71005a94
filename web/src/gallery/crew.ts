import type { Actor } from '../../../durable/protocol/domain.ts'
import type { EventBody } from '../../../durable/protocol/events.ts'
import type { Said } from './log.ts'
import { ALERT, T0 } from './world.ts'

const SYSTEM: Actor = { kind: 'system', name: 'room' }
const ADA: Actor = { kind: 'person', name: 'ada' }

const at = (s: number, by: Actor, body: EventBody): Said => ({ s, by, body })
const ALERT_ID = { source: ALERT.source, fingerprint: ALERT.fingerprint }

/** Two steps: who is on call first, then a channel of everybody. */
export const POLICY = {
  name: 'payments',
  services: ['*'],
  steps: [
    { to: [{ rotation: 'payments-first' }], waitMs: 300_000 },
    { to: [{ target: 'ops-channel' }], waitMs: 600_000 },
  ],
  repeat: 1,
  ackTimeoutMs: 900_000,
}

/** People are called and nobody has answered yet. */
export function calling(): Said[] {
  const receipt = { page: 'P-01', to: 0, attempt: 1, target: 'pager', person: 'eve' }
  return [
    at(1, SYSTEM, { type: 'escalation-started', policy: 'payments', reason: 'opened' }),
    at(1, SYSTEM, {
      type: 'paged',
      waitMs: 300_000,
      page: {
        id: 'P-01',
        reason: 'opened',
        policy: 'payments',
        round: 0,
        step: 0,
        to: [{ rotation: 'payments-first' }, { target: 'ops-channel' }],
        at: T0 + 1_000,
      },
    }),
    at(3, SYSTEM, {
      type: 'notification-failed',
      ...receipt,
      reason: 'status-503',
      waitMs: 5_000,
      retryWall: T0 + 8_000,
    }),
    at(9, SYSTEM, { type: 'notification-sent', ...receipt, attempt: 2, detail: '202 accepted' }),
    at(9, SYSTEM, {
      type: 'notification-parked',
      ...receipt,
      to: 1,
      target: 'ops-channel',
      person: null,
      reason: 'target-gone',
    }),
  ]
}

/** What people keep in an incident: roles with a hand-over, tasks, fields, who may see it, relations. */
export function crewed(): Said[] {
  return [
    at(40, ADA, { type: 'role-assigned', role: 'incident-commander', person: 'ada', from: null, reason: '' }),
    at(41, ADA, { type: 'role-assigned', role: 'scribe', person: 'bob', from: null, reason: '' }),
    at(60, ADA, {
      type: 'role-assigned',
      role: 'incident-commander',
      person: 'eve',
      from: 'ada',
      reason: 'end of my shift',
    }),
    at(61, ADA, { type: 'role-released', role: 'scribe', person: 'bob', reason: 'needed elsewhere' }),
    at(62, ADA, {
      type: 'task-added',
      task: {
        id: 'T-01',
        kind: 'task',
        text: 'Ask the bank whether payments are held',
        owner: 'eve',
        dueWall: T0 + 1_800_000,
        state: 'open',
        by: 'ada',
        at: T0 + 62_000,
      },
    }),
    at(63, ADA, {
      type: 'task-added',
      task: {
        id: 'T-02',
        kind: 'action-item',
        text: 'Alert on the pool before it is full',
        owner: null,
        dueWall: null,
        state: 'open',
        by: 'ada',
        at: T0 + 63_000,
      },
    }),
    at(64, ADA, { type: 'task-changed', task: 'T-02', change: { state: 'done' } }),
    at(65, ADA, { type: 'field-set', name: 'customer', value: 'all of the south', was: null }),
    at(66, ADA, { type: 'privacy-set', private: true, reason: 'names of customers' }),
    at(67, ADA, { type: 'access-set', person: 'bob', allowed: true }),
    at(68, ADA, { type: 'severity-set', from: 'SEV-2', to: 'SEV-1', reason: 'payments stand still' }),
    at(69, SYSTEM, { type: 'incident-linked', relation: 'parent', incident: 'inc_parentincide' }),
    at(70, SYSTEM, { type: 'incident-linked', relation: 'child', incident: 'inc_childinciden' }),
    at(71, SYSTEM, {
      type: 'incident-unlinked',
      relation: 'child',
      incident: 'inc_childinciden',
      reason: 'another cause',
    }),
    at(72, SYSTEM, {
      type: 'sla-breached',
      breach: { clock: 'acknowledge', severity: 'SEV-1', due: T0 + 70_000, at: T0 + 72_000 },
    }),
    at(73, SYSTEM, { type: 'incident-unacknowledged', reason: 'ack-timeout' }),
    at(74, SYSTEM, { type: 'escalation-ended', reason: 'exhausted' }),
  ]
}

/** Alerts on their way between incidents, refused and done. */
export function moved(): Said[] {
  return [
    at(80, ADA, { type: 'split-requested', alerts: [ALERT_ID], title: 'Search is slow', reason: 'another cause' }),
    at(81, SYSTEM, { type: 'move-refused', kind: 'split', reason: 'nothing-to-move' }),
    at(82, ADA, { type: 'merge-requested', into: 'inc_otherincident', reason: 'the same pool' }),
    at(83, SYSTEM, { type: 'alerts-detached', alerts: [ALERT_ID], to: 'inc_otherincident', why: 'split' }),
    at(84, SYSTEM, { type: 'incident-merged', into: 'inc_otherincident', reason: 'the same pool' }),
    at(85, ADA, { type: 'unmerge-requested', from: 'inc_otherincident', reason: 'two pools after all' }),
    at(86, SYSTEM, { type: 'incident-unmerged', from: 'inc_otherincident', reason: 'two pools after all' }),
    at(87, ADA, { type: 'incident-canceled', reason: 'the probe was wrong' }),
  ]
}

/** A storm as one incident sees it: hundreds of alerts of many services, and a log of thousands. */
export function flood(alerts: number, events: number): Said[] {
  const services = ['checkout', 'db-proxy', 'orders-db', 'search-api', 'storefront', 'order-history', 'identity']
  const source: Actor = { kind: 'source', name: 'prometheus' }
  const attached = Array.from({ length: alerts }, (_, i): Said => {
    const service = services[i % services.length] ?? 'checkout'
    const alert = {
      ...ALERT,
      fingerprint: i.toString(16).padStart(16, '0'),
      service,
      title: `Latency of ${service} instance ${i} above 800 ms`,
      status: i % 9 === 8 ? ('resolved' as const) : ('firing' as const),
      startsAt: T0 + i * 100,
    }
    return at(1 + i / 10, source, {
      type: 'alert-attached',
      alert,
      reason: 'topology-neighbour',
      matched: 'checkout calls db-proxy',
    })
  })
  const more = Array.from(
    { length: Math.max(0, events - alerts) },
    (_, i): Said =>
      at(60 + i, ADA, {
        type: 'note-added',
        note: { id: `N-${i}`, by: 'ada', text: `instance ${i} looked at`, at: T0 + (60 + i) * 1_000 },
      }),
  )
  return [...attached, ...more]
}
