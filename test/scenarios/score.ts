import { diagnose } from '../../durable/core/agents/diagnosis/index.ts'
import { judgeGate } from '../../durable/core/consensus/gate.ts'
import { judgeQuorum } from '../../durable/core/consensus/quorum.ts'
import type { Situation } from '../../durable/core/agents/agent.ts'
import { type Action, type ActionPlan, type Vote, VOTERS } from '../../durable/protocol/domain.ts'
import type { Model } from '../../scenarios/scenario.ts'
import { type Held, type Played, playOn, playToAlert, situationAt } from '../engines/rig.ts'
import { planOf, pruned, votesOn } from './council.ts'

/** Seconds after the page at which a room looks: agents look again while nothing carries. */
export const LOOKS_S = [2, 20, 60]

/** What one look came to. */
export interface Look {
  later: number
  first: string | null
  kind: string | null
  verdict: string | null
  confidence: number | null
  /** why nothing was settled; empty where something was. */
  open: string
  plan: ActionPlan | null
  carried: boolean
  /** why it was not carried, or what the voters said. */
  why: string
}

export interface Scored {
  paged: number | null
  looks: Look[]
  /** the first look whose proposal carried. */
  carried: Look | null
  causeFirst: boolean
  acceptable: boolean
  /** looks at which something that the truth calls unsafe was proposed. */
  unsafe: number
  /** after the carried action: the share of requests that still fails at the symptom's service, two minutes later. */
  failsAfter: number | null
}

/** Plays a story to its page, looks as the agents do, runs what carries, and judges all of it by the truth. */
export function score(model: Model, held: Held = {}): Scored {
  const played = playToAlert(model, 1_100)
  if (played === null)
    return { paged: null, looks: [], carried: null, causeFirst: false, acceptable: false, unsafe: 0, failsAfter: null }
  const paged = played.second
  const looks: Look[] = []
  for (const later of LOOKS_S) {
    looks.push(lookAt(pruned(situationAt(playOn(played, paged + later), held)), later))
    if (looks.at(-1)?.carried === true) break
  }
  const { cause, acceptable, unsafe } = model.truth
  const carried = looks.find((look) => look.carried) ?? null
  const judged = carried ?? looks.at(-1)
  const ran = carried?.plan?.action ?? null
  const named = (list: readonly { type: string; target: string }[], action: Action | null | undefined): boolean =>
    action !== null &&
    action !== undefined &&
    list.some(({ type, target }) => type === action.type && target === action.target)
  return {
    paged,
    looks,
    carried,
    causeFirst: cause === null ? judged?.open !== '' : judged?.first === cause.service && judged.kind === cause.kind,
    acceptable: named(acceptable, ran),
    unsafe: looks.filter(({ plan }) => named(unsafe, plan?.action)).length,
    failsAfter: ran === null ? null : failsAfter(played, ran),
  }
}

function lookAt(situation: Situation, later: number): Look {
  const finding = diagnose(situation)
  const [top] = finding.detail.hypotheses
  const plan = planOf(situation)
  const look = {
    later,
    first: top?.cause.service ?? null,
    kind: top?.cause.kind ?? null,
    verdict: top?.verdict ?? null,
    confidence: top?.confidence ?? null,
    open: finding.outcome === 'found' ? '' : finding.reason,
    plan,
  }
  return plan === null ? { ...look, carried: false, why: 'nothing proposed' } : { ...look, ...ballot(situation, plan) }
}

function ballot(situation: Situation, plan: ActionPlan): Pick<Look, 'carried' | 'why'> {
  const drafts = votesOn(situation, plan)
  const votes = VOTERS.map((voter): Vote => ({ voter, ...drafts[voter], digest: '', at: situation.at, void: null }))
  const quorum = judgeQuorum(votes, plan.risk)
  const ids = votes.filter(({ vote }) => vote === 'support').flatMap(({ cites }) => cites)
  const gates = [plan.cites, ids].map((cites) =>
    judgeGate({
      cited: situation.evidence.filter(({ id }) => cites.includes(id)),
      catalogue: situation.catalogue,
      symptoms: [
        ...new Set(situation.alerts.filter(({ status }) => status === 'firing').map(({ service }) => service)),
      ],
      target: plan.action.target,
      at: situation.at,
      approvers: [],
    }),
  )
  const gate = gates.find(({ passes }) => !passes)
  const against = votes.filter(({ vote }) => vote !== 'support').map(({ voter, reason }) => `${voter}: ${reason}`)
  return {
    carried: quorum.carries && !gate,
    why: [quorum.reason, gate?.reason ?? '', ...against].filter(Boolean).join('; '),
  }
}

/** How long an action gets before it is judged, and how long it is looked at, seconds. */
const SETTLES_S = 150
const JUDGED_S = 60

function failsAfter(played: Played, action: Action): number {
  const service = [...played.alerts.values()].find(({ severity }) => severity === 'critical')?.service
  played.model.apply(action)
  const from = played.second + SETTLES_S
  playOn(played, from + JUDGED_S)
  const row = played.rows.get(JSON.stringify([service, 'errors', null]))
  const values = Array.from({ length: JUDGED_S }, (_, index) => row?.values.get(from + index) ?? 1)
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
