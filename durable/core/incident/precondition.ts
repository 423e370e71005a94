import type { Refusal } from '../../protocol/commands.ts'
import type { EventType, RoomEvent } from '../../protocol/events.ts'
import { refuse } from './answer.ts'
import type { State } from './state.ts'

/** How many of the newest changes are remembered, to say what changed; more is a page to read again. */
const TOUCHED_MAX = 20
/** Changes named in one refusal. */
const TOLD_MAX = 5

/**
 * What agents, telemetry and couriers do all the time. Nobody's decision is outdated by it, so it does not count against
 * a precondition: else no order with one would ever pass while the agents work.
 */
const ROUTINE: ReadonlySet<EventType> = new Set([
  'alert-attached',
  'alert-updated',
  'evidence-recorded',
  'agent-started',
  'finding-reported',
  'agent-stopped',
  'vote-cast',
  'clerk-spoke',
  'verification-sampled',
  'incident-archived',
  'paged',
  'escalation-started',
  'escalation-ended',
  'notification-sent',
  'notification-failed',
  'notification-parked',
  'sla-breached',
])

/** Keeps what people decide on; mutates the state. */
export function remember(state: State, { seq, body, by }: RoomEvent): void {
  if (ROUTINE.has(body.type)) return
  state.touched.push({ seq, type: body.type, by: by.name })
  if (state.touched.length > TOUCHED_MAX) state.touched.shift()
}

/** `seq-moved` with what changed, when something that people decide on did after `expectSeq`; null otherwise. */
export function moved(state: State, expectSeq: number | undefined): Refusal | null {
  if (expectSeq === undefined) return null
  if (expectSeq > state.view.seq)
    return refuse('seq-moved', `event ${expectSeq} is not here; the last is ${state.view.seq}`)
  const since = state.touched.filter(({ seq }) => seq > expectSeq)
  if (since.length === 0) return null
  const told = since.slice(0, TOLD_MAX).map(({ seq, type, by }) => `${type} by ${by} (${seq})`)
  const more = since.length > TOLD_MAX ? ` and ${since.length - TOLD_MAX} more` : ''
  return refuse('seq-moved', `after ${expectSeq}: ${told.join(', ')}${more}`)
}
