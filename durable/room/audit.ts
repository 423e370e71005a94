import type { AuditNote } from '../protocol/access.ts'
import { drillOf } from '../protocol/namespace.ts'
import type { OrderAnswer, PersonOrder } from '../protocol/objects.ts'

type Answer = { ok: true } | { ok: false; reason: Extract<OrderAnswer, { ok: false }>['reason'] }

interface Registry {
  note(note: AuditNote): Promise<void>
}

/** The registry of this instance, by name. */
const INSTANCE = 'instance'
/** An order stands in this room's own chained log; a copy of it that cannot be written is tried so often, then logged. */
const TRIES = 3

/**
 * The line of audit for what a person ordered over a socket; over HTTP the Worker writes it. Null for drills, as
 * everywhere, and for notes, which change nothing but the timeline that shows them.
 */
export function lineOf(order: PersonOrder, answer: Answer, place: { id: string; namespace: string }): AuditNote | null {
  if (drillOf(place.namespace) !== null || order.command.type === 'add-note') return null
  return {
    who: order.name,
    role: order.role,
    via: 'socket',
    action: `socket ${order.command.type}`,
    subject: `/api/v1/incidents/${place.id}`,
    outcome: answer.ok ? 'ok' : 'refused',
    code: answer.ok ? '' : answer.reason,
    requestId: order.cmd,
    more: 0,
  }
}

/** Writes the line. Never throws. */
export async function writeLine(env: Env, line: AuditNote): Promise<void> {
  for (let tries = 1; tries <= TRIES; tries += 1) {
    try {
      const registry = env.REGISTRY.getByName(INSTANCE) as unknown as Registry
      return await registry.note(line)
    } catch (error) {
      if (tries === TRIES) console.error(JSON.stringify({ audit: 'not-written', line, error: String(error) }))
    }
  }
}
