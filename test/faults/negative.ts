import { decide, isRefusal } from '../../durable/core/incident/index.ts'
import type { Decided, EventBody } from '../../durable/protocol/events.ts'
import type { Certificate, Proposal } from '../../durable/protocol/domain.ts'
import { BALLOT_DEADLINE_MS } from '../../durable/core/consensus/policy.ts'

type Of<T extends EventBody['type']> = Extract<EventBody, { type: T }>

/** The quorum replaced: one yes carries. */
export const anySupport: typeof decide = (state, command) => {
  const answer = decide(state, command)
  if (isRefusal(answer)) return answer
  if (command.body.type === 'start-execution') return startAnyway(answer, state.view.proposals, command.body.proposal)
  const closed = answer.find(({ body }) => body.type === 'ballot-closed')?.body as Of<'ballot-closed'> | undefined
  if (!closed || closed.outcome === 'carried') return answer
  const proposal = state.view.proposals.find(({ id }) => id === closed.proposal)
  const own = answer.flatMap(({ body }) => (body.type === 'vote-cast' ? [body.vote] : []))
  const yes = [...(proposal?.votes ?? []), ...own].filter((vote) => vote.void === null && vote.vote === 'support')
  return proposal && yes.length > 0 ? answer.flatMap((one) => carriedInstead(one, proposal, yes)) : answer
}

/** The evidence gate taken out, before the ballot and at its end. */
export const ungated: typeof decide = (state, command) => {
  const answer = decide(state, command)
  if (isRefusal(answer)) return answer
  if (command.body.type === 'start-execution') return startAnyway(answer, state.view.proposals, command.body.proposal)
  return answer.flatMap((one): Decided[] => {
    const { body } = one
    if (body.type === 'proposal-made' && body.proposal.status === 'refused' && !body.proposal.gate.passes) {
      if (!body.proposal.guard.holds) return [one]
      const { proposal } = body
      const ballot = {
        id: `B-${proposal.number}`,
        digest: proposal.digest,
        openedAt: command.at,
        deadlineWall: command.wall + BALLOT_DEADLINE_MS,
        closedAt: null,
        outcome: null,
        reason: '',
      }
      return [
        { ...one, body: { ...body, proposal: { ...proposal, status: 'voting', reason: '' } } },
        { ...one, body: { type: 'ballot-opened', proposal: proposal.id, ballot } },
      ]
    }
    if (body.type === 'human-asked' && answer.some(({ body: { type } }) => type === 'proposal-made')) return []
    const proposal = 'proposal' in body ? state.view.proposals.find(({ id }) => id === body.proposal) : undefined
    const closed = answer.find(({ body: { type } }) => type === 'ballot-closed')?.body as
      | Of<'ballot-closed'>
      | undefined
    // A quorum names itself no-quorum, required-supporter-missing or opposed; anything else is the gate's word.
    const gates = closed?.outcome === 'not-carried' && !QUORUMS.includes(closed.reason)
    if (!proposal || !gates) return [one]
    const own = answer.flatMap((other) => (other.body.type === 'vote-cast' ? [other.body.vote] : []))
    const yes = [...proposal.votes, ...own].filter((vote) => vote.void === null && vote.vote === 'support')
    return carriedInstead(one, proposal, yes)
  })
}

const QUORUMS: readonly string[] = ['no-quorum', 'required-supporter-missing', 'opposed-at-this-risk']

function carriedInstead(one: Decided, proposal: Proposal, yes: Certificate['votes'] & object): Decided[] {
  const { body } = one
  if (body.type === 'human-asked') return []
  if (body.type === 'proposal-moved')
    return [{ ...one, body: { ...body, status: 'awaiting-approval', reason: 'approval-needed' } }]
  if (body.type !== 'ballot-closed') return [one]
  const certificate: Certificate = {
    ballot: body.proposal,
    digest: proposal.digest,
    policy: proposal.body.policy,
    supporters: yes.map(({ voter }) => voter),
    gate: proposal.gate,
    at: one.at,
    votes: yes,
  }
  return [{ ...one, body: { ...body, outcome: 'carried', reason: 'quorum', certificate } }]
}

/** The check at use forgets the same rule; the guard still holds. */
function startAnyway(answer: Decided[], proposals: readonly Proposal[], id: string): Decided[] {
  const proposal = proposals.find((one) => one.id === id)
  const revoked = answer.findIndex(({ body }) => body.type === 'proposal-moved' && body.status === 'revoked')
  const at = answer[revoked]
  if (!proposal || at?.body.type !== 'proposal-moved' || !JUDGED.includes(at.body.reason)) return answer
  const { digest, guard, gate, body, number } = proposal
  const key = `${body.incident}:${number}:${digest.slice(0, 16)}`
  const token = answer.length
  return [
    ...answer.slice(0, revoked),
    { ...at, body: { type: 'execution-started', proposal: id, digest, key, token, guard, gate } },
  ]
}

const JUDGED: readonly string[] = [
  'certificate-no-longer-holds',
  'supporter-quarantined',
  'evidence-one-sided',
  'no-countable-evidence',
  'nothing-observed-now',
  'target-off-path',
]
