import type { Command, Refusal, RefusalReason } from '../../protocol/commands.ts'
import type { Actor } from '../../protocol/domain.ts'
import type { Decided, EventBody } from '../../protocol/events.ts'

export const SYSTEM: Actor = { kind: 'system', name: 'room' }

/** A refusal as a value; `detail` is a sentence for whoever asked. */
export function refuse(refused: RefusalReason, detail: string): Refusal {
  return { refused, detail }
}

export function isRefusal(answer: Decided[] | Refusal): answer is Refusal {
  return !Array.isArray(answer)
}

/** Events said by whoever sent the command. */
export function said(command: Command, ...bodies: EventBody[]): Decided[] {
  return bodies.map((body) => ({ at: command.at, by: command.by, body }))
}

/** Events the room adds by its own rules. */
export function added(command: Command, ...bodies: EventBody[]): Decided[] {
  return bodies.map((body) => ({ at: command.at, by: SYSTEM, body }))
}
