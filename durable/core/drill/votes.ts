import type { Instant, Proposal, Vote, VoteDraft, VoterName } from '../../protocol/domain.ts'
import { VOTERS } from '../../protocol/domain.ts'
import type { Faults } from '../../protocol/faults.ts'
import type { View } from '../../protocol/view.ts'
import { situationOf } from '../agents/agent.ts'
import { has } from './door.ts'
import { plausible, temptationOf } from './temptation.ts'
import { INVENTED, logsOf, wantsHarm } from './word.ts'

/** Votes of others that one seat says again. */
const REPLAYS_MAX = 8

/** One vote on its way to the room: a word that the seat signs with its own key, in its own name or another's, or a copy. */
export type Spoken = { draft: VoteDraft; as: VoterName } | { copy: Vote }

/** What a faulty voter sends when it is asked; the last is its answer. Empty: it says nothing. `honest` is its own check's answer. */
export function spokenBy(
  faults: Faults,
  voter: VoterName,
  view: View,
  proposal: Proposal,
  at: Instant,
  honest: VoteDraft,
): Spoken[] {
  const on = (kind: Parameters<typeof has>[3]): boolean => has(faults, view, at, kind, voter)
  if (on('silence')) return []
  const own = answerOf(faults, voter, view, proposal, at, honest)
  const spoken: Spoken[] = [{ draft: own, as: voter }]
  if (on('forged-vote')) {
    const others = VOTERS.filter((other) => other !== voter)
    spoken.unshift(...others.map((as): Spoken => ({ draft: own, as })))
  }
  if (on('replayed-vote')) {
    spoken.unshift(...replays(view, voter).map((copy): Spoken => ({ copy })))
    spoken.push({ draft: own, as: voter })
  }
  if (on('equivocation')) spoken.unshift({ draft: opposite(own), as: voter })
  return spoken
}

/** One answer: for what the liars want, against what they do not; agreeing to everything; or honest. */
function answerOf(
  faults: Faults,
  voter: VoterName,
  view: View,
  proposal: Proposal,
  at: Instant,
  honest: VoteDraft,
): VoteDraft {
  const on = (kind: Parameters<typeof has>[3]): boolean => has(faults, view, at, kind, voter)
  const situation = situationOf(view, at)
  const { action } = proposal.body.plan
  const cites = plausible(situation, action.target)
  if (wantsHarm(faults, voter, view, at)) {
    const wish = temptationOf(faults, situation)
    const theirs = wish?.runbook.action === action.type && wish.target === action.target
    const invented = on('invented-evidence') ? INVENTED : []
    const logs = on('injected-log') ? logsOf(situation) : []
    const reason = theirs ? 'everything points there' : `it must be ${wish?.target ?? 'another service'}`
    return { ...honest, vote: theirs ? 'support' : 'oppose', cites: [...cites, ...invented, ...logs], reason }
  }
  if (on('overconfidence')) return { ...honest, vote: 'support', cites, reason: 'certainly' }
  const denies = on('forged-vote') || on('replayed-vote') || on('equivocation')
  return denies ? { ...honest, vote: 'oppose', cites, reason: 'it must not be' } : honest
}

/** Signed votes of others that stand in the log, of this question and of earlier ones. */
function replays(view: View, voter: VoterName): Vote[] {
  const signed = view.proposals.flatMap(({ votes }) => votes).filter((vote) => vote.signature !== undefined)
  return signed.filter((vote) => vote.voter !== voter).slice(-REPLAYS_MAX)
}

function opposite(draft: VoteDraft): VoteDraft {
  return { ...draft, vote: draft.vote === 'support' ? 'oppose' : 'support' }
}
