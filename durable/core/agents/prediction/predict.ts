import type { FindingDetail, FindingDraft, Forecast } from '../../../protocol/domain.ts'
import { timeToLimit, type NoForecast } from '../../telemetry/index.ts'
import type { Situation } from '../agent.ts'
import { boundOf, signalsWhere, type Signal } from '../reading.ts'
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
  const fresh = signalsWhere(situation, (window) => boundOf(situation.catalogue, window) !== null).filter(
    ({ fresh }) => fresh,
  )
  const tried = fresh.map((signal) => {
    const limit = boundOf(situation.catalogue, signal.window)
    return { signal, limit, answer: timeToLimit(signal.window, limit) }
  })
  let worst: { forecast: Forecast; signal: Signal; samples: number } | null = null
  for (const { signal, limit, answer } of tried) {
    if (!answer.found || limit === null) continue
    const { minutes, band, samples } = answer
    if (worst && worst.forecast.minutes.median <= minutes.median) continue
    const { service, name } = signal.window
    worst = { signal, samples, forecast: { evidence: signal.evidence, service, name, limit, minutes, band } }
  }
  if (!worst) {
    const reasons = tried.flatMap(({ answer }) => (answer.found ? [] : [answer.reason]))
    return abstain(TELLING.find((reason) => reasons.includes(reason)) ?? 'no-limit', tried.length)
  }
  const { forecast, signal, samples } = worst
  const { lo, median, hi } = forecast.minutes
  const until = hi === null ? 'beyond an hour' : `${significant(hi)} min`
  return {
    outcome: 'found',
    reason: '',
    summary:
      `${forecast.name} on ${forecast.service} reaches ${levelText(forecast.limit, signal.window.unit)} in ` +
      `${significant(median)} min if nothing changes (80 %: ${significant(lo)} min to ${until}; trend of its last ${samples} samples).`,
    cites: [forecast.evidence],
    gaps: [],
    detail: { agent: 'prediction', forecast },
  }
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
