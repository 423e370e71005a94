import type { Situation, Voter } from '../../durable/core/agents/agent.ts'
import { vote as detection } from '../../durable/core/agents/detection/index.ts'
import { diagnose, vote as diagnosis } from '../../durable/core/agents/diagnosis/index.ts'
import { vote as prediction } from '../../durable/core/agents/prediction/index.ts'
import { resolve, vote as resolution } from '../../durable/core/agents/resolution/index.ts'
import { selectSeries } from '../../durable/core/telemetry/index.ts'
import type { ActionPlan, ProposalBody, VoteDraft, VoterName } from '../../durable/protocol/domain.ts'
import { VOTERS } from '../../durable/protocol/domain.ts'
import { SERIES_PER_RUN_MAX } from '../../durable/protocol/limits.ts'

const VOTES: Record<VoterName, Voter> = { detection, diagnosis, prediction, resolution }

/** What Resolution proposes in a situation, in a room that keeps its most telling series only; null for nothing. */
export function planOf(situation: Situation): ActionPlan | null {
  const { hypotheses } = diagnose(situation).detail
  return resolve(situation, hypotheses).detail.plan
}

/** The four voters' answers to a plan, each from the situation alone. */
export function votesOn(situation: Situation, plan: ActionPlan): Record<VoterName, VoteDraft> {
  const body: ProposalBody = {
    instance: situation.head.instance,
    incident: situation.head.id,
    drill: situation.head.drill,
    number: 1,
    catalogue: situation.catalogue.version,
    policy: 'test',
    evidenceDigest: '0'.repeat(64),
    risk: plan.risk,
    notBefore: situation.at,
    expiresWall: situation.at,
    plan,
    decidedBy: 'system',
  }
  return Object.fromEntries(VOTERS.map((name) => [name, VOTES[name](situation, body)])) as Record<VoterName, VoteDraft>
}

/** The situation as a room holds it: at most SERIES_PER_RUN_MAX series, the most telling ones. */
export function pruned(situation: Situation): Situation {
  const windows = situation.evidence.flatMap(({ data }) =>
    data.kind === 'metric' || data.kind === 'edge' ? [data.series] : [],
  )
  const kept = new Set(selectSeries(windows, SERIES_PER_RUN_MAX))
  return {
    ...situation,
    evidence: situation.evidence.filter(
      ({ data }) => (data.kind !== 'metric' && data.kind !== 'edge') || kept.has(data.series),
    ),
  }
}
