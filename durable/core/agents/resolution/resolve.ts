import type { FindingDetail, FindingDraft, Hypothesis, Runbook } from '../../../protocol/domain.ts'
import { checklistOf } from '../../runbooks/checklist.ts'
import { leftToPeople, match, type Match } from '../../runbooks/match.ts'
import type { Situation } from '../agent.ts'
import { promisesKept } from '../promise.ts'
import { signalsWhere } from '../reading.ts'
import { listText } from '../words.ts'
import { planFor } from './plan.ts'
import { isSpokenOf, whereabouts } from './where.ts'

type Detail = Extract<FindingDetail, { agent: 'resolution' }>

/**
 * Resolution: the best-fitting runbook for the best settled hypothesis, as one typed action; as a checklist for people
 * where nothing is wired that could run it, or only a person can say with what; nothing, with the reason, where no runbook fits or none may be proposed. It
 * does not ask whether the action is still needed: that is what the vote is for.
 */
export function resolve(situation: Situation, hypotheses: readonly Hypothesis[]): FindingDraft<Detail> {
  const kept = promisesKept(situation)
  if (kept) return abstain('within-objectives', `No action is better than none: ${kept.says}.`)
  const settled = hypotheses.filter(({ verdict }) => verdict === 'CONFIRMED' || verdict === 'LIKELY')
  if (settled.length === 0) return abstain('no-settled-hypothesis', 'No hypothesis is settled well enough to act on.')
  const refusals: string[] = []
  let handed: FindingDraft<Detail> | null = null
  for (const hypothesis of settled) {
    for (const matched of matchesFor(situation, hypothesis)) {
      const { runbook } = matched
      const open = leftToPeople(runbook)
      if (!isWired(situation, runbook)) {
        handed ??= handOver(runbook, hypothesis, 'nothing is wired to run it: a checklist for people')
        continue
      }
      if (open.length > 0) {
        handed ??= handOver(
          runbook,
          hypothesis,
          `a person has to say ${listText(open)}: by own decision, or by the checklist`,
        )
        continue
      }
      const planned = planFor(situation, hypothesis, matched)
      if (!planned.ok) {
        refusals.push(`${matched.runbook.id}: ${planned.reason}`)
        continue
      }
      const { plan } = planned
      return {
        outcome: 'found',
        reason: '',
        summary: `${plan.title}. Expected: ${plan.expected}.`,
        cites: plan.cites,
        gaps: [],
        detail: { agent: 'resolution', plan, checklist: null },
      }
    }
  }
  if (handed) return handed
  const first = refusals[0]
  if (first === undefined) {
    const kinds = settled.map(({ cause }) => `${cause.kind} on ${cause.service}`)
    return abstain('no-runbook-matches', `No runbook fits ${listText(kinds)}.`)
  }
  return abstain(first.split(': ')[1] ?? 'refused', `What would fit may not be proposed: ${listText(refusals)}.`)
}

function matchesFor(situation: Situation, hypothesis: Hypothesis): Match[] {
  const own = signalsWhere(
    situation,
    (window) => window.service === hypothesis.cause.service && window.peer === null && isSpokenOf(window.role),
  ).filter((signal) => signal.fresh)
  return match(
    situation.catalogue.runbooks,
    hypothesis.cause,
    own.map(({ window }) => window),
    whereabouts(situation, hypothesis.cause.service, hypothesis.path.at(-1) ?? hypothesis.cause.service),
  )
}

/** A runbook runs where its endpoint is one of the catalogue's. */
function isWired(situation: Situation, runbook: Runbook): boolean {
  return situation.catalogue.endpoints.some((endpoint) => endpoint.name === runbook.endpoint)
}

function handOver(runbook: Runbook, hypothesis: Hypothesis, why: string): FindingDraft<Detail> {
  return {
    outcome: 'found',
    reason: '',
    summary: `${runbook.title} fits ${hypothesis.cause.service}, but ${why}.`,
    cites: hypothesis.for,
    gaps: [],
    detail: {
      agent: 'resolution',
      plan: null,
      checklist: { runbook: runbook.id, title: runbook.title, steps: checklistOf(runbook) },
    },
  }
}

function abstain(reason: string, summary: string): FindingDraft<Detail> {
  return {
    outcome: 'abstained',
    reason,
    summary,
    cites: [],
    gaps: [],
    detail: { agent: 'resolution', plan: null, checklist: null },
  }
}
