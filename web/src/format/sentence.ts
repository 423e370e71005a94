import type { Proposal } from '../../../durable/protocol/domain.ts'
import type { EventBody, RoomEvent } from '../../../durable/protocol/events.ts'
import { count, figure, list } from './figures.ts'
import { AGENT_TITLE, STATUS_WORD, actorTitle, because, proposalTitle } from './names.ts'
import { type Said, crewInWords } from './sentence-crew.ts'
import { took } from './time.ts'

/** What colour is news: `harm` red, `doubt` amber, `well` green, `you` accent; plain is the normal state. */
export type Tone = 'plain' | 'harm' | 'doubt' | 'well' | 'you'

/** One event in words. `who` is bold, `did` follows it; `quote` is text of people or outsiders, shown apart. */
export interface Sentence {
  who: string
  did: string
  quote: string
  /** outsiders could have written the quote. */
  tainted: boolean
  cites: readonly string[]
  tone: Tone
  /** belongs to the timeline's Key filter. */
  key: boolean
  /** computed by code, said by a model, or by a human. */
  provenance: 'computed' | 'model' | 'human'
}

/** What a sentence may look up: proposals by id, for their numbers. */
export type Lookup = (proposal: string) => Proposal | undefined

export function sentenceOf(event: RoomEvent, lookup: Lookup): Sentence {
  const said = bodyInWords(event.body, event, lookup)
  const human = event.by.kind === 'person' || event.by.kind === 'responder-script'
  return {
    who: said.who ?? actorTitle(event.by),
    did: said.did,
    quote: said.quote ?? '',
    tainted: said.tainted ?? false,
    cites: said.cites ?? [],
    tone: said.tone ?? 'plain',
    key: said.key ?? true,
    provenance: said.provenance ?? (human ? 'human' : 'computed'),
  }
}

/** Reasons that say more with what they found: a neighbour, a change, the share of labels, the rate, the changes of state. */
const SAYS_WHAT: readonly string[] = ['topology-neighbour', 'same-change', 'similar-labels', 'storm', 'flapping']

function foundBy({ reason, matched }: { reason?: string; matched?: string }): string {
  return matched !== undefined && reason !== undefined && SAYS_WHAT.includes(reason) ? ` (${matched})` : ''
}

// One case per event type, long on purpose: what the timeline can say is read in one place.
function bodyInWords(body: EventBody, event: RoomEvent, lookup: Lookup): Said {
  const p = (id: string) => proposalTitle(lookup(id))
  switch (body.type) {
    case 'incident-opened':
      return {
        did: `opened the incident as ${body.head.severity}${because(body.head.openedFor)}`,
        quote: body.head.title,
        tainted: event.by.kind === 'source',
        tone: body.head.severity === 'SEV-1' ? 'harm' : 'plain',
      }
    case 'alert-attached':
      return {
        who: body.alert.source,
        did: `reported ${body.alert.status === 'firing' ? 'a firing' : 'a resolved'} alert on ${body.alert.service}${because(body.reason)}${foundBy(body)}`,
        quote: body.alert.title,
        tainted: true,
        tone: body.alert.status === 'firing' ? 'harm' : 'well',
      }
    case 'alert-updated':
      return {
        who: body.alert.source,
        did: `says the alert on ${body.alert.service} ${body.alert.status === 'firing' ? 'still fires' : 'has resolved'}${body.reason === undefined ? '' : because(body.reason)}${foundBy(body)}`,
        quote: body.alert.title,
        tainted: true,
        tone: body.alert.status === 'firing' ? 'plain' : 'well',
        key: body.alert.status === 'resolved',
      }
    case 'alerts-cleared':
      return { did: 'sees no alert firing any more', tone: 'well' }
    case 'severity-raised':
      return { did: `raised the severity from ${body.from} to ${body.to}${because(body.reason)}`, tone: 'harm' }
    case 'incident-acknowledged':
      return { did: 'acknowledged the incident', tone: 'you' }
    case 'incident-mitigated':
      return { did: `marked it mitigated${because(body.reason)}`, tone: 'well' }
    case 'incident-resolved':
      return { did: `resolved it ${body.how.replace('-', ' ')}${because(body.reason)}`, tone: 'well' }
    case 'incident-reopened':
      return { did: `reopened it${because(body.reason)}`, tone: 'harm' }
    case 'incident-closed':
      return { did: `closed it${because(body.reason)}` }
    case 'incident-archived':
      return { did: `archived it in the ${body.store} store`, key: false }
    case 'note-added':
      return {
        who: body.note.by,
        did: body.note.visibility === 'public' ? 'wrote, for everybody to know' : 'wrote',
        quote: body.note.text,
      }
    case 'evidence-recorded':
      return {
        did: `recorded ${count(body.evidence.length, 'fact')} for run ${body.run}${body.gaps.length === 0 ? '' : `, ${count(body.gaps.length, 'gap')}`}`,
        cites: body.evidence.map((item) => item.id),
        key: false,
      }
    case 'agent-started':
      return { who: AGENT_TITLE[body.agent], did: `started on run ${body.run}`, key: false }
    case 'finding-reported': {
      const { finding } = body
      const word = finding.outcome === 'found' ? 'found' : `${finding.outcome}${because(finding.reason)}`
      return {
        who: AGENT_TITLE[finding.agent],
        did: `${word}, in ${took(finding.provenance.latencyMs)}`,
        quote: finding.summary,
        cites: finding.cites,
        tone: finding.outcome === 'found' ? 'plain' : 'doubt',
        provenance: finding.provenance.model === null ? 'computed' : 'model',
      }
    }
    case 'agent-stopped':
      return {
        who: AGENT_TITLE[body.agent],
        did: `${body.state === 'late' ? 'is late' : 'failed'}${because(body.reason)}`,
        tone: 'doubt',
      }
    case 'proposal-made': {
      const { proposal } = body
      const human = proposal.body.decidedBy === 'human'
      return {
        who: human ? actorTitle(event.by) : 'Resolution',
        did: `${human ? 'decided by own decision' : 'proposed'} ${proposalTitle(proposal)}: ${proposal.body.plan.title}`,
        cites: proposal.body.plan.cites,
        tone: 'you',
      }
    }
    case 'ballot-opened':
      return { who: 'The ballot', did: `on ${p(body.proposal)} opened`, key: false }
    case 'vote-cast': {
      const { vote } = body
      const word = { support: 'supports', oppose: 'opposes', abstain: 'abstains on' }[vote.vote]
      return {
        who: AGENT_TITLE[vote.voter],
        did:
          vote.void === null ? `${word} ${p(body.proposal)}` : `cast a void vote on ${p(body.proposal)}: ${vote.void}`,
        quote: vote.reason,
        cites: vote.cites,
        tone: vote.void !== null ? 'doubt' : vote.vote === 'oppose' ? 'harm' : 'plain',
        key: vote.void !== null || vote.vote === 'oppose',
      }
    }
    case 'vote-withheld':
      return {
        who: AGENT_TITLE[body.agent],
        did: `cannot sign and stays silent on ${p(body.proposal)}${because(body.reason)}`,
        tone: 'doubt',
      }
    case 'voter-quarantined':
      return {
        who: AGENT_TITLE[body.voter],
        did: `signed two different votes on ${p(body.proposal)} and counts no more in this incident`,
        tone: 'harm',
      }
    case 'keys-recorded':
      return { did: `knows ${count(body.keys.length, 'signing key')} of this instance`, key: false }
    case 'clerk-spoke':
      return {
        who: 'Communication',
        did: `says who must know of ${p(body.proposal)}: informs ${count(body.word.inform.length, 'team')}${body.word.extraApprovals === 1 ? ', adds one human' : ''}`,
        quote: body.word.reason,
        key: body.word.extraApprovals === 1,
      }
    case 'ballot-closed': {
      const n = body.certificate?.supporters.length
      return {
        who: 'The quorum',
        did:
          body.outcome === 'carried'
            ? `carried ${p(body.proposal)}, ${n === undefined ? '' : `${n} of 4 support`}`
            : `did not carry ${p(body.proposal)}${because(body.reason)}`,
        tone: body.outcome === 'carried' ? 'well' : 'doubt',
      }
    }
    case 'human-asked':
      return { did: `asks a human${because(body.reason)}`, quote: body.wouldDecide, tone: 'you' }
    case 'decision-recorded': {
      const { decision } = body
      const word = {
        approve: 'approved',
        reject: 'rejected',
        'own-decision': 'took the own decision',
        'request-changes': 'requested changes to',
      }[decision.kind]
      const passed = decision.passed.length === 0 ? '' : `, passing ${list(decision.passed)}`
      const wants = Object.entries(decision.wants ?? {}).map(([name, value]) => `${name} ${value}`)
      return {
        who: decision.by,
        did: `${word} ${p(body.proposal)}${passed}${wants.length === 0 ? '' : `: ${list(wants)}`}`,
        quote: decision.reason,
        tone: decision.kind === 'reject' ? 'harm' : 'you',
        provenance: 'human',
      }
    }
    case 'proposal-moved':
      return {
        who: p(body.proposal),
        did: `is now ${STATUS_WORD[body.status].toLowerCase()}${body.reason === body.status ? '' : because(body.reason)}`,
        tone: moveTone(body.status),
        key: body.status !== 'voting' && body.status !== 'running' && body.status !== 'verifying',
      }
    case 'execution-started':
      return { did: `started ${p(body.proposal)}, fencing token ${body.token}`, tone: 'you' }
    case 'execution-answered':
      return {
        who: 'The driver',
        did: { ran: 'says it ran', failed: 'says it surely did not run', unknown: 'gave no definite answer' }[
          body.outcome
        ],
        quote: body.detail,
        tone: body.outcome === 'ran' ? 'well' : 'doubt',
      }
    case 'outcome-settled':
      return {
        did: `settled ${p(body.proposal)}: ${body.outcome === 'it-ran' ? 'it ran' : 'it did not run'}`,
        quote: body.detail,
      }
    case 'verification-started':
      return { did: `watches ${p(body.proposal)} for recovery` }
    case 'verification-sampled':
      return {
        did: `read ${count(body.readings.length, 'signal')} of ${p(body.proposal)}: ${readings(body.readings)}`,
        key: false,
      }
    case 'verification-ended':
      return {
        who: p(body.proposal),
        did: {
          recovered: 'recovered',
          worse: 'made it worse',
          'no-better': 'made it no better',
          unreadable: 'could not be verified',
        }[body.end],
        tone: body.end === 'recovered' ? 'well' : 'harm',
      }
    case 'undo-ordered':
      return { did: `ordered the undo of ${p(body.proposal)}`, quote: body.reason, tone: 'you' }
    case 'undo-started':
      return { did: `undoes ${p(body.proposal)}${because(body.why)}, fencing token ${body.token}`, tone: 'doubt' }
    case 'undo-answered':
      return {
        who: 'The driver',
        did: {
          ran: 'says it is undone',
          failed: 'says the undo surely did not run',
          unknown: 'gave no definite answer to the undo',
        }[body.outcome],
        quote: body.detail,
        tone: body.outcome === 'ran' ? 'well' : 'harm',
      }
    case 'undo-settled':
      return {
        did: `settled the undo of ${p(body.proposal)}: ${body.outcome === 'it-ran' ? 'it ran' : 'it did not run'}`,
        quote: body.detail,
      }
    case 'step-started':
      return { did: `began step ${body.step} of ${p(body.proposal)}`, key: false }
    case 'step-ended':
      return {
        did: `ended step ${body.step} of ${p(body.proposal)}: ${body.end}`,
        quote: body.detail,
        tone: body.end === 'failed' ? 'harm' : 'plain',
        key: body.end !== 'skipped',
      }
    case 'escalated':
      return { did: `escalated${because(body.reason)}`, tone: 'harm' }
    case 'kill-switch-set':
      return {
        did: `turned the kill switch${reach(body)} ${body.on ? 'on' : 'off'}${because(body.reason)}`,
        tone: body.on ? 'harm' : 'plain',
      }
    case 'dry-run-set':
      return {
        did: `turned dry run${reach(body)} ${body.on ? 'on' : 'off'}${because(body.reason)}`,
        tone: body.on ? 'you' : 'plain',
      }
    case 'dry-run-started':
      return { did: `asks what ${p(body.proposal)} would do; nothing is called`, tone: 'you' }
    case 'dry-run-reported':
      return {
        who: 'The driver',
        did: `says what ${p(body.proposal)} would do, in ${count(body.report.calls.length, 'call')}`,
        quote: body.report.says,
        tone: 'you',
      }
    case 'autonomy-used':
      return {
        who: 'Autonomy',
        did: `stood in for the approval of ${p(body.proposal)} by clause ${body.clause}: ${body.record.n} recovered, ${count(body.record.regressions, 'regression')}`,
        tone: 'you',
      }
    default:
      return crewInWords(body)
  }
}

function readings(all: { value: number | null; judged: string }[]): string {
  return all.map((reading) => `${figure(reading.value)} ${reading.judged}`).join(', ')
}

function reach({ scope, service }: { scope?: string; service?: string }): string {
  if (scope === 'service') return ` of ${service ?? 'a service'}`
  return scope === 'incident' ? ' of this incident' : ''
}

function moveTone(status: Proposal['status']): Tone {
  if (status === 'done') return 'well'
  if (status === 'awaiting-approval') return 'you'
  if (status === 'rejected' || status === 'refused' || status === 'revoked') return 'harm'
  if (status === 'outcome-unknown' || status === 'not-carried' || status === 'expired' || status === 'undone')
    return 'doubt'
  return 'plain'
}
