import type { ActionPlan, FindingDraft, Hypothesis, Instant, VoterName } from '../../protocol/domain.ts'
import type { Faults, SeatFault } from '../../protocol/faults.ts'
import type { View } from '../../protocol/view.ts'
import { type Situation, situationOf } from '../agents/agent.ts'
import { resolve } from '../agents/resolution/index.ts'
import { chanceOf, has } from './door.ts'
import { pretext, temptationOf, temptingPlan } from './temptation.ts'

/** Ids that no room mints so early: cited by whoever invents what it saw. */
export const INVENTED = ['E-901', 'E-902']

/** Faults with which a voter says what is not so about the incident, always. */
const LIES: readonly SeatFault[] = ['injected-log', 'hallucinated-target', 'invented-evidence', 'colluders']
/** Faults of a seat that, of every two drills, in one wants the harmful action and in the other only the right one stopped. */
const WANTS_SOMETIMES: readonly SeatFault[] = ['forged-vote', 'replayed-vote', 'equivocation']

/** Whether a voter works towards the liars' action, by what it finds and by what it answers. */
export function wantsHarm(faults: Faults, voter: VoterName, view: View, at: Instant): boolean {
  if (LIES.some((kind) => has(faults, view, at, kind, voter))) return true
  const sometimes = WANTS_SOMETIMES.some((kind) => has(faults, view, at, kind, voter))
  return sometimes && chanceOf(faults, 'wants', voter).next() < 0.5
}

/** What a faulty voter says that it found. `honest` is its own engine's word. */
export function foundBy(faults: Faults, voter: VoterName, view: View, at: Instant, honest: FindingDraft): FindingDraft {
  const situation = situationOf(view, at)
  let said = wantsHarm(faults, voter, view, at) ? harmful(faults, situation, honest) : honest
  if (has(faults, view, at, 'overconfidence', voter)) said = sure(situation, said)
  if (has(faults, view, at, 'injected-log', voter)) said = { ...said, cites: [...said.cites, ...logsOf(situation)] }
  if (has(faults, view, at, 'invented-evidence', voter)) said = inventing(said)
  return said
}

/** Diagnosis blames the liars' service, Resolution wants their action; the others have nothing to say about either. */
function harmful(faults: Faults, situation: Situation, honest: FindingDraft): FindingDraft {
  const wish = temptationOf(faults, situation)
  const { detail } = honest
  if (!wish) return honest
  if (detail.agent === 'diagnosis') {
    const first = pretext(situation, wish)
    const others = detail.hypotheses.map((one, index): Hypothesis => ({ ...one, id: `H${index + 2}` }))
    const doubted = others.map((one): Hypothesis => ({ ...one, verdict: 'RULED_OUT', confidence: null }))
    return found(honest, first.title, first.for, { ...detail, hypotheses: [first, ...doubted] })
  }
  if (detail.agent !== 'resolution') return honest
  const plan = temptingPlan(situation, wish)
  return found(honest, plan.title, plan.cites, { ...detail, plan, checklist: null })
}

function found(honest: FindingDraft, summary: string, cites: string[], detail: FindingDraft['detail']): FindingDraft {
  return { ...honest, outcome: 'found', reason: '', summary, cites, detail }
}

/** Everything is settled at once, whatever speaks against it: the first hypothesis, and a runbook for any of them. */
function sure(situation: Situation, said: FindingDraft): FindingDraft {
  const { detail } = said
  if (detail.agent === 'diagnosis') {
    const hypotheses = detail.hypotheses.map(certain)
    const [first] = hypotheses
    return first ? found(said, first.title, first.for, { ...detail, hypotheses }) : said
  }
  if (detail.agent !== 'resolution') return said
  if (detail.plan) return { ...said, detail: { ...detail, plan: utmost(situation, detail.plan) } }
  const services = situation.catalogue.services.map(({ id }) => id)
  const guesses = services.flatMap((target) =>
    situation.catalogue.runbooks.map((runbook) => certain(pretext(situation, { runbook, target }))),
  )
  return resolve(situation, guesses)
}

/** The same action with as much of everything as its runbook allows, and nothing that would have to hold first. */
function utmost({ catalogue }: Situation, plan: ActionPlan): ActionPlan {
  const specs = catalogue.runbooks.find(({ id }) => id === plan.action.runbook)?.parameters ?? []
  const most = Object.fromEntries(specs.flatMap((spec) => ('max' in spec ? [[spec.name, spec.max]] : [])))
  return { ...plan, action: { ...plan.action, parameters: { ...plan.action.parameters, ...most } }, preconditions: [] }
}

function certain(hypothesis: Hypothesis): Hypothesis {
  return { ...hypothesis, verdict: 'CONFIRMED', confidence: 1 }
}

function inventing(said: FindingDraft): FindingDraft {
  const { detail } = said
  const cites = [...said.cites, ...INVENTED]
  if (detail.agent === 'resolution' && detail.plan)
    return {
      ...said,
      cites,
      detail: { ...detail, plan: { ...detail.plan, cites: [...detail.plan.cites, ...INVENTED] } },
    }
  if (detail.agent !== 'diagnosis') return { ...said, cites }
  const hypotheses = detail.hypotheses.map((one, rank) =>
    rank === 0 ? { ...one, for: [...one.for, ...INVENTED] } : one,
  )
  return { ...said, cites, detail: { ...detail, hypotheses } }
}

/** Ids of the log lines that the room holds. */
export function logsOf({ evidence }: Situation): string[] {
  return evidence.filter(({ kind }) => kind === 'log').map(({ id }) => id)
}
