import { canonical } from '../../protocol/canonical.ts'
import type { Alert, Evidence, EvidenceDraft, Instant } from '../../protocol/domain.ts'
import type { EventType } from '../../protocol/events.ts'
import { emptyView, type View } from '../../protocol/view.ts'

/** As much of an alert as tells whether a delivery says anything new. */
export type AlertLevel = Pick<Alert, 'status' | 'startsAt' | 'endsAt' | 'severity'>

/** What the room folds from its events: the view that everybody sees, and the little it must remember beside it. */
export interface State {
  view: View
  /** identity of an observed thing -> evidence id, so that a later look at it keeps its id. */
  evidenceIds: Record<string, string>
  findings: number
  /** the level of every alert that was ever attached, also of those that the view only counts. */
  levels: Record<string, AlertLevel>
  /**
   * Consecutive readings, for ending a verification early; `sampleAt` is the newest sample that counted, so that one
   * sample read three times is one.
   */
  streak: { recovered: number; worse: number; rounds: number; sampleAt: Instant | null; readAt: Instant | null }
  /** when the room last resolved, in room time; a firing alert within the limit reopens it. */
  resolvedAt: number | null
  /** the newest events that people decide on, so that whoever decided on an older state is told what changed. */
  touched: { seq: number; type: EventType; by: string }[]
}

/** Before the first reading of a verification. */
export const NO_STREAK: State['streak'] = { recovered: 0, worse: 0, rounds: 0, sampleAt: null, readAt: null }

/** The states in which an incident is worked on. */
export function isLively(view: View): boolean {
  return view.state === 'triggered' || view.state === 'acknowledged' || view.state === 'mitigated'
}

/** Alerts that began to fire after the incident was mitigated: they say that it is not over. */
export function firingSinceMitigated(view: View): number {
  const { mitigated } = view.times
  if (view.state !== 'mitigated' || mitigated === null) return 0
  return Object.values(view.alerts).filter(({ status, startsAt }) => status === 'firing' && startsAt > mitigated).length
}

/** It is over for good unless somebody takes that back. */
export function isOver(view: View): boolean {
  return view.state === 'closed' || view.state === 'canceled' || view.state === 'merged'
}

/** The state before the first event. */
export function initialState(): State {
  return {
    view: emptyView(),
    evidenceIds: {},
    findings: 0,
    levels: {},
    streak: { ...NO_STREAK },
    resolvedAt: null,
    touched: [],
  }
}

/** What makes two observations the same thing: a series, an alert, a change, a path. */
export function evidenceKey(item: Evidence | EvidenceDraft): string {
  // Canonical JSON, not joined text: a name with a separator in it must not pass for another thing.
  return canonical(identityOf(item))
}

function identityOf(item: Evidence | EvidenceDraft): (string | null)[] {
  const { data } = item
  switch (data.kind) {
    case 'metric':
    case 'edge':
      return ['series', data.series.source, data.series.service, data.series.name, data.series.peer]
    case 'alert':
      return ['alert', item.source, data.fingerprint]
    case 'change':
      return ['change', data.change.source, data.change.id]
    case 'log':
      return ['log', item.source, item.service, data.template]
    case 'past-incident':
      return ['past-incident', data.incident]
    case 'note':
      return ['note', data.note]
    case 'topology':
      return ['topology', ...data.path]
    default:
      return data satisfies never
  }
}
