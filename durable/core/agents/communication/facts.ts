import type { ChangePoint, Hypothesis, Instant, Proposal } from '../../../protocol/domain.ts'
import { firingAlerts, openProposal, type View } from '../../../protocol/view.ts'

/** What the sentences are made of: read from the view, worded by `responders.ts` and `executives.ts`. */
export interface Facts {
  view: View
  at: Instant
  /** the service people feel it at, and its title in the catalogue. */
  service: string
  title: string
  firing: number
  /** first alert, else the opening. */
  since: Instant
  /** the symptom's own largest change, as Detection found it, with the evidence behind it. */
  symptom: ChangePoint | null
  unit: string
  top: Hypothesis | null
  /** still going somewhere. */
  open: Proposal | null
  /** the last one that ended. */
  ended: Proposal | null
}

export function factsOf(view: View, at: Instant): Facts {
  const service = view.head?.service ?? 'an unknown service'
  const detection = view.findings.detection?.detail
  const changes = detection?.agent === 'detection' ? detection.changes : []
  const felt = changes
    .filter((change) => change.service === service && change.peer === null && change.direction === 'up')
    .filter((change) => change.role === 'errors' || change.role === 'latency')
    // Errors are felt more than waiting, whatever their size in sigmas.
    .sort((a, b) => Number(b.role === 'errors') - Number(a.role === 'errors') || b.sizeSigma - a.sizeSigma)
  const symptom = felt[0] ?? null
  const item = symptom ? view.evidence[symptom.evidence] : undefined
  const starts = Object.values(view.alerts).map((alert) => alert.startsAt)
  const open = openProposal(view)
  return {
    view,
    at,
    service,
    title: view.catalogue?.services.find((candidate) => candidate.id === service)?.title ?? service,
    firing: firingAlerts(view),
    since: Math.min(view.head?.openedAt ?? at, ...starts),
    symptom,
    unit: item?.data.kind === 'metric' ? item.data.series.unit : '',
    top: view.hypotheses.find(({ verdict }) => verdict !== 'RULED_OUT') ?? null,
    open,
    ended: view.proposals.findLast((proposal) => proposal !== open) ?? null,
  }
}

/** True once nobody waits for the incident any more. */
export function isOver(view: View): boolean {
  return ['resolved', 'closed', 'canceled', 'merged'].includes(view.state)
}
