import { VOTERS } from '../../protocol/domain.ts'
import type { Effect } from '../../protocol/effects.ts'
import type { EventBody, EventType, RoomEvent } from '../../protocol/events.ts'
import { openProposal } from '../../protocol/view.ts'
import {
  RERUN_CAP_MS,
  RERUN_FIRST_MS,
  RUNS_MAX,
  STATUS_ATTEMPTS,
  STATUS_FIRST_MS,
  UNKNOWN_EVERY_MS,
  VERIFY_EVERY_MS,
} from '../consensus/policy.ts'
import { type State, firingSinceMitigated, isLively } from './state.ts'

/** Events after which the incident's row in lists is another. */
const ROW_CHANGES: ReadonlySet<EventType> = new Set([
  'incident-opened',
  'alerts-cleared',
  'severity-raised',
  'incident-acknowledged',
  'incident-mitigated',
  'incident-resolved',
  'incident-reopened',
  'incident-closed',
  'finding-reported',
  'proposal-made',
  'ballot-closed',
  'human-asked',
  'proposal-moved',
  'execution-started',
  'execution-answered',
  'outcome-settled',
  'verification-started',
  'verification-ended',
  'escalated',
  'incident-unacknowledged',
  'incident-canceled',
  'severity-set',
  'role-assigned',
  'role-released',
  'privacy-set',
  'access-set',
  'incident-merged',
  'incident-unmerged',
  'incident-linked',
  'incident-unlinked',
])

/** Events after which the written summary says something new. */
const WORTH_WORDING: ReadonlySet<EventType> = new Set([
  'incident-opened',
  'ballot-closed',
  'execution-answered',
  'verification-ended',
  'incident-mitigated',
  'incident-resolved',
  'incident-closed',
  'human-asked',
  'incident-canceled',
  'incident-merged',
])

/** Names what must happen outside because of an event; `state` is the state after it. Pure: the outbox does the rest. */
export function react(state: State, event: RoomEvent): Effect[] {
  const effects = [...forBody(state, event.body, event.by.name)]
  // The room's own mitigation follows an end that is worded already.
  const worded = event.body.type === 'incident-mitigated' && event.by.kind === 'system'
  if (WORTH_WORDING.has(event.body.type) && !worded)
    effects.push({ type: 'run-agent', agent: 'communication', run: event.seq })
  if (ROW_CHANGES.has(event.body.type)) effects.push({ type: 'update-index' })
  return effects
}

function forBody(state: State, body: EventBody, by: string): Effect[] {
  switch (body.type) {
    case 'incident-opened':
      return [{ type: 'gather-evidence', run: 1, after: null }]
    case 'alert-attached':
    case 'alert-updated':
      // The first one asks; those that come with it are seen by the same look.
      return firingSinceMitigated(state.view) === 1 && body.alert.status === 'firing' ? lookAgain(state) : []
    case 'agent-started':
      return [{ type: 'run-agent', agent: body.agent, run: body.run }]
    case 'finding-reported': {
      const { finding } = body
      if (finding.detail.agent !== 'resolution') return []
      // A plan that turns out to be no proposal (rejected before, still refused) must not end the looking: the next look is
      // due all the same, and is refused while a proposal is being settled. On the wall: at a drill's speed it would overtake.
      const next: Effect[] = finding.detail.plan ? [{ type: 'prepare-proposal', run: finding.run }] : []
      return [
        ...next,
        ...lookAgain(state, finding.detail.plan ? 'wall' : 'room'),
        { type: 'run-agent', agent: 'communication', run: state.view.seq },
      ]
    }
    case 'agent-stopped':
      return body.agent === 'diagnosis' || body.agent === 'resolution' ? lookAgain(state) : []
    case 'proposal-made':
      return body.proposal.status === 'refused' ? lookAgain(state) : []
    case 'ballot-opened':
      return [
        ...VOTERS.map((voter): Effect => ({ type: 'ask-voter', proposal: body.proposal, voter })),
        { type: 'ask-clerk', proposal: body.proposal },
      ]
    case 'proposal-moved':
      return forMove(state, body.proposal, body.status)
    case 'execution-started':
      return [{ type: 'call-driver', proposal: body.proposal, key: body.key, token: body.token }]
    case 'execution-answered':
      return body.outcome === 'unknown'
        ? Array.from(
            { length: STATUS_ATTEMPTS },
            (_, attempt): Effect => ({
              type: 'ask-status',
              proposal: body.proposal,
              key: body.key,
              attempt,
              after: { ms: STATUS_FIRST_MS * 3 ** attempt, clock: 'wall' },
            }),
          )
        : []
    case 'verification-started':
      return [
        {
          type: 'read-signals',
          proposal: body.proposal,
          round: state.view.seq,
          after: { ms: VERIFY_EVERY_MS, clock: 'room' },
        },
      ]
    case 'verification-sampled':
      return readAgain(state, body.proposal)
    case 'incident-reopened':
    case 'incident-unmerged':
      return lookAgain(state)
    case 'incident-closed':
    case 'incident-canceled':
    case 'incident-merged':
      return [{ type: 'archive' }]
    case 'merge-requested':
      return [{ type: 'move-alerts', seq: state.view.seq, move: { kind: 'merge', into: body.into } }]
    case 'unmerge-requested':
      return [{ type: 'move-alerts', seq: state.view.seq, move: { kind: 'unmerge', from: body.from } }]
    case 'split-requested': {
      const { alerts, title } = body
      return [{ type: 'move-alerts', seq: state.view.seq, move: { kind: 'split', alerts, title, by } }]
    }
    case 'incident-linked':
    case 'incident-unlinked':
      return body.relation === 'parent'
        ? [{ type: 'link-parent', parent: body.incident, linked: body.type === 'incident-linked' }]
        : []
    case 'paged':
      return body.page.to.map((_, to): Effect => ({ type: 'notify', page: body.page.id, to, attempt: 1, after: null }))
    case 'notification-failed': {
      const { page, to, attempt, waitMs } = body
      return [{ type: 'notify', page, to, attempt: attempt + 1, after: { ms: waitMs, clock: 'wall' } }]
    }
    default:
      return []
  }
}

function forMove(state: State, proposal: string, status: string): Effect[] {
  switch (status) {
    case 'awaiting-approval':
      return [{ type: 'pause-clock', proposal }]
    case 'approved':
      return [
        { type: 'resume-clock', proposal },
        { type: 'begin-execution', proposal },
      ]
    case 'not-carried':
    case 'refused':
      return lookAgain(state)
    case 'done':
      return recovered(state, proposal) ? [] : lookAgain(state)
    case 'rejected':
    case 'expired':
    case 'revoked':
      return [{ type: 'resume-clock', proposal }, ...lookAgain(state)]
    default:
      return []
  }
}

function recovered(state: State, id: string): boolean {
  return state.view.proposals.find((candidate) => candidate.id === id)?.verification?.end === 'recovered'
}

function readAgain(state: State, id: string): Effect[] {
  const proposal = state.view.proposals.find((candidate) => candidate.id === id)
  if (proposal?.verification?.end !== null) return []
  if (proposal.status !== 'verifying' && proposal.status !== 'outcome-unknown') return []
  const lapsed = proposal.status === 'outcome-unknown' && state.view.at >= proposal.verification.until
  const ms = lapsed ? UNKNOWN_EVERY_MS : VERIFY_EVERY_MS
  return [{ type: 'read-signals', proposal: id, round: state.view.seq, after: { ms, clock: 'room' } }]
}

/** The agents look again at fresh evidence, later each time. */
function lookAgain(state: State, clock: 'room' | 'wall' = 'room'): Effect[] {
  const { view } = state
  if (view.run >= RUNS_MAX || openProposal(view)) return []
  if (!isLively(view)) return []
  const ms = Math.min(RERUN_FIRST_MS * 2 ** Math.max(0, view.run - 1), RERUN_CAP_MS)
  return [{ type: 'gather-evidence', run: view.run + 1, after: { ms, clock } }]
}
