import type { Command, Refusal, RoomCommand } from '../../protocol/commands.ts'
import { canonical } from '../../protocol/canonical.ts'
import type { GateVerdict, GuardVerdict, Proposal, ProposalBody } from '../../protocol/domain.ts'
import type { Decided, EventBody } from '../../protocol/events.ts'
import { isDryRun } from '../../protocol/fold-controls.ts'
import type { View } from '../../protocol/view.ts'
import { added, refuse, said } from './answer.ts'
import { askHuman } from './deliberate.ts'
import type { State } from './state.ts'

/** The word of a proposal that was tried dry. */
const DRY_RUN = 'dry-run'
/** How its key ends: it is never an idempotency key of a call. */
const SUFFIX = ':dry'

/** Every check at use held: in dry run the driver says what it would do, and nothing is called. */
export function startDryRun(
  command: Command,
  proposal: Proposal,
  key: string,
  judged: { guard: GuardVerdict; gate: GateVerdict | null; recorded: EventBody[] },
): Decided[] {
  const { recorded, guard, gate } = judged
  const { id, digest } = proposal
  return added(command, ...recorded, {
    type: 'dry-run-started',
    proposal: id,
    digest,
    key: `${key}${SUFFIX}`,
    guard,
    gate,
  })
}

/** What the driver would do, on record; the proposal is done with it, and its approval is used. */
export function reportDryRun(
  state: State,
  command: Command,
  body: Extract<RoomCommand, { type: 'report-dry-run' }>,
): Decided[] | Refusal {
  const proposal = state.view.proposals.find((candidate) => candidate.id === body.proposal)
  if (!proposal || !isTriedDry(proposal)) return refuse('nothing-to-settle', 'no dry run is out there')
  const { id } = proposal
  if (body.report === null)
    return [
      ...added(command, { type: 'proposal-moved', proposal: id, status: 'refused', reason: 'dry-run-unreadable' }),
      ...askHuman(state, command, id, 'dry-run-unreadable', body.detail),
    ]
  return [
    ...said(command, { type: 'dry-run-reported', proposal: id, key: body.key, report: body.report }),
    ...added(command, { type: 'proposal-moved', proposal: id, status: 'done', reason: DRY_RUN }),
    ...askHuman(state, command, id, DRY_RUN, 'look at what it would do; with dry run off the agents propose anew'),
  ]
}

/** Its driver is being asked what it would do. */
export function isTriedDry({ status, reason, execution }: Proposal): boolean {
  return status === 'running' && reason === DRY_RUN && execution === null
}

/** The same action was shown already, and showing is all that happens now. */
export function wasShown(view: View, body: ProposalBody): boolean {
  const action = canonical(body.plan.action)
  return (
    isDryRun(view) &&
    view.proposals.some(
      ({ dryRun, body: earlier }) => dryRun !== undefined && canonical(earlier.plan.action) === action,
    )
  )
}
