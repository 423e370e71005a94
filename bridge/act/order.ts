import { isUndoKey } from '../../durable/protocol/action-request.ts'
import { canonical } from '../../durable/protocol/canonical.ts'
import type { Action } from '../../durable/protocol/domain.ts'
import type { ActionOrder } from '../../durable/protocol/ports.ts'

/** Of a body that a dry run shows, in UTF-16 units: it stands in the log, and the proposal is there whole. */
const SHOWN_CHARS_MAX = 4_000

/** What an order asks for: the plan's action, or its rollback under the key of an undo. Null: there is none to roll back to. */
export function askedOf({ key, body, undo }: Pick<ActionOrder, 'key' | 'body' | 'undo'>): Action | null {
  return undo || isUndoKey(key) ? body.plan.rollback : body.plan.action
}

/** An action in words: `scale-out on checkout (instances 1)`. */
export function actionText({ type, target, parameters }: Action): string {
  const settings = Object.entries(parameters).map(([name, value]) => `${name} ${value}`)
  return `${type} on ${target}${settings.length === 0 ? '' : ` (${settings.join(', ')})`}`
}

/** A request's body as a dry run shows it. */
export function shownBody(value: unknown): string {
  const text = typeof value === 'string' ? value : canonical(value)
  return text.length <= SHOWN_CHARS_MAX ? text : `${text.slice(0, SHOWN_CHARS_MAX)}…`
}
