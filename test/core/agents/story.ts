import type { Situation } from '../../../durable/core/agents/agent.ts'
import { vote as detection } from '../../../durable/core/agents/detection/index.ts'
import { diagnose, vote as diagnosis } from '../../../durable/core/agents/diagnosis/index.ts'
import { vote as prediction } from '../../../durable/core/agents/prediction/index.ts'
import { resolve, vote as resolution } from '../../../durable/core/agents/resolution/index.ts'
import type {
  ActionPlan,
  Change,
  ProposalBody,
  SeriesWindow,
  VoteDraft,
  VoterName,
} from '../../../durable/protocol/domain.ts'
import { databaseCascade } from '../../../scenarios/database-cascade/index.ts'
import { playOn, playToAlert, situationAt, type Held } from '../../engines/rig.ts'

export const VOTES = { detection, diagnosis, prediction, resolution }

/** The story's situation, 30 seconds after its page unless told otherwise. */
export function storySituation(
  held: Held & { after?: number } = {},
  seed = 5,
  variant: string | null = null,
): Situation {
  const played = playToAlert(databaseCascade.begin(seed, variant))
  if (!played) throw new Error('the story must page')
  return situationAt(playOn(played, played.second + (held.after ?? 30)), held)
}

/** What Resolution proposes there; throws when it does not. */
export function planIn(situation: Situation): ActionPlan {
  const { plan } = resolve(situation, diagnose(situation).detail.hypotheses).detail
  if (!plan) throw new Error('the story must be proposed an action')
  return plan
}

export function bodyOf(situation: Situation, plan: ActionPlan): ProposalBody {
  return {
    instance: 'ins_test',
    incident: situation.head.id,
    drill: situation.head.drill,
    number: 1,
    catalogue: situation.catalogue.version,
    policy: 'test',
    evidenceDigest: '',
    risk: plan.risk,
    notBefore: situation.at,
    expiresWall: situation.at + 900_000,
    plan,
    decidedBy: 'system',
  }
}

export function votesOn(situation: Situation, plan: ActionPlan): Record<VoterName, VoteDraft> {
  const body = bodyOf(situation, plan)
  return {
    detection: detection(situation, body),
    diagnosis: diagnosis(situation, body),
    prediction: prediction(situation, body),
    resolution: resolution(situation, body),
  }
}

/** The same situation with other values in the series that `pick` names. */
export function withSeries(
  situation: Situation,
  pick: (series: SeriesWindow) => boolean,
  change: (values: (number | null)[]) => (number | null)[],
): Situation {
  return {
    ...situation,
    evidence: situation.evidence.map((item) => {
      const { data } = item
      if (data.kind !== 'metric' && data.kind !== 'edge') return item
      if (!pick(data.series)) return item
      return { ...item, data: { ...data, series: { ...data.series, values: change(data.series.values) } } }
    }),
  }
}

/** The same situation with one change event more. */
export function withChange(situation: Situation, change: Change): Situation {
  const item = {
    id: 'E-99',
    kind: 'change' as const,
    source: change.source,
    service: change.service,
    at: change.at,
    freshMs: 3_600_000,
    tainted: false,
    title: 'a change',
    data: { kind: 'change' as const, change },
  }
  return { ...situation, evidence: [...situation.evidence, item] }
}
