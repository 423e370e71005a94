import type { ProposalBody } from '../../../protocol/domain.ts'
import type { ClerkDraft, Situation } from '../agent.ts'
import { dependentsOf, serviceOf } from '../topology.ts'
import { listText } from '../words.ts'

/** From this tier on nobody needs to be told before a reversible action; 1 is the most important. */
const TOLD_TIER_MAX = 2

/**
 * The clerk's word, outside the count: who is affected (the target and all that stands on it), whose owners must be told
 * (the target's, and those of affected services of tier 1 and 2), and whether the target's owner is reachable. An owner
 * who is not, or who nobody knows, raises the approvals by one.
 */
export function clerk(situation: Situation, proposal: ProposalBody): ClerkDraft {
  const { catalogue } = situation
  const { target } = proposal.plan.action
  const owned = serviceOf(catalogue, target)
  const affected = [target, ...dependentsOf(catalogue, target)]
  const important = affected.flatMap((id) => serviceOf(catalogue, id) ?? []).filter(({ tier }) => tier <= TOLD_TIER_MAX)
  const inform = [...new Set([...(owned ? [owned.owner] : []), ...important.map(({ owner }) => owner)])]
  const ownerReachable = owned ? owned.ownerReachable : null
  const extraApprovals = ownerReachable === true ? 0 : 1
  const told = inform.length === 0 ? 'nobody is known to be told' : `tell ${listText(inform)}`
  const reach =
    ownerReachable === null
      ? 'nobody owns the target in the catalogue, so one more person decides'
      : ownerReachable
        ? `${owned?.owner ?? ''} owns it and is reachable`
        : `${owned?.owner ?? ''} owns it and cannot be reached, so one more person decides`
  return {
    affected,
    inform,
    ownerReachable,
    extraApprovals,
    reason: `${affected.length} services feel it, ${told}; ${reach}`,
  }
}
