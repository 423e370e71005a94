import type { Relation, Task, TaskChange } from '../../../durable/protocol/crew.ts'
import type { EventBody } from '../../../durable/protocol/events.ts'
import type { PageTo } from '../../../durable/protocol/oncall.ts'
import { count, list, words } from './figures.ts'
import { CREW_TITLE, because, incidentShort } from './names.ts'
import type { Sentence } from './sentence.ts'
import { age, clockTime, dayTime } from './time.ts'

/** A sentence as far as the event alone says it; what is left out follows from who said it. */
export type Said = Partial<Sentence> & { did: string }

type Of<T extends EventBody['type']> = Extract<EventBody, { type: T }>
/** What people keep beside the state, and who was called: the second half of the words. */
export type CrewEvent = Of<
  | 'incident-unacknowledged'
  | 'incident-canceled'
  | 'severity-set'
  | 'role-assigned'
  | 'role-released'
  | 'task-added'
  | 'task-changed'
  | 'field-set'
  | 'privacy-set'
  | 'access-set'
  | 'merge-requested'
  | 'unmerge-requested'
  | 'split-requested'
  | 'move-refused'
  | 'incident-merged'
  | 'incident-unmerged'
  | 'alerts-detached'
  | 'incident-linked'
  | 'incident-unlinked'
  | 'escalation-started'
  | 'paged'
  | 'escalation-ended'
  | 'notification-sent'
  | 'notification-failed'
  | 'notification-parked'
  | 'sla-breached'
>

/** What was done about people, tasks, relations and calls, in words: one case per event type. */
export function crewInWords(body: CrewEvent): Said {
  switch (body.type) {
    case 'incident-unacknowledged':
      return { did: `takes the acknowledgement back${because(words(body.reason))}`, tone: 'harm' }
    case 'incident-canceled':
      return { did: `canceled it as a false alarm${because(body.reason)}` }
    case 'severity-set':
      return {
        did: `set the severity from ${body.from} to ${body.to}${because(body.reason)}`,
        tone: body.to < body.from ? 'harm' : 'plain',
      }
    case 'role-assigned': {
      const role = CREW_TITLE[body.role].toLowerCase()
      const from = body.from === null || body.from === body.person ? '' : `, handed over by ${body.from}`
      return { did: `made ${body.person} ${role}${from}${because(body.reason)}`, tone: 'you' }
    }
    case 'role-released':
      return { did: `took ${body.person} off as ${CREW_TITLE[body.role].toLowerCase()}${because(body.reason)}` }
    case 'task-added':
      return { did: `added ${taskInWords(body.task)}`, quote: body.task.text }
    case 'task-changed':
      return { did: `${changeInWords(body.change)} ${body.task}`, key: body.change.state !== undefined }
    case 'field-set':
      return {
        did: body.value === null ? `cleared ${body.name}, was ${body.was ?? 'not set'}` : `set ${body.name}`,
        quote: body.value ?? '',
        key: false,
      }
    case 'privacy-set':
      return {
        did: `${body.private ? 'made it private' : 'opened it to everybody who is signed in'}${because(body.reason)}`,
        tone: 'doubt',
      }
    case 'access-set':
      return { did: body.allowed ? `let ${body.person} see it` : `no longer lets ${body.person} see it` }
    case 'merge-requested':
      return { did: `asks to merge it into ${incidentShort(body.into)}${because(body.reason)}`, tone: 'you' }
    case 'unmerge-requested':
      return { did: `asks to take it back out of ${incidentShort(body.from)}${because(body.reason)}`, tone: 'you' }
    case 'split-requested':
      return {
        did: `asks to split ${count(body.alerts.length, 'alert')} off${because(body.reason)}`,
        quote: body.title,
        tone: 'you',
      }
    case 'move-refused':
      return { did: `did not ${body.kind} it: ${words(body.reason)}`, tone: 'doubt' }
    case 'incident-merged':
      return { did: `merged it into ${incidentShort(body.into)}${because(body.reason)}` }
    case 'incident-unmerged':
      return { did: `took it back out of ${incidentShort(body.from)}${because(body.reason)}`, tone: 'harm' }
    case 'alerts-detached':
      return { did: `handed ${count(body.alerts.length, 'alert')} on to ${incidentShort(body.to)}` }
    case 'incident-linked':
      return { who: 'It', did: RELATED[body.relation](incidentShort(body.incident)) }
    case 'incident-unlinked':
      return {
        who: 'It',
        did: `no longer ${RELATED[body.relation](incidentShort(body.incident))}${because(body.reason)}`,
      }
    case 'escalation-started':
      return { did: `begins to call people by policy ${body.policy}${because(words(body.reason))}`, key: false }
    case 'paged':
      return {
        did: `calls ${list(body.page.to.map(addressee))}, step ${body.page.step + 1}${body.page.round === 0 ? '' : `, round ${body.page.round + 1}`}${because(words(body.page.reason))}${body.waitMs === null ? '' : `; ${age(body.waitMs)} until the next step`}`,
        tone: 'you',
      }
    case 'escalation-ended':
      return {
        did: `calls nobody else${because(words(body.reason))}`,
        tone: body.reason === 'exhausted' ? 'harm' : 'plain',
      }
    case 'notification-sent':
      return {
        who: 'The notifier',
        did: `reached ${reached(body.target, body.person)}${body.attempt > 1 ? `, try ${body.attempt}` : ''}`,
        quote: body.detail,
        key: false,
      }
    case 'notification-failed':
      return {
        who: 'The notifier',
        did: `did not reach ${reached(body.target, body.person)}${because(words(body.reason))}; tries again at ${clockTime(body.retryWall)}`,
        tone: 'doubt',
        key: false,
      }
    case 'notification-parked':
      return {
        who: 'The notifier',
        did: `gave up on ${reached(body.target, body.person)}${because(words(body.reason))}`,
        tone: 'harm',
      }
    case 'sla-breached':
      return {
        did: `sees the promise to ${body.breach.clock} broken, due ${clockTime(body.breach.due)}`,
        tone: 'harm',
      }
    default:
      return body satisfies never
  }
}

const RELATED: Record<Relation, (incident: string) => string> = {
  parent: (incident) => `belongs to ${incident}`,
  child: (incident) => `has ${incident} as a part`,
  'merged-into': (incident) => `is merged into ${incident}`,
  'merged-from': (incident) => `takes in ${incident}`,
  'split-from': (incident) => `is split off ${incident}`,
  'split-into': (incident) => `is split: ${incident} goes its own way`,
}

function taskInWords(task: Task): string {
  const kind = task.kind === 'task' ? 'task' : 'action item'
  const owner = task.owner === null ? '' : ` for ${task.owner}`
  return `${kind} ${task.id}${owner}${task.dueWall === null ? '' : `, due ${dayTime(task.dueWall)}`}`
}

function changeInWords(change: TaskChange): string {
  if (change.state === 'done') return 'did'
  if (change.state === 'dropped') return 'dropped'
  if (change.state === 'open') return 'opened again'
  if (change.owner !== undefined)
    return change.owner === null ? 'took the owner off' : `made ${change.owner} the owner of`
  if (change.dueWall !== undefined)
    return change.dueWall === null ? 'took the due time off' : `set ${dayTime(change.dueWall)} as due for`
  return 'left unchanged'
}

/** Who a page goes to, as the catalogue calls it. */
export function addressee(to: PageTo): string {
  return 'target' in to ? to.target : `whoever is on call in ${to.rotation}`
}

function reached(target: string, person: string | null): string {
  if (person !== null) return target === '' ? person : `${person} through ${target}`
  return target === '' ? 'anybody' : target
}
