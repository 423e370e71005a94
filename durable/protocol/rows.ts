import type { Privacy } from './crew.ts'
import type {
  Alert,
  Evidence,
  Finding,
  Hypothesis,
  IncidentState,
  Phase,
  Proposal,
  Severity,
  SourceSeverity,
} from './domain.ts'
import { approveByWall } from './steps.ts'
import { slaClocks, type SlaState } from './sla.ts'
import { type TimelineGap, type View, phaseOf, privacyOf } from './view.ts'

/** An incident as lists show it. Instants are RFC 3339 in REST; the socket speaks epoch milliseconds. */
export interface IncidentRow {
  id: string
  title: string
  state: IncidentState
  phase: Phase
  severity: Severity
  sourceSeverity: SourceSeverity
  severityInferred: boolean
  service: string
  drill: string | null
  proposal: null | { id: string; digest: string; status: Proposal['status'] }
  openedAt: string
  alertsClearSince: string | null
  awaitingHuman: boolean
  seq: number
  /** only where it is private: who sees it beside commanders. */
  private?: NonNullable<Privacy>
  /** the incident it was merged into, or its parent. */
  mergedInto?: string
  parent?: string
}

/** The row of a view that has been opened; throws on an empty one. */
export function incidentRow(view: View): IncidentRow {
  const { head } = view
  if (!head) throw new Error('a room without an incident has no row')
  const last = view.proposals.at(-1) ?? null
  return {
    id: head.id,
    title: head.title,
    state: view.state,
    phase: phaseOf(view),
    severity: view.severity,
    sourceSeverity: head.sourceSeverity,
    severityInferred: head.severityInferred,
    service: head.service,
    drill: head.drill,
    proposal: last && { id: last.id, digest: last.digest, status: last.status },
    openedAt: new Date(head.openedAt).toISOString(),
    alertsClearSince: view.alertsClearSince === null ? null : new Date(view.alertsClearSince).toISOString(),
    awaitingHuman: awaitsHuman(view),
    seq: view.seq,
    ...relationsOf(view),
  }
}

function relationsOf(view: View): Pick<IncidentRow, 'private' | 'mergedInto' | 'parent'> {
  const privacy = privacyOf(view)
  const linked = (relation: string) => view.links.findLast((link) => link.relation === relation)?.incident
  const mergedInto = linked('merged-into')
  const parent = linked('parent')
  return {
    ...(privacy && { private: privacy }),
    ...(mergedInto !== undefined && { mergedInto }),
    ...(parent !== undefined && { parent }),
  }
}

/** Waits for a person: an approval is due, an outcome is unknown, or the question was handed over. */
export function awaitsHuman(view: View): boolean {
  if (view.state === 'closed' || view.state === 'canceled' || view.state === 'merged') return false
  if (
    view.proposals.some((proposal) => proposal.status === 'awaiting-approval' || proposal.status === 'outcome-unknown')
  )
    return true
  if (view.state === 'resolved') return false
  return view.humanAsked !== null || (view.alertsClearSince !== null && view.people.length > 0)
}

/** A proposal as REST shows it: the body's action lifted out, beside everything that judged it. */
export interface ProposalRow {
  id: string
  number: number
  digest: string
  status: Proposal['status']
  reason: string
  action: Proposal['body']['plan']['action']
  plan: Proposal['body']['plan']
  decidedBy: 'system' | 'human'
  cites: string[]
  guard: Proposal['guard']
  gate: Proposal['gate']
  ballot: Proposal['ballot']
  votes: Proposal['votes']
  clerk: Proposal['clerk']
  certificate: Proposal['certificate']
  approvalsNeeded: number
  decisions: Proposal['decisions']
  execution: Proposal['execution']
  verification: Proposal['verification']
  steps?: NonNullable<Proposal['steps']>
  undo?: NonNullable<Proposal['undo']>
  undoWhy?: NonNullable<Proposal['undoWhy']>
  autonomy?: NonNullable<Proposal['autonomy']>
  dryRun?: NonNullable<Proposal['dryRun']>
  /** until when it may be approved. */
  expiresAt: string
}

export function proposalRow(proposal: Proposal): ProposalRow {
  const { plan, decidedBy } = proposal.body
  return {
    id: proposal.id,
    number: proposal.number,
    digest: proposal.digest,
    status: proposal.status,
    reason: proposal.reason,
    action: plan.action,
    plan,
    decidedBy,
    cites: plan.cites,
    guard: proposal.guard,
    gate: proposal.gate,
    ballot: proposal.ballot,
    votes: proposal.votes,
    clerk: proposal.clerk,
    certificate: proposal.certificate,
    approvalsNeeded: proposal.approvalsNeeded,
    decisions: proposal.decisions,
    execution: proposal.execution,
    verification: proposal.verification,
    ...(proposal.steps && { steps: proposal.steps }),
    ...(proposal.undo && { undo: proposal.undo }),
    ...(proposal.undoWhy && { undoWhy: proposal.undoWhy }),
    ...(proposal.autonomy && { autonomy: proposal.autonomy }),
    ...(proposal.dryRun && { dryRun: proposal.dryRun }),
    expiresAt: new Date(approveByWall(proposal.body)).toISOString(),
  }
}

export interface IncidentDetail extends Omit<IncidentRow, 'proposal'> {
  /** the latest proposal in full; earlier ones in `proposals`. */
  proposal: ProposalRow | null
  proposals: ProposalRow[]
  alerts: Alert[]
  alertsBeyond: number
  evidence: (Omit<Evidence, 'at'> & { at: string })[]
  findings: Finding[]
  hypotheses: Hypothesis[]
  gaps: TimelineGap[]
  notes: View['notes']
  crew: View['crew']
  tasks: View['tasks']
  fields: View['fields']
  links: View['links']
  moving: View['moving']
  paging: View['paging']
  pages: View['pages']
  notifications: View['notifications']
  sla: SlaState[]
  breaches: View['breaches']
  humanAsked: View['humanAsked']
  escalated: View['escalated']
  killSwitch: boolean
  stops: View['stops']
  dryRun: View['dryRun']
  catalogue: string
  policy: string
  chainHead: string
}

export function incidentDetail(view: View): IncidentDetail {
  return {
    ...incidentRow(view),
    proposal: view.proposals.length === 0 ? null : proposalRow(view.proposals.at(-1) as Proposal),
    proposals: view.proposals.map(proposalRow),
    alerts: Object.values(view.alerts),
    alertsBeyond: view.alertsBeyond,
    evidence: Object.values(view.evidence).map((item) => ({ ...item, at: new Date(item.at).toISOString() })),
    findings: Object.values(view.findings),
    hypotheses: view.hypotheses,
    gaps: view.gaps,
    notes: view.notes,
    crew: view.crew,
    tasks: view.tasks,
    fields: view.fields,
    links: view.links,
    moving: view.moving,
    paging: view.paging,
    pages: view.pages,
    notifications: view.notifications,
    sla: slaClocks(view),
    breaches: view.breaches,
    humanAsked: view.humanAsked,
    escalated: view.escalated,
    killSwitch: view.killSwitch,
    stops: view.stops,
    dryRun: view.dryRun,
    catalogue: view.catalogue?.version ?? '',
    policy: view.policy,
    chainHead: view.hash,
  }
}
