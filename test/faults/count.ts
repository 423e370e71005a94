import type { Proposal, Vote, VoteDraft, VoterName } from '../../durable/protocol/domain.ts'
import { VOTERS } from '../../durable/protocol/domain.ts'
import type { Faults } from '../../durable/protocol/faults.ts'
import type { View } from '../../durable/protocol/view.ts'
import { situationOf } from '../../durable/core/agents/agent.ts'
import { VOTES } from '../../durable/core/agents/engines.ts'
import { judgeQuorum } from '../../durable/core/consensus/quorum.ts'
import { held } from '../../durable/core/consensus/readings.ts'
import { delayOf, seenBy, spokenBy } from '../../durable/core/drill/index.ts'

/** Everything that the seats would send if they were asked about this proposal now, late words too. */
export interface Asked {
  voter: VoterName
  /** in whose name, and whether the seat's own key signed it. */
  as: VoterName
  draft: VoteDraft
  late: boolean
}

/** Asks all four seats off the record, with the faults of the run. */
export function ask(faults: Faults, view: View, proposal: Proposal, at: number): Asked[] {
  return VOTERS.flatMap((voter) => {
    const check = VOTES[voter](situationOf(seenBy(faults, voter, view, at), at), proposal.body)
    const late = delayOf(faults, view, at, voter) > 0
    return spokenBy(faults, voter, view, proposal, at, check).flatMap((one): Asked[] =>
      'copy' in one ? [] : [{ voter, as: one.as, draft: one.draft, late }],
    )
  })
}

/** The votes that a room would count: in their own name, once, in time, citing what is held. */
export function counted(asked: readonly Asked[], view: View): Vote[] {
  return VOTERS.flatMap((voter): Vote[] => {
    const own = asked.filter((one) => one.voter === voter && one.as === voter && !one.late)
    const words = new Set(own.map(({ draft }) => JSON.stringify(draft)))
    const [first] = own
    if (!first || words.size > 1 || first.draft.cites.some((id) => !held(view.evidence, id))) return []
    return [{ ...first.draft, voter, digest: '', at: 0, void: null }]
  })
}

/** The last word said in each name, by whomever: what a count without signatures and checks goes by. */
function lastWords(asked: readonly Asked[]): VoteDraft[] {
  return VOTERS.flatMap((voter) => asked.findLast(({ as, late }) => as === voter && !late)?.draft ?? [])
}

/** The rules that the quorum is compared with; each says whether it would run the proposal. */
export interface Rules {
  single: Record<VoterName, boolean>
  argmax: boolean
  majority: boolean
  ungated: boolean
}

export function rulesOn(asked: readonly Asked[], faults: Faults, view: View, proposal: Proposal): Rules {
  const votes = counted(asked, view)
  const words = lastWords(asked)
  const yes = words.filter(({ vote }) => vote === 'support').length
  const answerOf = (voter: VoterName): string | undefined =>
    asked.find((one) => one.voter === voter && one.as === voter && !one.late)?.draft.vote
  const surest = [...VOTERS].sort((a, b) => sureness(faults, view, proposal, b) - sureness(faults, view, proposal, a))
  const spoke = surest.find((voter) => answerOf(voter) !== undefined)
  return {
    single: Object.fromEntries(VOTERS.map((voter) => [voter, answerOf(voter) === 'support'])) as Rules['single'],
    argmax: spoke !== undefined && answerOf(spoke) === 'support',
    majority: words.length > 0 && yes > words.length / 2,
    ungated: judgeQuorum(votes, proposal.body.risk).carries,
  }
}

/** What a voter says of its own confidence: a faulty one is certain, an honest one says what the evidence settled. */
function sureness({ faults }: Faults, view: View, { body }: Proposal, voter: VoterName): number {
  if (faults.some(({ agent }) => agent === voter)) return 1
  return view.hypotheses.find(({ id }) => id === body.plan.hypothesis)?.confidence ?? 0
}
