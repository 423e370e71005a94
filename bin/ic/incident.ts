import { plainLine } from '../../durable/core/export/text.ts'
import { saysYes } from '../../durable/protocol/decisions.ts'
import type { IncidentDetail, ProposalRow } from '../../durable/protocol/rows.ts'
import type { Output } from './output.ts'

/** Alerts shown of one incident; a storm has thousands. */
const ALERTS_SHOWN = 20
/** Characters of a fingerprint: enough to name an alert by. */
const FINGERPRINT_SHOWN = 12

/** An incident for people. */
export function sayIncident(out: Output, detail: IncidentDetail): void {
  out.fields([
    ['incident', detail.id],
    ['title', detail.title],
    ['severity', detail.severity],
    ['state', `${detail.state}, ${detail.phase}${detail.awaitingHuman ? ', waits for a person' : ''}`],
    ['service', detail.service],
    ['opened', detail.openedAt],
    ...(detail.alertsClearSince === null ? [] : [['alerts clear', `since ${detail.alertsClearSince}`] as const]),
    ...(detail.drill === null ? [] : [['drill', detail.drill] as const]),
    ['log', `${detail.seq} events, chain head ${detail.chainHead}`],
  ])
  const summary = detail.findings.find(({ agent }) => agent === 'communication')?.detail
  if (summary?.agent === 'communication') {
    const { happening, cause, next } = summary.responders
    section(out, 'Summary', [happening, cause, next])
  }
  section(
    out,
    'Causes',
    detail.hypotheses.map(({ verdict, title, reason }) => `${verdict} ${title}: ${reason}`),
  )
  if (detail.proposal) sayProposal(out, detail.proposal)
  const alerts = detail.alerts.toSorted((a, b) => Number(b.status === 'firing') - Number(a.status === 'firing'))
  const hidden = alerts.length + detail.alertsBeyond - Math.min(alerts.length, ALERTS_SHOWN)
  section(out, 'Alerts', [
    ...alerts
      .slice(0, ALERTS_SHOWN)
      .map(
        (alert) =>
          `${alert.status} ${alert.severity} ${alert.service}: ${alert.title} (${alert.fingerprint.slice(0, FINGERPRINT_SHOWN)})`,
      ),
    ...(hidden === 0 ? [] : [`and ${hidden} more`]),
  ])
  section(
    out,
    'Roles',
    detail.crew.map(({ role, person }) => `${role}: ${person}`),
  )
  section(
    out,
    'Tasks',
    detail.tasks.map(({ id, state, text, owner }) => `${id} ${state}: ${text}${owner === null ? '' : ` (${owner})`}`),
  )
  section(
    out,
    'Belongs together',
    detail.links.map(({ relation, incident }) => `${relation} ${incident}`),
  )
  section(
    out,
    'Not known',
    detail.gaps.map(({ agent, what, reason }) => `${agent}: ${what} (${reason})`),
  )
  section(
    out,
    'Notes',
    detail.notes.map(({ by, text }) => `${by}: ${text}`),
  )
}

/** A proposal with the exact change that an approval binds. */
export function sayProposal(out: Output, proposal: ProposalRow): void {
  const { plan, guard, gate, votes, decisions } = proposal
  const { action, previous, rollback } = plan
  out.line(`\n${out.style('bold', `Proposal P-${proposal.number}: ${plainLine(plan.title)}`)}`)
  out.fields([
    ['id', proposal.id],
    ['status', `${proposal.status}${proposal.reason === '' ? '' : ` (${proposal.reason})`}`],
    ['action', action.type],
    ['target', action.target],
    ...Object.entries(action.parameters).map(
      ([name, value]) => [name, `${previous[name] ?? 'not known'} → ${value}`] as const,
    ),
    ['risk', plan.risk],
    [
      'undo',
      rollback
        ? `${rollback.type} on ${rollback.target} ${JSON.stringify(rollback.parameters)}`
        : 'none: it cannot be undone',
    ],
    ...(proposal.undo ? [['undone', `${proposal.undo.outcome} (${proposal.undoWhy ?? 'no reason'})`] as const] : []),
    ...(proposal.steps ?? []).map(({ id, state, by, detail }) => {
      const said = [by, detail].filter((word) => word !== null && word !== '').join(': ')
      return [`step ${id}`, `${state}${said === '' ? '' : `, ${said}`}`] as const
    }),
    ['expected', plan.expected],
    ['evidence', plan.cites.join(' ')],
    [
      'guard',
      guard.holds
        ? 'every clause holds'
        : guard.clauses
            .filter(({ holds }) => holds !== true)
            .map(({ name, reason }) => `${name}: ${reason}`)
            .join('; '),
    ],
    ['gate', gate.passes ? `passes: ${gate.kinds.join(', ')} from ${gate.sources.join(', ')}` : gate.reason],
    ['votes', votes.map(({ voter, vote }) => `${voter} ${vote}`).join(', ') || 'none'],
    ['approvals', `${decisions.filter(saysYes).length} of ${proposal.approvalsNeeded}`],
    ['expires', proposal.expiresAt],
    ['digest', proposal.digest],
  ])
}

function section(out: Output, title: string, items: readonly string[]): void {
  if (items.length === 0) return
  out.line(`\n${out.style('bold', title)}`)
  for (const item of items) out.line(`  ${plainLine(item)}`)
}
