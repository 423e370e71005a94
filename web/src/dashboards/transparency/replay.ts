import type { Instant, Phase } from '../../../../durable/protocol/domain.ts'
import type { RoomEvent } from '../../../../durable/protocol/events.ts'
import { upgrade } from '../../../../durable/protocol/upgrade.ts'
import { type View, emptyView, phaseOf, project } from '../../../../durable/protocol/view.ts'

/** Events between two kept views: to show any moment at most this many are folded. */
export const CHECKPOINT_EVENTS = 200

/** A stretch of the agents' work: from this event on, until the next stretch begins. */
export interface Stretch {
  phase: Phase
  seq: number
  at: Instant
}

/** Something that people look for on the way. */
export interface Mark {
  seq: number
  at: Instant
  word: string
  tone: 'plain' | 'well' | 'harm' | 'doubt'
}

export interface Replay {
  readonly events: readonly RoomEvent[]
  readonly stretches: readonly Stretch[]
  readonly marks: readonly Mark[]
  /** the view as it was after that event; a seq outside of the log is the nearest one inside. */
  viewAt(seq: number): View
}

/** A log that cannot be folded, and where. */
export class UnreadableEvent extends Error {
  readonly seq: number

  constructor(seq: number, cause: unknown) {
    super(`event ${seq} cannot be folded`, { cause })
    this.seq = seq
  }
}

/**
 * Folds a gapless log once, keeping the view after each CHECKPOINT_EVENTS events; throws `UnreadableEvent` where the fold
 * does. The views it gives are the caller's to read, not to change.
 */
export function replayOf(events: readonly RoomEvent[]): Replay {
  const checkpoints: View[] = [emptyView()]
  const stretches: Stretch[] = []
  const marks: Mark[] = []
  const view = emptyView()
  for (const event of events) {
    fold(view, event)
    const phase = phaseOf(view)
    if (stretches.at(-1)?.phase !== phase) begin(stretches, { phase, seq: event.seq, at: event.at })
    const mark = markOf(event)
    if (mark) marks.push({ seq: event.seq, at: event.at, ...mark })
    if (event.seq % CHECKPOINT_EVENTS === 0) checkpoints.push(copyOf(view))
  }
  const last = Math.max(1, events.length)
  return {
    events,
    stretches,
    marks,
    viewAt(seq) {
      const at = Math.min(last, Math.max(1, seq))
      const from = Math.floor(at / CHECKPOINT_EVENTS)
      const asked = copyOf(checkpoints[from] ?? emptyView())
      for (const event of events.slice(from * CHECKPOINT_EVENTS, at)) fold(asked, event)
      return asked
    },
  }
}

/** A phase that took no time (between "recovered" and "mitigated" say) was none. */
function begin(stretches: Stretch[], next: Stretch): void {
  if (stretches.at(-1)?.at === next.at) stretches.pop()
  if (stretches.at(-1)?.phase !== next.phase) stretches.push(next)
}

function fold(view: View, event: RoomEvent): void {
  try {
    project(view, upgrade(event))
  } catch (cause) {
    throw new UnreadableEvent(event.seq, cause)
  }
}

/**
 * A view that can be folded on without changing this one. What the fold replaces but never writes into (evidence with its
 * samples, alerts, findings, the catalogue) is shared: it is nearly all of the weight.
 */
function copyOf(view: View): View {
  const { head, catalogue, evidence, alerts, findings, hypotheses, ...rest } = view
  return {
    ...structuredClone(rest),
    head,
    catalogue,
    hypotheses,
    evidence: { ...evidence },
    alerts: { ...alerts },
    findings: { ...findings },
  }
}

function markOf({ body }: RoomEvent): Pick<Mark, 'word' | 'tone'> | null {
  switch (body.type) {
    case 'incident-acknowledged':
      return { word: 'acknowledged', tone: 'plain' }
    case 'ballot-closed':
      return body.outcome === 'carried' ? { word: 'quorum', tone: 'well' } : { word: 'not carried', tone: 'doubt' }
    case 'decision-recorded': {
      const { kind } = body.decision
      return { word: kind === 'approve' ? 'approved' : kind.replaceAll('-', ' '), tone: 'plain' }
    }
    case 'execution-started':
      return { word: 'action', tone: 'plain' }
    case 'verification-ended':
      return body.end === 'recovered' ? { word: 'verified', tone: 'well' } : { word: body.end, tone: 'harm' }
    case 'incident-mitigated':
      return { word: 'mitigated', tone: 'well' }
    case 'incident-resolved':
      return { word: 'resolved', tone: 'well' }
    case 'incident-reopened':
      return { word: 'reopened', tone: 'harm' }
    case 'incident-canceled':
      return { word: 'canceled', tone: 'plain' }
    case 'incident-closed':
      return { word: 'closed', tone: 'plain' }
    default:
      return null
  }
}
