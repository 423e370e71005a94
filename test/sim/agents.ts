import { situationOf } from '../../durable/core/agents/agent.ts'
import { clerk } from '../../durable/core/agents/communication/index.ts'
import { VOTES, draftOf } from '../../durable/core/agents/engines.ts'
import type {
  ActionPlan,
  AgentName,
  FindingDraft,
  Instant,
  Proposal,
  VoteDraft,
  VoterName,
} from '../../durable/protocol/domain.ts'
import { VOTERS } from '../../durable/protocol/domain.ts'
import type { CommandBody } from '../../durable/protocol/commands.ts'
import type { View } from '../../durable/protocol/view.ts'
import { signedVote } from '../agent-keys.ts'
import type { Trouble } from './faults.ts'

type CastVote = Extract<CommandBody, { type: 'cast-vote' }>

/** The shipped agent's own word, which a lying world may twist. */
export function find(agent: AgentName, view: View, at: Instant, trouble: Trouble): FindingDraft {
  const draft = draftOf(agent, view, at)
  return trouble.happens('lies') ? twisted(draft, trouble) : draft
}

/**
 * One signed vote, or what a liar makes of it: votes that contradict each other, the same one again, one signed for another
 * question, one that it signed as another seat, one whose signature is torn. `blind`: every voter says yes and cites all there is.
 */
export function votesOf(
  voter: VoterName,
  view: View,
  proposal: Proposal,
  at: Instant,
  trouble: Trouble,
  blind: boolean,
): CastVote[] {
  const yes: VoteDraft = { vote: 'support', cites: Object.keys(view.evidence), reason: 'yes', method: 'none' }
  const own = blind ? yes : VOTES[voter](situationOf(view, at), proposal.body)
  const say = (draft: VoteDraft, as: VoterName = voter, digest = proposal.digest): CastVote =>
    signedVote(view, { type: 'cast-vote', proposal: proposal.id, digest, voter: as, draft }, voter)
  if (!trouble.happens('lies')) return [say(own)]
  const honest = say(own)
  const neighbour = VOTERS[(VOTERS.indexOf(voter) + 1) % VOTERS.length] ?? voter
  return trouble.pick([
    [say(yes)],
    [say({ ...own, vote: 'oppose' })],
    [say({ ...own, cites: [...own.cites, 'E-999'] })],
    [say({ ...yes, cites: ['constructor', '__proto__'] })],
    [say(yes, voter, view.proposals[0]?.digest ?? proposal.digest)],
    [say(yes), say({ ...yes, vote: 'oppose' })],
    [say({ ...yes, cites: ['E-999'] }), say(yes)],
    [honest, honest],
    [say(yes, neighbour), honest],
    [{ ...honest, signature: honest.signature.toLowerCase() }],
    [{ ...honest, draft: yes }, honest],
  ] as const satisfies readonly CastVote[][])
}

export { clerk, situationOf }

function twisted(draft: FindingDraft, trouble: Trouble): FindingDraft {
  const { detail } = draft
  if (detail.agent !== 'resolution' || !detail.plan) return { ...draft, cites: [...draft.cites, 'E-998', 'toString'] }
  return { ...draft, detail: { ...detail, plan: trouble.pick(TWISTS)(detail.plan) } }
}

const acting = (plan: ActionPlan, action: Partial<ActionPlan['action']>): ActionPlan => ({
  ...plan,
  action: { ...plan.action, ...action },
})

/** How a faulty Resolution may ask for more than it should. */
const TWISTS: readonly ((plan: ActionPlan) => ActionPlan)[] = [
  (plan) => acting(plan, { parameters: { pool_limit: 1_000_000 } }),
  (plan) => acting(plan, { parameters: { ...plan.action.parameters, force: 1 } }),
  (plan) => acting(plan, { parameters: { pool_limit: 25 } }),
  (plan) => acting(plan, { target: 'orders-db' }),
  (plan) => acting(plan, { target: 'payroll' }),
  (plan) => acting(plan, { runbook: 'guesswork' }),
  (plan) => acting(plan, { type: 'format-disk' }),
  (plan) => ({ ...plan, rollback: null }),
  (plan) => ({ ...plan, cites: ['E-999', 'constructor'] }),
  (plan) => ({ ...plan, verify: { ...plan.verify, windowMs: 1, settleMs: 0 } }),
  (plan) => ({ ...acting(plan, { runbook: 'scale-out', type: 'scale-out', parameters: {} }), preconditions: [] }),
  (plan) => ({
    ...acting(plan, { runbook: 'drop-sessions', type: 'drop-sessions', parameters: {} }),
    risk: 'reversible',
    rollback: null,
    preconditions: [],
  }),
]
