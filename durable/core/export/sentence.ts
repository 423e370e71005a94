import type { Actor, Proposal } from '../../protocol/domain.ts'
import type { EventBody, RoomEvent } from '../../protocol/events.ts'
import { because, count, instant, plainLine } from './text.ts'

/** One event in words, for terminals and files. `quote` is what people or outsiders wrote; all of it is plain text. */
export interface Sentence {
  who: string
  did: string
  quote: string
  /** outsiders could have written the quote. */
  tainted: boolean
}

/** Proposals by id, for their numbers. */
export type Lookup = (proposal: string) => Pick<Proposal, 'number'> | undefined

/** Says one event. A type that this build does not know is said by its name: a log may come from a newer server. */
export function sentenceOf(event: RoomEvent, lookup: Lookup): Sentence {
  const said = bodyInWords(event.body, event.by, lookup)
  return {
    who: plainLine(said.who ?? actorName(event.by)),
    did: plainLine(said.did),
    quote: plainLine(said.quote ?? ''),
    tainted: said.tainted ?? false,
  }
}

/** The whole sentence as one line. */
export function sentenceLine({ who, did, quote, tainted }: Sentence): string {
  const words = quote === '' ? '' : ` “${quote}”${tainted ? ' (outside text)' : ''}`
  return `${who} ${did}${words}`
}

function actorName(by: Actor): string {
  if (by.kind === 'system') return 'The room'
  if (by.kind === 'agent') return capital(by.name)
  return by.kind === 'responder-script' ? `${by.name} (scripted responder)` : by.name
}

type Said = Partial<Sentence> & { did: string }

// One case per event type, long on purpose: what a file or a terminal can say is read in one place.
function bodyInWords(body: EventBody, by: Actor, lookup: Lookup): Said {
  const p = (id: string) => {
    const found = lookup(id)
    return found ? `P-${found.number}` : 'a proposal'
  }
  switch (body.type) {
    case 'incident-opened': {
      const { head } = body
      const did = `opened the incident as ${head.severity}${because(head.openedFor)}`
      return { did, quote: head.title, tainted: head.openedBy.kind === 'source' }
    }
    case 'alert-attached':
      return {
        who: body.alert.source,
        did: `reported ${body.alert.status === 'firing' ? 'a firing' : 'a resolved'} alert on ${body.alert.service}${because(body.reason)}${found(body.matched)}`,
        quote: body.alert.title,
        tainted: true,
      }
    case 'alert-updated':
      return {
        who: body.alert.source,
        did: `says the alert on ${body.alert.service} ${body.alert.status === 'firing' ? 'still fires' : 'has resolved'}${because(body.reason)}${found(body.matched)}`,
        quote: body.alert.title,
        tainted: true,
      }
    case 'alerts-cleared':
      return { did: 'sees no alert firing any more' }
    case 'severity-raised':
      return { did: `raised the severity from ${body.from} to ${body.to}${because(body.reason)}` }
    case 'severity-set':
      return { did: `set the severity from ${body.from} to ${body.to}${because(body.reason)}` }
    case 'incident-acknowledged':
      return { did: 'acknowledged the incident' }
    case 'incident-unacknowledged':
      return { did: `took the acknowledgement back${because(body.reason)}` }
    case 'incident-mitigated':
      return { did: `marked it mitigated${because(body.reason)}` }
    case 'incident-resolved':
      return { did: `resolved it ${body.how.replace('-', ' ')}${because(body.reason)}` }
    case 'incident-reopened':
      return { did: `reopened it${because(body.reason)}` }
    case 'incident-canceled':
      return { did: `canceled it as a false alarm${because(body.reason)}` }
    case 'incident-closed':
      return { did: `closed it${because(body.reason)}` }
    case 'incident-archived':
      return { did: `archived it in the ${body.store} store` }
    case 'note-added':
      return { who: body.note.by, did: `wrote a ${body.note.visibility ?? 'private'} note`, quote: body.note.text }
    case 'evidence-recorded':
      return {
        did: `recorded ${count(body.evidence.length, 'fact')} for run ${body.run}${body.gaps.length === 0 ? '' : `, ${count(body.gaps.length, 'gap')}`}`,
      }
    case 'agent-started':
      return { who: capital(body.agent), did: `started on run ${body.run}` }
    case 'finding-reported': {
      const { finding } = body
      const word = finding.outcome === 'found' ? 'found' : `${finding.outcome}${because(finding.reason)}`
      return { who: capital(finding.agent), did: `${word} ${cites(finding.cites)}`, quote: finding.summary }
    }
    case 'agent-stopped':
      return { who: capital(body.agent), did: `${body.state === 'late' ? 'is late' : 'failed'}${because(body.reason)}` }
    case 'proposal-made': {
      const { number, body: made } = body.proposal
      const human = made.decidedBy === 'human'
      return {
        ...(!human && { who: 'Resolution' }),
        did: `${human ? 'decided by own decision' : 'proposed'} P-${number}: ${made.plan.title} ${cites(made.plan.cites)}`,
      }
    }
    case 'ballot-opened':
      return { who: 'The ballot', did: `on ${p(body.proposal)} opened` }
    case 'vote-cast': {
      const { vote } = body
      const word = { support: 'supports', oppose: 'opposes', abstain: 'abstains on' }[vote.vote]
      const did =
        vote.void === null ? `${word} ${p(body.proposal)}` : `cast a void vote on ${p(body.proposal)}: ${vote.void}`
      return { who: capital(vote.voter), did: `${did} ${cites(vote.cites)}`, quote: vote.reason }
    }
    case 'vote-withheld':
      return {
        who: capital(body.agent),
        did: `cannot sign and stays silent on ${p(body.proposal)}${because(body.reason)}`,
      }
    case 'voter-quarantined':
      return {
        who: capital(body.voter),
        did: `signed two different votes on ${p(body.proposal)} and counts no more in this incident`,
      }
    case 'keys-recorded':
      return { did: `knows ${count(body.keys.length, 'signing key')} of this instance` }
    case 'clerk-spoke':
      return {
        who: 'Communication',
        did: `says who must know of ${p(body.proposal)}: ${count(body.word.inform.length, 'team')}${body.word.extraApprovals === 1 ? ', adds one human' : ''}`,
        quote: body.word.reason,
      }
    case 'ballot-closed': {
      const n = body.certificate?.supporters.length
      const carried = `carried ${p(body.proposal)}${n === undefined ? '' : `, ${n} of 4 support`}`
      return {
        who: 'The quorum',
        did: body.outcome === 'carried' ? carried : `did not carry ${p(body.proposal)}${because(body.reason)}`,
      }
    }
    case 'human-asked':
      return { did: `asks a human${because(body.reason)}`, quote: body.wouldDecide }
    case 'decision-recorded': {
      const { decision } = body
      const word = {
        approve: 'approved',
        reject: 'rejected',
        'own-decision': 'took the own decision',
        'request-changes': 'requested changes to',
      }[decision.kind]
      const passed = decision.passed.length === 0 ? '' : `, passing ${decision.passed.join(', ')}`
      const wants = Object.entries(decision.wants ?? {}).map(([name, value]) => `${name} ${value}`)
      const wanted = wants.length === 0 ? '' : `: ${wants.join(', ')}`
      return { who: decision.by, did: `${word} ${p(body.proposal)}${passed}${wanted}`, quote: decision.reason }
    }
    case 'proposal-moved':
      return {
        who: p(body.proposal),
        did: `is now ${body.status}${body.reason === body.status ? '' : because(body.reason)}`,
      }
    case 'execution-started':
      return { did: `started ${p(body.proposal)}, fencing token ${body.token}` }
    case 'execution-answered': {
      const word = { ran: 'says it ran', failed: 'says it surely did not run', unknown: 'gave no definite answer' }
      return { who: 'The driver', did: word[body.outcome], quote: body.detail }
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
      }
    case 'verification-ended': {
      const word = {
        recovered: 'recovered',
        worse: 'made it worse',
        'no-better': 'made it no better',
        unreadable: 'could not be verified',
      }
      return { who: p(body.proposal), did: word[body.end] }
    }
    case 'undo-ordered':
      return { did: `ordered the undo of ${p(body.proposal)}`, quote: body.reason }
    case 'undo-started':
      return { did: `undoes ${p(body.proposal)}${because(body.why)}, fencing token ${body.token}` }
    case 'undo-answered': {
      const word = {
        ran: 'says it is undone',
        failed: 'says the undo surely did not run',
        unknown: 'gave no definite answer to the undo',
      }
      return { who: 'The driver', did: word[body.outcome], quote: body.detail }
    }
    case 'undo-settled':
      return {
        did: `settled the undo of ${p(body.proposal)}: ${body.outcome === 'it-ran' ? 'it ran' : 'it did not run'}`,
        quote: body.detail,
      }
    case 'step-started':
      return { did: `began step ${body.step} of ${p(body.proposal)}` }
    case 'step-ended':
      return { did: `ended step ${body.step} of ${p(body.proposal)}: ${body.end}`, quote: body.detail }
    case 'escalated':
      return { did: `escalated${because(body.reason)}` }
    case 'kill-switch-set':
      return { did: `turned the kill switch${reach(body)} ${body.on ? 'on' : 'off'}${because(body.reason)}` }
    case 'dry-run-set':
      return { did: `turned dry run${reach(body)} ${body.on ? 'on' : 'off'}${because(body.reason)}` }
    case 'dry-run-started':
      return { did: `asks what ${p(body.proposal)} would do; nothing is called` }
    case 'dry-run-reported':
      return {
        who: 'The driver',
        did: `says what ${p(body.proposal)} would do, in ${count(body.report.calls.length, 'call')}`,
        quote: body.report.says,
      }
    case 'autonomy-used':
      return {
        who: 'Autonomy',
        did: `stood in for the approval of ${p(body.proposal)} by clause ${body.clause}: ${body.record.n} recovered, ${count(body.record.regressions, 'regression')}`,
      }
    case 'role-assigned':
      return {
        did: `made ${body.person} ${body.role}${body.from === null ? '' : `, handed over by ${body.from}`}${because(body.reason)}`,
      }
    case 'role-released':
      return { did: `released ${body.person} from ${body.role}${because(body.reason)}` }
    case 'task-added': {
      const { id, kind, owner, dueWall, text } = body.task
      const due = dueWall === null ? '' : `, due ${instant(dueWall)}`
      return { did: `added ${kind} ${id} for ${owner ?? 'nobody yet'}${due}`, quote: text }
    }
    case 'task-changed': {
      const { owner, dueWall, state } = body.change
      const parts = [
        ...(state === undefined ? [] : [`is ${state}`]),
        ...(owner === undefined ? [] : [`belongs to ${owner ?? 'nobody'}`]),
        ...(dueWall === undefined ? [] : [dueWall === null ? 'has no due date' : `is due ${instant(dueWall)}`]),
      ]
      return { did: `says ${body.task} ${parts.join(', ')}` }
    }
    case 'field-set':
      return { did: body.value === null ? `cleared ${body.name}` : `set ${body.name}`, quote: body.value ?? '' }
    case 'privacy-set':
      return { did: `made it ${body.private ? 'private' : 'visible to everybody'}${because(body.reason)}` }
    case 'access-set':
      return { did: `${body.allowed ? 'let' : 'no longer lets'} ${body.person} see it` }
    case 'merge-requested':
      return { did: `asked to merge it into ${body.into}${because(body.reason)}` }
    case 'unmerge-requested':
      return { did: `asked to take it out of ${body.from} again${because(body.reason)}` }
    case 'split-requested':
      return {
        did: `asked to split off ${count(body.alerts.length, 'alert')}${because(body.reason)}`,
        quote: body.title,
      }
    case 'move-refused':
      return { did: `could not ${body.kind} it${because(body.reason)}` }
    case 'incident-merged':
      return { did: `merged it into ${body.into}${because(body.reason)}` }
    case 'incident-unmerged':
      return { did: `took it out of ${body.from} again${because(body.reason)}` }
    case 'alerts-detached':
      return { did: `moved ${count(body.alerts.length, 'alert')} to ${body.to}` }
    case 'incident-linked':
      return { did: `linked ${body.incident} as ${body.relation}` }
    case 'incident-unlinked':
      return { did: `unlinked ${body.incident} as ${body.relation}${because(body.reason)}` }
    case 'escalation-started':
      return { did: `began to page by the policy ${body.policy}${because(body.reason)}` }
    case 'paged': {
      const to = body.page.to.map((one) => ('target' in one ? one.target : `on call of ${one.rotation}`))
      return { did: `paged ${to.join(', ')} (${body.page.id}, step ${body.page.step + 1})${because(body.page.reason)}` }
    }
    case 'escalation-ended':
      return { did: `stopped paging${because(body.reason)}` }
    case 'notification-sent':
      return { did: `notified ${receiver(body)} (${body.page}, try ${body.attempt})${because(body.detail)}` }
    case 'notification-failed':
      return { did: `could not notify ${receiver(body)} (${body.page}, try ${body.attempt})${because(body.reason)}` }
    case 'notification-parked':
      return { did: `gave up notifying ${receiver(body)} (${body.page}, try ${body.attempt})${because(body.reason)}` }
    case 'sla-breached':
      return {
        did: `breached the promise to ${body.breach.clock} a ${body.breach.severity} by ${instant(body.breach.due)}`,
      }
    default:
      return unknown(body satisfies never)
  }
}

function reach({ scope, service }: { scope?: string; service?: string }): string {
  if (scope === 'service') return ` of ${service ?? 'a service'}`
  return scope === 'incident' ? ' of this incident' : ''
}

function unknown(body: { type: string }): Said {
  return { did: `said something that is not known here: ${body.type}` }
}

function receiver({ target, person }: { target: string; person: string | null }): string {
  return person === null ? target || 'nobody' : `${person} by ${target}`
}

function found(matched: string | undefined): string {
  return matched === undefined ? '' : ` (${matched})`
}

function cites(ids: readonly string[]): string {
  return ids.length === 0 ? '' : `[${ids.join(' ')}]`
}

function readings(all: readonly { value: number | null; judged: string }[]): string {
  return all
    .map(({ value, judged }) => `${value === null ? 'no data' : Number(value.toPrecision(3))} ${judged}`)
    .join(', ')
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
