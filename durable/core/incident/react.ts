import { type RunbookStep, VOTERS } from '../../protocol/domain.ts'
import type { Effect } from '../../protocol/effects.ts'
import type { EventBody, EventType, RoomEvent } from '../../protocol/events.ts'
import { BRANCH_LOOKS_MS, asksPerson } from '../../protocol/steps.ts'
import { openProposal } from '../../protocol/view.ts'
import {
  RERUN_CAP_MS,
  RERUN_FIRST_MS,
  RUNS_MAX,
  STATUS_ATTEMPTS,
  STATUS_FIRST_MS,
  STEP_LOOKS,
  UNKNOWN_EVERY_MS,
  VERIFY_EVERY_MS,
} from '../consensus/policy.ts'
import { askAutonomy } from './autonomy.ts'
import { CHANGES_REQUESTED } from './approve.ts'
import { type State, firingSinceMitigated, isLively } from './state.ts'
import { stepsAreOver } from './steps.ts'
import { UNDOING } from './undo.ts'

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
  'dry-run-started',
  'execution-answered',
  'outcome-settled',
  'undo-started',
  'undo-answered',
  'undo-settled',
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
  'undo-answered',
  'undo-settled',
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
      return forMove(state, body)
    case 'clerk-spoke':
      return askAutonomy(state, body.proposal)
    case 'dry-run-started':
      return [{ type: 'preview-driver', proposal: body.proposal, key: body.key }]
    case 'dry-run-set':
      return body.on ? [] : lookAgain(state)
    case 'execution-started':
      return [{ type: 'call-driver', proposal: body.proposal, key: body.key, token: body.token }]
    case 'execution-answered':
      return body.outcome === 'unknown' ? askStatus(body) : []
    case 'step-started':
      return forStep(state, body)
    case 'step-ended':
      return [
        ...(body.end !== 'skipped' && asksPerson(stepOf(state, body)) ? [resumeFor(body)] : []),
        ...beginWhenReady(state, body.proposal),
      ]
    case 'undo-started':
      return [{ type: 'call-driver', proposal: body.proposal, key: body.key, token: body.token, undo: true }]
    case 'undo-answered':
      return body.outcome === 'unknown' ? askStatus(body).map((asked) => ({ ...asked, undo: true })) : []
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

/** A few questions what became of one call, further and further apart. */
function askStatus({ proposal, key }: { proposal: string; key: string }): Extract<Effect, { type: 'ask-status' }>[] {
  return Array.from({ length: STATUS_ATTEMPTS }, (_, attempt) => ({
    type: 'ask-status',
    proposal,
    key,
    attempt,
    after: { ms: STATUS_FIRST_MS * 3 ** attempt, clock: 'wall' },
  }))
}

/** The check at use comes after the last step; without any it comes after the approval. */
function beginWhenReady(state: State, id: string): Effect[] {
  const proposal = state.view.proposals.find((candidate) => candidate.id === id)
  return proposal?.status === 'approved' && stepsAreOver(proposal) ? [{ type: 'begin-execution', proposal: id }] : []
}

interface OneStep {
  proposal: string
  step: string
}

function stepOf({ view }: State, { proposal, step: id }: OneStep): RunbookStep | undefined {
  const plan = view.proposals.find((candidate) => candidate.id === proposal)?.body.plan
  return plan?.steps?.find((candidate) => candidate.id === id)
}

/** What a step waits for; a person's step waits for a person, and a drill's clock stands meanwhile. */
function forStep(state: State, { proposal, step: id }: OneStep): Effect[] {
  const step = stepOf(state, { proposal, step: id })
  switch (step?.kind) {
    case 'manual':
    case 'approval':
      return [{ type: 'pause-clock', proposal, step: id }]
    case 'wait':
      return [{ type: 'end-wait', proposal, step: id, after: { ms: step.ms, clock: 'room' } }]
    case 'verify':
      return looks(proposal, id, step.withinMs)
    case 'branch':
      return looks(proposal, id, BRANCH_LOOKS_MS)
    default:
      return []
  }
}

/** A person is asked no longer, for the approval or for a step: neither holds a drill's clock. */
function released({ view }: State, proposal: string): Effect[] {
  const found = view.proposals.find((candidate) => candidate.id === proposal)
  const running = (found?.steps ?? []).filter(({ state }) => state === 'running')
  return [{ type: 'resume-clock', proposal }, ...running.map(({ id: step }) => resumeFor({ proposal, step }))]
}

function resumeFor({ proposal, step }: OneStep): Effect {
  return { type: 'resume-clock', proposal, step }
}

/** Looks spread over a span, the last at its end: that one decides. */
function looks(proposal: string, step: string, spanMs: number): Effect[] {
  return Array.from({ length: STEP_LOOKS }, (_, attempt) => ({
    type: 'read-step',
    proposal,
    step,
    attempt,
    after: { ms: Math.round((spanMs * attempt) / (STEP_LOOKS - 1)), clock: 'room' },
  }))
}

function forMove(state: State, { proposal, status, reason }: Extract<EventBody, { type: 'proposal-moved' }>): Effect[] {
  switch (status) {
    case 'running':
      return reason === UNDOING ? [{ type: 'begin-undo', proposal }] : []
    case 'undone':
      return lookAgain(state, 'room', 0)
    case 'awaiting-approval':
      return [{ type: 'pause-clock', proposal }, ...askAutonomy(state, proposal)]
    case 'approved':
      return [{ type: 'resume-clock', proposal }, ...beginWhenReady(state, proposal)]
    case 'not-carried':
    case 'refused':
      return lookAgain(state)
    case 'done':
      return recovered(state, proposal) ? [] : lookAgain(state)
    case 'rejected':
      return [
        ...released(state, proposal),
        ...(reason === CHANGES_REQUESTED ? lookAgain(state, 'wall', 0) : lookAgain(state)),
      ]
    case 'expired':
    case 'revoked':
      return [...released(state, proposal), ...lookAgain(state)]
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

/** The agents look again at fresh evidence, later each time; at once where what they last saw was just taken back. */
function lookAgain(state: State, clock: 'room' | 'wall' = 'room', soon: number | null = null): Effect[] {
  const { view } = state
  if (view.run >= RUNS_MAX || openProposal(view)) return []
  if (!isLively(view)) return []
  const ms = soon ?? Math.min(RERUN_FIRST_MS * 2 ** Math.max(0, view.run - 1), RERUN_CAP_MS)
  return [{ type: 'gather-evidence', run: view.run + 1, after: { ms, clock } }]
}
