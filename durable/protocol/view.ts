import type { CrewMember, Link, Moving, Privacy, Task } from './crew.ts'
import type {
  ActionRecord,
  AgentKey,
  AgentName,
  AgentSeat,
  Alert,
  Catalogue,
  Evidence,
  Finding,
  Hypothesis,
  IncidentHead,
  IncidentState,
  Instant,
  Note,
  Phase,
  Proposal,
  Quarantine,
  Severity,
} from './domain.ts'
import { AGENTS } from './domain.ts'
import type { EventBody, RoomEvent } from './events.ts'
import { foldControls } from './fold-controls.ts'
import { foldCrew } from './fold-crew.ts'
import { foldExecution } from './fold-execution.ts'
import { foldPaging } from './fold-paging.ts'
import { ALERTS_PER_ROOM_MAX } from './limits.ts'
import type { Notification, Page, Paging, SlaBreach } from './oncall.ts'

export interface TimelineGap {
  agent: AgentName | 'evidence'
  what: string
  reason: string
}

/** What everybody sees of an incident: folded from its events alone, by the room and by each browser. */
export interface View {
  seq: number
  at: Instant
  hash: string
  head: IncidentHead | null
  catalogue: Catalogue | null
  policy: string
  state: IncidentState
  severity: Severity
  /** when each state was first reached; cleared by a reopening where it no longer holds. */
  times: { acknowledged: Instant | null; mitigated: Instant | null; resolved: Instant | null; closed: Instant | null }
  alerts: Record<string, Alert & { reason: string; matched?: string }>
  /** alerts attached beyond ALERTS_PER_ROOM_MAX: counted here, kept in the directory. */
  alertsBeyond: number
  /** since when no alert fires; null while one does, or while none ever came. */
  alertsClearSince: Instant | null
  evidence: Record<string, Evidence>
  run: number
  agents: Record<AgentName, AgentSeat>
  /** the latest finding of each agent. */
  findings: Partial<Record<AgentName, Finding>>
  hypotheses: Hypothesis[]
  gaps: TimelineGap[]
  proposals: Proposal[]
  record: ActionRecord[]
  humanAsked: { proposal: string | null; reason: string; wouldDecide: string; at: Instant } | null
  escalated: { reason: string; at: Instant } | null
  notes: Note[]
  /** people who acknowledged, decided, or hold a role: with one of them on it an incident waits for them. */
  people: string[]
  killSwitch: boolean
  /** narrower kill switches that are on, with why: by service, and the incident's own. */
  stops: { services: Record<string, string>; incident: string | null }
  /** why nothing is called; null: it is. */
  dryRun: { global: string | null; incident: string | null }
  archived: { store: string; reference: string } | null
  reopened: number
  crew: CrewMember[]
  tasks: Task[]
  fields: Record<string, string>
  /** null: everybody who is signed in sees it. Whoever is on it is not listed here. */
  named: string[] | null
  links: Link[]
  moving: Moving | null
  paging: Paging | null
  pages: Page[]
  notifications: Notification[]
  /** since when its promises run: its opening or its last reopening; null before. */
  slaSince: Instant | null
  breaches: SlaBreach[]
  /** when a person last did anything here. */
  actedAt: Instant | null
  /** whose signatures count here; a key that was replaced stays, for what it signed. */
  keys: AgentKey[]
  /** voters whose votes count no more in this incident, with the proof. */
  quarantined: Quarantine[]
}

const seat = (): AgentSeat => ({
  state: 'idle',
  run: 0,
  startedAt: null,
  deadlineWall: null,
  finding: null,
  reason: '',
  tookMs: null,
})

/** The view before the first event. */
export function emptyView(): View {
  return {
    seq: 0,
    at: 0,
    hash: '',
    head: null,
    catalogue: null,
    policy: '',
    state: 'triggered',
    severity: 'SEV-3',
    times: { acknowledged: null, mitigated: null, resolved: null, closed: null },
    alerts: {},
    alertsBeyond: 0,
    alertsClearSince: null,
    evidence: {},
    run: 0,
    agents: Object.fromEntries(AGENTS.map((name) => [name, seat()])) as Record<AgentName, AgentSeat>,
    findings: {},
    hypotheses: [],
    gaps: [],
    proposals: [],
    record: [],
    humanAsked: null,
    escalated: null,
    notes: [],
    people: [],
    killSwitch: false,
    stops: { services: {}, incident: null },
    dryRun: { global: null, incident: null },
    archived: null,
    reopened: 0,
    crew: [],
    tasks: [],
    fields: {},
    named: null,
    links: [],
    moving: null,
    paging: null,
    pages: [],
    notifications: [],
    slaSince: null,
    breaches: [],
    actedAt: null,
    keys: [],
    quarantined: [],
  }
}

/** The identity of an alert inside a room. */
export function alertKey(alert: { source: string; fingerprint: string }): string {
  return `${alert.source}/${alert.fingerprint}`
}

/**
 * Folds one event into the view by mutating it: the browser runs this inside Solid's `produce`, the room on its own
 * state. It reads nothing but its two arguments. Events must come in order; a repeated one is the caller's error.
 */
export function project(view: View, event: RoomEvent): void {
  view.seq = event.seq
  view.at = event.at
  view.hash = event.hash
  if (event.by.kind === 'person' || event.by.kind === 'responder-script') {
    view.actedAt = event.at
    countPerson(view, event.by.name, event.body)
  }
  apply(view, event.body, event.at, event.by.name)
}

// An update without a reason of its own keeps the one by which the alert came.
function because({ reason = '', matched }: { reason?: string; matched?: string }): {
  reason: string
  matched?: string
} {
  return matched === undefined ? { reason } : { reason, matched }
}

function countPerson(view: View, name: string, body: EventBody): void {
  const takesPart =
    body.type === 'incident-acknowledged' ||
    body.type === 'decision-recorded' ||
    body.type === 'outcome-settled' ||
    body.type === 'undo-ordered' ||
    body.type === 'undo-settled' ||
    body.type === 'step-ended' ||
    body.type === 'incident-opened'
  if (takesPart && !view.people.includes(name)) view.people.push(name)
}

// One case per event type; long on purpose, so that the whole fold is read in one place.
function apply(view: View, body: EventBody, at: Instant, by: string): void {
  switch (body.type) {
    case 'incident-opened':
      view.head = body.head
      view.catalogue = body.catalogue
      view.policy = body.policy
      view.severity = body.head.severity
      view.killSwitch = body.killSwitch
      view.stops = { services: { ...body.stopped }, incident: null }
      view.dryRun = { global: body.dryRun ?? null, incident: null }
      view.slaSince = at
      view.keys = [...(body.keys ?? [])]
      return
    case 'keys-recorded':
      for (const key of body.keys) if (!view.keys.some(({ id }) => id === key.id)) view.keys.push(key)
      return
    case 'alert-attached':
      if (Object.keys(view.alerts).length >= ALERTS_PER_ROOM_MAX) view.alertsBeyond += 1
      else view.alerts[alertKey(body.alert)] = { ...body.alert, ...because(body) }
      if (body.alert.status === 'firing') view.alertsClearSince = null
      return
    case 'alert-updated': {
      const known = view.alerts[alertKey(body.alert)]
      if (known)
        view.alerts[alertKey(body.alert)] = { ...body.alert, ...because(body.reason === undefined ? known : body) }
      if (body.alert.status === 'firing') view.alertsClearSince = null
      return
    }
    case 'alerts-cleared':
      view.alertsClearSince = at
      return
    case 'severity-raised':
      view.severity = body.to
      return
    case 'incident-acknowledged':
      view.state = 'acknowledged'
      // The first time counts: an acknowledgement that lapsed was one all the same.
      view.times.acknowledged ??= at
      stopPaging(view, 'acknowledged')
      return
    case 'incident-mitigated':
      view.state = 'mitigated'
      view.humanAsked = null
      view.times.mitigated = at
      stopPaging(view, 'mitigated')
      return
    case 'incident-resolved':
      view.state = 'resolved'
      view.humanAsked = null
      view.times.resolved = at
      stopPaging(view, 'resolved')
      return
    case 'incident-reopened':
      view.state = 'triggered'
      view.times = { acknowledged: null, mitigated: null, resolved: null, closed: null }
      view.reopened += 1
      view.escalated = null
      view.archived = null
      view.slaSince = at
      return
    case 'incident-closed':
      view.state = 'closed'
      view.times.closed = at
      return
    case 'incident-archived':
      view.archived = { store: body.store, reference: body.reference }
      return
    case 'note-added':
      view.notes.push(body.note)
      return
    case 'evidence-recorded':
      for (const item of body.evidence) view.evidence[item.id] = item
      // A fresh look at use time belongs to the run that is being decided and leaves its gaps as they are.
      if (body.run === view.run) return
      view.run = body.run
      view.gaps = [
        ...view.gaps.filter((gap) => gap.agent !== 'evidence'),
        ...body.gaps.map((gap) => ({ agent: 'evidence' as const, ...gap })),
      ]
      return
    case 'agent-started':
      view.agents[body.agent] = {
        ...seat(),
        state: 'working',
        run: body.run,
        startedAt: at,
        deadlineWall: body.deadlineWall,
      }
      return
    case 'finding-reported': {
      const { finding } = body
      view.findings[finding.agent] = finding
      const done = view.agents[finding.agent]
      done.state = finding.outcome === 'found' ? 'done' : finding.outcome
      done.run = finding.run
      done.finding = finding.id
      done.reason = finding.reason
      done.tookMs = finding.provenance.latencyMs
      done.deadlineWall = null
      if (finding.detail.agent === 'diagnosis') view.hypotheses = finding.detail.hypotheses
      view.gaps = [
        ...view.gaps.filter((gap) => gap.agent !== finding.agent),
        ...finding.gaps.map((gap) => ({ agent: finding.agent, ...gap })),
      ]
      return
    }
    case 'agent-stopped': {
      const stopped = view.agents[body.agent]
      stopped.state = body.state
      stopped.run = body.run
      stopped.reason = body.reason
      stopped.deadlineWall = null
      return
    }
    case 'proposal-made':
      // Copied where later events write: an event must not change by what was folded after it.
      view.proposals.push({
        ...body.proposal,
        votes: [...body.proposal.votes],
        decisions: [...body.proposal.decisions],
        ...(body.proposal.steps && { steps: body.proposal.steps.map((step) => ({ ...step })) }),
      })
      view.humanAsked = null
      return
    case 'ballot-opened':
      edit(view, body.proposal, (proposal) => {
        proposal.ballot = { ...body.ballot }
      })
      return
    case 'vote-cast':
      edit(view, body.proposal, (proposal) => {
        proposal.votes.push(body.vote)
      })
      return
    case 'vote-withheld':
      return
    case 'voter-quarantined': {
      const { voter, reason, proof, proposal } = body
      if (!view.proposals.some(({ id }) => id === proposal)) return
      view.quarantined.push({ voter, reason, proof, proposal, at })
      return
    }
    case 'clerk-spoke':
      edit(view, body.proposal, (proposal) => {
        proposal.clerk = body.word
        proposal.approvalsNeeded = body.approvalsNeeded
      })
      return
    case 'ballot-closed':
      edit(view, body.proposal, (proposal) => {
        if (proposal.ballot) {
          proposal.ballot.closedAt = at
          proposal.ballot.outcome = body.outcome
          proposal.ballot.reason = body.reason
        }
        proposal.certificate = body.certificate
        if (body.certificate) proposal.gate = body.certificate.gate
      })
      return
    case 'human-asked':
      view.humanAsked = { proposal: body.proposal, reason: body.reason, wouldDecide: body.wouldDecide, at }
      return
    case 'decision-recorded':
      edit(view, body.proposal, (proposal) => {
        proposal.decisions.push(body.decision)
      })
      return
    case 'proposal-moved':
      edit(view, body.proposal, (proposal) => {
        proposal.status = body.status
        proposal.reason = body.reason
      })
      return
    case 'execution-started':
      view.humanAsked = null
      edit(view, body.proposal, (proposal) => {
        proposal.status = 'running'
        proposal.guard = body.guard
        if (body.gate) proposal.gate = body.gate
        proposal.execution = {
          key: body.key,
          token: body.token,
          startedAt: at,
          endedAt: null,
          outcome: 'running',
          detail: '',
          settledBy: null,
        }
        const { action } = proposal.body.plan
        view.record.push({
          proposal: proposal.number,
          type: action.type,
          target: action.target,
          parameters: action.parameters,
          at,
          end: 'running',
        })
      })
      return
    case 'execution-answered':
      edit(view, body.proposal, (proposal) => {
        if (!proposal.execution) return
        proposal.execution.outcome = body.outcome
        proposal.execution.detail = body.detail
        if (body.outcome === 'unknown') proposal.status = 'outcome-unknown'
        else proposal.execution.endedAt = at
        if (body.outcome === 'unknown') note(view, proposal.number, 'outcome-unknown')
        if (body.outcome === 'failed') note(view, proposal.number, 'failed')
      })
      return
    case 'outcome-settled':
      edit(view, body.proposal, (proposal) => {
        if (!proposal.execution) return
        proposal.execution.outcome = body.outcome === 'it-ran' ? 'ran' : 'did-not-run'
        proposal.execution.detail = body.detail
        proposal.execution.endedAt = at
        proposal.execution.settledBy = by
        note(view, proposal.number, body.outcome === 'it-ran' ? 'running' : 'did-not-run')
      })
      return
    case 'verification-started':
      edit(view, body.proposal, (proposal) => {
        // Signals are watched while an outcome is unknown, and it stays unknown until somebody settles it.
        if (proposal.execution?.outcome !== 'unknown') proposal.status = 'verifying'
        proposal.verification = { ...body.verification }
      })
      return
    case 'verification-sampled':
      edit(view, body.proposal, (proposal) => {
        if (proposal.verification) proposal.verification.readings = body.readings
      })
      return
    case 'verification-ended':
      edit(view, body.proposal, (proposal) => {
        if (!proposal.verification) return
        proposal.verification.readings = body.readings
        proposal.verification.end = body.end
        proposal.verification.endedAt = at
        note(view, proposal.number, body.end)
      })
      return
    case 'undo-ordered':
    case 'undo-started':
    case 'undo-answered':
    case 'undo-settled':
    case 'step-started':
    case 'step-ended':
      foldExecution(view, body, at, by)
      return
    case 'escalated':
      view.escalated = { reason: body.reason, at }
      return
    case 'kill-switch-set':
    case 'dry-run-set':
    case 'dry-run-started':
    case 'dry-run-reported':
    case 'autonomy-used':
      foldControls(view, body, at)
      return
    case 'incident-unacknowledged':
      view.state = 'triggered'
      return
    case 'incident-canceled':
      view.state = 'canceled'
      view.humanAsked = null
      stopPaging(view, 'canceled')
      return
    case 'severity-set':
      view.severity = body.to
      return
    case 'role-assigned':
    case 'role-released':
    case 'task-added':
    case 'task-changed':
    case 'field-set':
    case 'privacy-set':
    case 'access-set':
    case 'merge-requested':
    case 'unmerge-requested':
    case 'split-requested':
    case 'move-refused':
    case 'incident-merged':
    case 'incident-unmerged':
    case 'alerts-detached':
    case 'incident-linked':
    case 'incident-unlinked':
      foldCrew(view, body, at)
      return
    case 'escalation-started':
    case 'paged':
    case 'escalation-ended':
    case 'notification-sent':
    case 'notification-failed':
    case 'notification-parked':
    case 'sla-breached':
      foldPaging(view, body, at)
      return
    default:
      return body satisfies never
  }
}

/** Nobody else is called: an escalation that goes on stops with its reason. */
export function stopPaging(view: View, reason: string): void {
  if (view.paging?.nextAt == null) return
  view.paging.nextAt = null
  view.paging.stopped = reason
}

/** Who sees it while it is private: those named, whoever is on it and whoever holds a role. Null: everybody. */
export function privacyOf(view: View): Privacy {
  if (view.named === null) return null
  return { named: [...new Set([...view.named, ...view.people, ...view.crew.map(({ person }) => person)])] }
}

function edit(view: View, id: string, change: (proposal: Proposal) => void): void {
  const proposal = view.proposals.find((candidate) => candidate.id === id)
  if (proposal) change(proposal)
}

function note(view: View, proposal: number, end: View['record'][number]['end']): void {
  const entry = view.record.findLast((candidate) => candidate.proposal === proposal)
  if (entry) entry.end = end
}

/** The proposal that is still going somewhere, if any. */
export function openProposal(view: View): Proposal | null {
  return view.proposals.findLast((proposal) => isOpen(proposal)) ?? null
}

/** Still voting, waiting, approved, running, unknown or verifying. */
export function isOpen(proposal: Proposal): boolean {
  const open: readonly string[] = ['voting', 'awaiting-approval', 'approved', 'running', 'outcome-unknown', 'verifying']
  return open.includes(proposal.status)
}

/** The agents' work as one word: derived, never set. */
export function phaseOf(view: View): Phase {
  if (view.state === 'resolved' || view.state === 'closed' || view.state === 'canceled' || view.state === 'merged')
    return 'done'
  const proposal = openProposal(view)
  if (proposal) {
    if (proposal.status === 'verifying') return 'verifying'
    if (proposal.status === 'running' || proposal.status === 'outcome-unknown' || proposal.status === 'approved')
      return 'acting'
    return 'deciding'
  }
  if (view.state === 'mitigated') return 'done'
  if (!view.findings.detection) return 'detecting'
  if (!view.findings.resolution) return 'diagnosing'
  return 'deciding'
}

export function firingAlerts(view: View): number {
  return Object.values(view.alerts).filter((alert) => alert.status === 'firing').length
}
