import type {
  Hypothesis,
  ParameterSpec,
  RiskClass,
  Runbook,
  SeriesWindow,
  Service,
  SignalRole,
} from '../../protocol/domain.ts'
import { type ParameterValue, parameterProblem } from './parameters.ts'
import { isFull } from '../telemetry/index.ts'

/** A runbook that fits a cause, and the series of the cause's service that its tokens picked. */
export interface Match {
  runbook: Runbook
  /** null where the runbook asks for no signal. */
  series: SeriesWindow | null
}

/** Where the cause and its symptom are, for runbooks that are not for everywhere. */
export interface Whereabouts {
  /** of the cause's service; null: no service of the catalogue. */
  tier: Service['tier'] | null
  /** roles of signals that are in trouble where the symptom shows. */
  symptoms: readonly SignalRole[]
  /** kinds and settings of what was changed on the cause's service: `flag fast_checkout`. */
  changed: readonly string[]
}

const MILDEST_FIRST: readonly RiskClass[] = ['reversible', 'wider', 'irreversible']

/**
 * Runbooks that fit a cause, best first: its kind is one of theirs, and one of their tokens is part of the name of a
 * series of the cause's service, or of what was changed there. Those that name a signal go before those that fit anything, milder before riskier, then
 * the catalogue's order. `series` are the cause service's own windows. A runbook that names tiers or symptoms fits there
 * alone, and nowhere while that is not known.
 */
export function match(
  runbooks: readonly Runbook[],
  cause: Hypothesis['cause'],
  series: readonly SeriesWindow[],
  where: Whereabouts = { tier: null, symptoms: [], changed: [] },
): Match[] {
  return runbooks
    .filter((runbook) => runbook.match.causeKinds.includes(cause.kind) && fitsThere(runbook, where))
    .flatMap((runbook): Match[] => {
      if (runbook.match.signalTokens.length === 0) return [{ runbook, series: null }]
      const picked = pick(runbook, cause, series)
      if (picked) return [{ runbook, series: picked }]
      // What was switched is told by its name alone; a limit is only known from a series.
      const told = !needsLimit(runbook) && where.changed.some((name) => speaks(runbook, name))
      return told ? [{ runbook, series: null }] : []
    })
    .sort(
      (a, b) =>
        Number(a.series === null) - Number(b.series === null) ||
        MILDEST_FIRST.indexOf(a.runbook.risk) - MILDEST_FIRST.indexOf(b.runbook.risk),
    )
}

/** Whether a value of it follows from a series' limit. */
export function needsLimit({ parameters }: Runbook): boolean {
  return parameters.some(({ from }) => from.kind === 'limit-times')
}

/** Whether it is a runbook for such a service and such a symptom. */
export function fitsThere({ match: { tiers, symptoms } }: Runbook, where: Whereabouts): boolean {
  if (tiers && (where.tier === null || !tiers.includes(where.tier))) return false
  return !symptoms || symptoms.some((role) => where.symptoms.includes(role))
}

/** The cause's own signal when a token speaks of it; else a used-up resource of which one does. */
function pick(runbook: Runbook, cause: Hypothesis['cause'], series: readonly SeriesWindow[]): SeriesWindow | null {
  const spoken = series.filter((window) => window.service === cause.service && speaks(runbook, window.name))
  return spoken.find((window) => window.name === cause.signal) ?? spoken.find(isFull) ?? null
}

/** True when one of the runbook's tokens is part of the signal's or the setting's name. */
export function speaks(runbook: Runbook, name: string): boolean {
  const text = name.toLowerCase()
  return runbook.match.signalTokens.some((token) => text.includes(token.toLowerCase()))
}

/** Parameters that only a person can fill in: with one of these the system proposes nothing. */
export function leftToPeople({ parameters }: Runbook): string[] {
  return parameters.filter(({ from }) => from.kind === 'person').map(({ name }) => name)
}

export type Parameter = { ok: true; value: ParameterValue; previous: number | null } | { ok: false; reason: string }

/**
 * What a parameter is set to: the series' limit × factor, rounded, or the catalogue's constant. A value over the maximum
 * is cut to it while that still raises the limit. Refused: `limit-unknown`, `out-of-bounds:<name>`, and what only a person
 * can say, `person-decides:<name>`.
 */
export function parameterFor(spec: ParameterSpec, series: SeriesWindow | null): Parameter {
  return parameterFrom(spec, series?.limit ?? null)
}

/** The same from a limit that is known otherwise. */
export function parameterFrom(spec: ParameterSpec, limit: number | null): Parameter {
  if (spec.from.kind === 'person') return { ok: false, reason: `person-decides:${spec.name}` }
  if (spec.from.kind === 'constant') return within(spec, spec.from.value, null)
  if (spec.type === 'choice' || spec.type === 'cidr') return { ok: false, reason: `out-of-bounds:${spec.name}` }
  if (limit === null) return { ok: false, reason: 'limit-unknown' }
  const wanted = Math.round(limit * spec.from.factor)
  return within(spec, limit < spec.max ? Math.min(wanted, spec.max) : wanted, limit)
}

function within(spec: ParameterSpec, value: ParameterValue, previous: number | null): Parameter {
  const reason = parameterProblem(spec, value)
  return reason === null ? { ok: true, value, previous } : { ok: false, reason }
}
