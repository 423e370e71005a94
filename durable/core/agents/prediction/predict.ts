import type { FindingDetail, FindingDraft, Forecast } from '../../../protocol/domain.ts'
import { observed, timeToLimit, type NoForecast } from '../../telemetry/index.ts'
import type { Situation } from '../agent.ts'
import { signalsWhere, type Signal } from '../reading.ts'
import { serviceOf } from '../topology.ts'
import { levelText, significant } from '../words.ts'

type Detail = Extract<FindingDetail, { agent: 'prediction' }>

/** What an abstention says when several series give several reasons: the one that tells a reader most. */
const TELLING: readonly NoForecast[] = [
  'at-limit',
  'poor-fit',
  'beyond-horizon',
  'falling-away',
  'flat',
  'too-short',
  'no-limit',
]

/**
 * Prediction: of all fresh series with a bound (their own limit, else the service's objective) the one that reaches it
 * first, with an 80 % interval; else it abstains with the reason word.
 */
export function predict(situation: Situation): FindingDraft<Detail> {
  const fresh = signalsWhere(situation, (window) => boundOf(situation, window) !== null).filter(({ fresh }) => fresh)
  const tried = fresh.map((signal) => {
    const limit = boundOf(situation, signal.window)
    return { signal, limit, answer: timeToLimit(signal.window, limit) }
  })
  let worst: { forecast: Forecast; signal: Signal } | null = null
  for (const { signal, limit, answer } of tried) {
    if (!answer.found || limit === null) continue
    const { minutes, band } = answer
    if (worst && worst.forecast.minutes.median <= minutes.median) continue
    const { service, name } = signal.window
    worst = { signal, forecast: { evidence: signal.evidence, service, name, limit, minutes, band } }
  }
  if (!worst) {
    const reasons = tried.flatMap(({ answer }) => (answer.found ? [] : [answer.reason]))
    return abstain(TELLING.find((reason) => reasons.includes(reason)) ?? 'no-limit', tried.length)
  }
  const { forecast, signal } = worst
  const { lo, median, hi } = forecast.minutes
  const count = observed(signal.window).length
  const until = hi === null ? 'beyond an hour' : `${significant(hi)} min`
  return {
    outcome: 'found',
    reason: '',
    summary:
      `${forecast.name} on ${forecast.service} reaches ${levelText(forecast.limit, signal.window.unit)} in ` +
      `${significant(median)} min if nothing changes (80 %: ${significant(lo)} min to ${until}; trend of ${count} samples at most).`,
    cites: [forecast.evidence],
    gaps: [],
    detail: { agent: 'prediction', forecast },
  }
}

/** The bound that a series must keep: its own, else what its service promises for that signal. */
function boundOf(situation: Situation, window: Signal['window']): number | null {
  if (window.peer !== null) return null
  if (window.limit !== null) return window.limit
  return serviceOf(situation.catalogue, window.service)?.slos.find((slo) => slo.signal === window.name)?.limit ?? null
}

function abstain(reason: NoForecast, tried: number): FindingDraft<Detail> {
  return {
    outcome: 'abstained',
    reason,
    summary: `None of ${tried} fresh series with a bound is on its way to it: ${reason}.`,
    cites: [],
    gaps: [],
    detail: { agent: 'prediction', forecast: null },
  }
}
