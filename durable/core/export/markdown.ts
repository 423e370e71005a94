import type { RoomEvent } from '../../protocol/events.ts'
import type { Proposal } from '../../protocol/domain.ts'
import type { View } from '../../protocol/view.ts'
import { type Lookup, sentenceOf } from './sentence.ts'
import { instant, plainLine, plainText } from './text.ts'

/** What marks text up anywhere in a line, raw HTML and entities included. */
const MARKS = /[\\`*_[\]<>#|~&!$]/g
/** What some readers turn into a link or a mention without any mark. */
const LINKS = /@|:(?=\/\/)|(?<=www)\.|(?<=mailto|xmpp):/gi
/** What marks up at the start of a line alone. */
const STARTS = /^(\d*)([+-](?=\s)|[.)])/

/** Text of anybody as one line of Markdown that says just that text: no mark-up, no link, no mention. */
export function escaped(text: string): string {
  return plainLine(text).replace(MARKS, '\\$&').replace(LINKS, '\\$&').replace(STARTS, '$1\\$2')
}

/** What stands before the timeline: the facts, the summary, causes, actions, people, tasks, notes. */
export function markdownHead(view: View, log: { count: number; head: string }): string {
  const { head } = view
  const title = head ? escaped(head.title) : 'An incident that was never opened'
  const blocks = [
    `# ${title}`,
    facts(view, log),
    summary(view),
    causes(view),
    actions(view),
    section(
      'People',
      view.crew.map(({ role, person, since }) => `${escaped(person)}, ${role} since ${instant(since)}`),
    ),
    section(
      'Tasks',
      view.tasks.map(
        ({ id, kind, state, owner, dueWall, text }) =>
          `${escaped(id)} ${kind}, ${state}, ${escaped(owner ?? 'nobody')}${dueWall === null ? '' : `, due ${instant(dueWall)}`}: ${escaped(text)}`,
      ),
    ),
    section('Alerts (outside text)', [
      ...Object.values(view.alerts).map(
        ({ status, severity, service, title: named }) =>
          `${status}, ${severity}, ${escaped(service)}: ${escaped(named)}`,
      ),
      ...(view.alertsBeyond === 0 ? [] : [`${view.alertsBeyond} more that are counted only`]),
    ]),
    section(
      'Not known',
      view.gaps.map(({ agent, what, reason }) => `${agent}: ${escaped(what)} (${escaped(reason)})`),
    ),
    notes(view),
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n\n## Timeline\n\n`
}

/** One item for each event. */
export function markdownLines(events: readonly RoomEvent[], lookup: Lookup): string {
  return events
    .map((event) => {
      const { who, did, quote, tainted } = sentenceOf(event, lookup)
      const words = quote === '' ? '' : `: “${escaped(quote)}”${tainted ? ' (outside text)' : ''}`
      return `- ${instant(event.at)} ${event.seq}. **${escaped(who)}** ${escaped(did)}${words}\n`
    })
    .join('')
}

function facts(view: View, { count, head }: { count: number; head: string }): string {
  const { times } = view
  const rows: [string, string][] = [
    ['Incident', escaped(view.head?.id ?? '')],
    ...(view.head?.drill == null ? [] : [['Drill', escaped(view.head.drill)] as [string, string]]),
    ['Severity', view.severity],
    ['State', view.state],
    ['Service', escaped(view.head?.service ?? '')],
    ['Opened', instant(view.head?.openedAt ?? null)],
    ['Acknowledged', instant(times.acknowledged)],
    ['Mitigated', instant(times.mitigated)],
    ['Resolved', instant(times.resolved)],
    ['Closed', instant(times.closed)],
    ['Reopened', String(view.reopened)],
    ['Who took part', view.people.map(escaped).join(', ') || 'nobody'],
    ...Object.entries(view.fields).map(([name, value]) => [escaped(name), escaped(value)] as [string, string]),
    ['Catalogue', escaped(view.catalogue?.version ?? '')],
    ['Log', `${count} events, chain head ${escaped(head)}`],
  ]
  return ['| | |', '| --- | --- |', ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join('\n')
}

function summary(view: View): string {
  const detail = view.findings.communication?.detail
  if (detail?.agent !== 'communication') return ''
  const { happening, cause, next } = detail.responders
  return ['## Summary', ...[happening, cause, next].map(escaped)].join('\n\n')
}

function causes(view: View): string {
  return section(
    'Causes',
    view.hypotheses.map(
      ({ verdict, title, reason, confidence, for: supports, against }) =>
        `${verdict}${confidence === null ? '' : ` (${confidence.toFixed(2)})`} ${escaped(title)}: ${escaped(reason)}${ids('for', supports)}${ids('against', against)}`,
    ),
  )
}

function actions(view: View): string {
  return section(
    'Actions',
    view.proposals.map((proposal) => {
      const { number, status, reason, body, digest, decisions } = proposal
      const by = decisions.map((decision) => `${decision.kind} by ${escaped(decision.by)}`).join(', ')
      return `P-${number} ${escaped(body.plan.title)}: ${status}${reason === '' || reason === status ? '' : ` (${escaped(reason)})`}${end(proposal)}${by === '' ? '' : `; ${by}`}; digest ${escaped(digest)}`
    }),
  )
}

function end({ execution, verification }: Proposal): string {
  const ran = execution ? `, ${execution.outcome}` : ''
  return `${ran}${verification?.end ? `, ${verification.end}` : ''}`
}

function notes(view: View): string {
  if (view.notes.length === 0) return ''
  const said = view.notes.map(({ by, at, text, visibility }) => {
    const lines = plainText(text).split('\n').map(escaped)
    return `${escaped(by)}, ${instant(at)}, ${visibility ?? 'private'}:\n\n${lines.map((line) => `> ${line}`).join('\n>\n')}`
  })
  return ['## Notes', ...said].join('\n\n')
}

function section(title: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `## ${title}\n\n${items.map((item) => `- ${item}`).join('\n')}`
}

function ids(word: string, cited: readonly string[]): string {
  return cited.length === 0 ? '' : `; ${word} ${cited.map(escaped).join(' ')}`
}
