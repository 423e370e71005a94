import type { Command, PersonCommand, Refusal, RoomCommand } from '../../protocol/commands.ts'
import type { Decided, EventBody } from '../../protocol/events.ts'
import { PAGES_PER_INCIDENT_MAX } from '../../protocol/limits.ts'
import type { EscalationPolicy, PageReason } from '../../protocol/oncall.ts'
import { ackLapsesAt, policyOf, slaClocks } from '../../protocol/sla.ts'
import { mayAct } from '../consensus/policy.ts'
import { nextStep, pages, policyFor } from '../oncall/escalation.ts'
import { retryWait } from '../oncall/retry.ts'
import { added, isRefusal, refuse, said } from './answer.ts'
import { longReason } from './lifecycle.ts'
import { type State, isLively } from './state.ts'

/** The severity is now one that the policy calls nobody for. */
const LOWERED = 'severity-lowered'

/**
 * Adds the calls that follow from what was decided, whoever decided it: an incident that opens, reopens or is nobody's
 * again starts its escalation, and a worse severity calls the present step once more. One call for one decision.
 */
export function withPaging(state: State, command: Command, answer: Decided[] | Refusal): Decided[] | Refusal {
  if (isRefusal(answer)) return answer
  const after = read(state, answer)
  if (!after.lively || (after.start === null && !after.raised)) return answer
  const { view } = state
  if (after.start === null && view.paging && view.paging.stopped !== LOWERED) {
    const policy = policyOf(view)
    if (!policy || !pages(policy, after.severity)) return answer
    const { round, step } = view.paging
    return [...answer, ...paged(state, command, policy, { reason: 'severity-raised', round, step }, null)]
  }
  const policy = after.catalogue && policyFor(after.catalogue, after.service, after.severity)
  if (!policy) return answer
  const reason = after.start ?? 'severity-raised'
  return [
    ...answer,
    ...added(command, { type: 'escalation-started', policy: policy.name, reason }),
    ...paged(state, command, policy, { reason, round: 0, step: 0 }, waitOf(policy, 0)),
  ]
}

/** What the decided events come to, as far as calling people goes. */
function read({ view }: State, decided: Decided[]) {
  const after = {
    catalogue: view.catalogue,
    service: view.head?.service ?? '',
    severity: view.severity,
    lively: view.head !== null && isLively(view),
    start: null as PageReason | null,
    raised: false,
  }
  for (const { body } of decided)
    switch (body.type) {
      case 'incident-opened':
        Object.assign(after, { catalogue: body.catalogue, service: body.head.service, severity: body.head.severity })
        Object.assign(after, { lively: true, start: 'opened' })
        break
      case 'severity-raised':
      case 'severity-set':
        if (body.to < after.severity) after.raised = true
        after.severity = body.to
        break
      case 'incident-reopened':
      case 'incident-unmerged':
        Object.assign(after, { lively: true, start: body.type === 'incident-reopened' ? 'reopened' : 'unmerged' })
        break
      case 'incident-unacknowledged':
        after.start = 'ack-timeout'
        break
      case 'incident-resolved':
      case 'incident-canceled':
      case 'incident-merged':
        Object.assign(after, { lively: false, start: null, raised: false })
        break
      default:
    }
  return after
}

/** One call to a step; past PAGES_PER_INCIDENT_MAX nobody is called any more, and the record says so. */
function paged(
  { view }: State,
  command: Command,
  policy: EscalationPolicy,
  { reason, round, step }: { reason: PageReason; round: number; step: number },
  waitMs: number | null,
): Decided[] {
  if (view.pages.length >= PAGES_PER_INCIDENT_MAX)
    return added(command, { type: 'escalation-ended', reason: 'too-many-pages' })
  const id = `P-${String(view.pages.length + 1).padStart(2, '0')}`
  const to = policy.steps[step]?.to ?? []
  const page = { id, reason, policy: policy.name, round, step, to, at: command.at }
  return added(command, { type: 'paged', page, waitMs })
}

const waitOf = (policy: EscalationPolicy, step: number): number => policy.steps[step]?.waitMs ?? 0

/** Nobody acknowledged in time: the next step is called, or there is none. */
export function nextPage(state: State, command: Command): Decided[] {
  const { paging } = state.view
  if (!paging || paging.nextAt === null || command.at < paging.nextAt) return []
  const policy = policyOf(state.view)
  if (policy && !pages(policy, state.view.severity))
    return added(command, { type: 'escalation-ended', reason: LOWERED })
  const next = policy && nextStep(policy, paging)
  if (!policy || !next) return added(command, { type: 'escalation-ended', reason: 'exhausted' })
  return paged(state, command, policy, { reason: 'escalated', ...next }, waitOf(policy, next.step))
}

/** A person calls the next step now. Where somebody acknowledged already, that one call is all. */
export function escalate(
  state: State,
  command: Command,
  body: Extract<PersonCommand, { type: 'escalate' }>,
): Decided[] | Refusal {
  const { view } = state
  if (!mayAct(command.role, 'responder')) return refuse('role-too-low', 'escalating asks for a responder')
  if (!isLively(view)) return refuse('invalid-transition', `an incident that is ${view.state} calls nobody`)
  const long = longReason(body.reason)
  if (long) return long
  if (view.pages.length >= PAGES_PER_INCIDENT_MAX)
    return refuse('too-many', `${PAGES_PER_INCIDENT_MAX} calls were made`)
  const { paging } = view
  const policy = policyOf(view) ?? (view.catalogue && policyFor(view.catalogue, view.head?.service ?? '', 'SEV-1'))
  if (!policy) return refuse('nobody-to-page', 'no escalation is catalogued for its service')
  const reason = 'escalated-by-person'
  if (!paging)
    return said(
      command,
      { type: 'escalation-started', policy: policy.name, reason: body.reason.trim() || reason },
      ...bodies(paged(state, command, policy, { reason, round: 0, step: 0 }, waitOf(policy, 0))),
    )
  const next = nextStep(policy, paging) ?? { round: paging.round + 1, step: 0 }
  const waitMs = paging.nextAt === null ? null : waitOf(policy, next.step)
  return said(command, ...bodies(paged(state, command, policy, { reason, ...next }, waitMs)))
}

const bodies = (decided: Decided[]): EventBody[] => decided.map(({ body }) => body)

/** Who acknowledged did nothing for as long as the policy allows: it is nobody's again. */
export function lapse(state: State, command: Command): Decided[] {
  const at = ackLapsesAt(state.view)
  return at === null || command.at < at
    ? []
    : added(command, { type: 'incident-unacknowledged', reason: 'ack-timeout' })
}

/** Promises whose time came unkept. */
export function breaches({ view }: State, command: Command): Decided[] {
  return slaClocks(view)
    .filter(({ state, due }) => state === 'running' && command.at >= due)
    .flatMap(({ clock, due }) =>
      added(command, { type: 'sla-breached', breach: { clock, severity: view.severity, due, at: command.at } }),
    )
}

/** What became of one try: sent, tried again later, or given up with the reason. */
export function recordNotification(
  { view }: State,
  command: Command,
  body: Extract<RoomCommand, { type: 'record-notification' }>,
): Decided[] | Refusal {
  const { answer, page, to, attempt, target, person } = body
  const known = view.notifications.find((one) => one.page === page && one.to === to)
  if (!known) return refuse('no-such-notification', `${page} has no addressee ${to}`)
  if (known.state === 'sent' || known.state === 'parked' || attempt <= known.attempt)
    return refuse('nothing-changed', `it is ${known.state} already`)
  const said = { page, to, attempt, target, person }
  switch (answer.outcome) {
    case 'sent':
      return added(command, { type: 'notification-sent', ...said, detail: answer.detail })
    case 'parked':
    case 'gone':
      return added(command, { type: 'notification-parked', ...said, reason: answer.reason })
    case 'failed': {
      const waitMs = retryWait(attempt, `${view.head?.id}/${page}/${to}`, answer.retryAfterMs)
      if (waitMs === null)
        return added(command, { type: 'notification-parked', ...said, reason: `gave-up: ${answer.reason}` })
      const retryWall = command.wall + waitMs
      return added(command, { type: 'notification-failed', ...said, reason: answer.reason, waitMs, retryWall })
    }
    default:
      return answer satisfies never
  }
}
