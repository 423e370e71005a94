import type { CrewRole } from '../../../durable/protocol/crew.ts'
import type { Actor, AgentName, ProposalStatus, Severity, Verdict } from '../../../durable/protocol/domain.ts'
import type { Proposal } from '../../../durable/protocol/domain.ts'

export const AGENT_TITLE: Record<AgentName, string> = {
  detection: 'Detection',
  diagnosis: 'Diagnosis',
  prediction: 'Prediction',
  resolution: 'Resolution',
  communication: 'Communication',
}

export const SEVERITY_SAYS: Record<Severity, string> = {
  'SEV-1': 'all hands',
  'SEV-2': 'act now',
  'SEV-3': 'today',
  'SEV-4': 'this week',
  'SEV-5': 'note',
}

export const VERDICT_WORD: Record<Verdict, string> = {
  CONFIRMED: 'CONFIRMED',
  LIKELY: 'LIKELY',
  INCONCLUSIVE: 'INCONCLUSIVE',
  RULED_OUT: 'RULED OUT',
}

export const STATUS_WORD: Record<ProposalStatus, string> = {
  voting: 'Voting',
  'not-carried': 'Not carried',
  'awaiting-approval': 'Awaiting a human',
  approved: 'Approved',
  running: 'Running',
  'outcome-unknown': 'Outcome unknown',
  verifying: 'Verifying',
  done: 'Done',
  undone: 'Undone',
  rejected: 'Rejected',
  refused: 'Refused',
  expired: 'Expired',
  revoked: 'Revoked',
}

/** The guard or the gate let no ballot open; anything else that is refused ended after it was decided on. */
export function isBarred({ status, ballot, decisions }: Pick<Proposal, 'status' | 'ballot' | 'decisions'>): boolean {
  return status === 'refused' && ballot === null && decisions.length === 0
}

/** Who did it, as a sentence begins. */
export function actorTitle(actor: Actor): string {
  switch (actor.kind) {
    case 'agent':
      return AGENT_TITLE[actor.name as AgentName] ?? actor.name
    case 'person':
      return actor.name
    case 'source':
      return actor.name
    case 'system':
      return 'The room'
    case 'responder-script':
      return `${actor.name} (scripted responder)`
    default:
      return actor.kind satisfies never
  }
}

export function proposalTitle(proposal: Pick<Proposal, 'number'> | undefined): string {
  return proposal ? `P-${proposal.number}` : 'a proposal'
}

/** What `why` says where it is a reason word; empty stays empty. */
export function because(reason: string): string {
  return reason === '' ? '' : `: ${reason}`
}

export const CREW_TITLE: Record<CrewRole, string> = {
  'incident-commander': 'Incident commander',
  deputy: 'Deputy',
  'operations-lead': 'Operations lead',
  'communications-lead': 'Communications lead',
  scribe: 'Scribe',
  'subject-matter-expert': 'Subject-matter expert',
}

/** Two letters for a role where there is no room for its words; the words stand beside it for a screen reader. */
export const CREW_SIGN: Record<CrewRole, string> = {
  'incident-commander': 'IC',
  deputy: 'DC',
  'operations-lead': 'OL',
  'communications-lead': 'CL',
  scribe: 'SC',
  'subject-matter-expert': 'SM',
}

/** The end of an incident's id: enough to tell a few apart by eye, as the list shows it. */
export function incidentShort(id: string): string {
  return id.slice(-6)
}
