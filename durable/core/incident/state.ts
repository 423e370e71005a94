import type { Alert, Evidence, EvidenceDraft } from '../../protocol/domain.ts'
import { alertKey, emptyView, type View } from '../../protocol/view.ts'

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
  /** consecutive readings, for ending a verification early. */
  streak: { recovered: number; worse: number; rounds: number }
  /** when the room last resolved, in room time; a firing alert within the limit reopens it. */
  resolvedAt: number | null
}

/** The state before the first event. */
export function initialState(): State {
  return {
    view: emptyView(),
    evidenceIds: {},
    findings: 0,
    levels: {},
    streak: { recovered: 0, worse: 0, rounds: 0 },
    resolvedAt: null,
  }
}

/** What makes two observations the same thing: a series, an alert, a change, a path. */
export function evidenceKey(item: Evidence | EvidenceDraft): string {
  const { data } = item
  switch (data.kind) {
    case 'metric':
    case 'edge':
      return `series/${data.series.source}/${data.series.service}/${data.series.name}/${data.series.peer ?? ''}`
    case 'alert':
      return `alert/${alertKey({ source: item.source, fingerprint: data.fingerprint })}`
    case 'change':
      return `change/${data.change.source}/${data.change.id}`
    case 'log':
      return `log/${item.source}/${item.service ?? ''}/${data.template}`
    case 'past-incident':
      return `past/${data.incident}`
    case 'note':
      return `note/${data.note}`
    case 'topology':
      return `topology/${data.path.join('>')}`
    default:
      return data satisfies never
  }
}
