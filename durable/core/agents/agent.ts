import type {
  ActionRecord,
  Alert,
  Catalogue,
  Evidence,
  FindingDetail,
  FindingDraft,
  IncidentHead,
  Instant,
  ProposalBody,
  VoteDraft,
} from '../../protocol/domain.ts'
import type { View } from '../../protocol/view.ts'

/**
 * All that an agent may look at when it judges for itself: what was observed and what is catalogued, never what other
 * agents said or how others voted.
 */
export interface Situation {
  head: IncidentHead
  catalogue: Catalogue
  alerts: Alert[]
  /** in order of id. */
  evidence: Evidence[]
  record: ActionRecord[]
  at: Instant
}

/** An agent that judges the evidence for itself: Detection, Diagnosis, Prediction. */
export type Judge<D extends FindingDetail> = (situation: Situation) => FindingDraft<D>

/** Resolution reads the situation and the hypotheses; Communication words the whole view. */
export type Resolver = (
  situation: Situation,
  hypotheses: Extract<FindingDetail, { agent: 'diagnosis' }>['hypotheses'],
) => FindingDraft<Extract<FindingDetail, { agent: 'resolution' }>>
export type Writer = (view: View, at: Instant) => FindingDraft<Extract<FindingDetail, { agent: 'communication' }>>

/** One voter's own check of one proposal, from its own evidence and method. It never receives the other votes. */
export type Voter = (situation: Situation, proposal: ProposalBody) => VoteDraft

/** The clerk's word on a proposal: who is affected, who must be told, is the owner reachable. */
export interface ClerkDraft {
  affected: string[]
  inform: string[]
  ownerReachable: boolean | null
  extraApprovals: 0 | 1
  reason: string
}
export type Clerk = (situation: Situation, proposal: ProposalBody) => ClerkDraft

/** What a view lets agents see. Throws on a room that was not opened. */
export function situationOf(view: View, at: Instant): Situation {
  if (!view.head || !view.catalogue) throw new Error('no situation before an incident is open')
  return {
    head: view.head,
    catalogue: view.catalogue,
    alerts: Object.values(view.alerts),
    evidence: Object.values(view.evidence),
    record: view.record,
    at,
  }
}
