import type { ParameterSpec, Runbook } from '../../protocol/domain.ts'
import { addressRange, prefixMinOf } from './address-range.ts'

export type ParameterValue = number | string

/** Why a value is none that this parameter takes, or null: `parameter-missing:<name>`, `out-of-bounds:<name>`. */
export function parameterProblem(spec: ParameterSpec, value: ParameterValue | undefined): string | null {
  if (value === undefined || (typeof value === 'number' && !Number.isFinite(value)))
    return `parameter-missing:${spec.name}`
  return accepts(spec, value) ? null : `out-of-bounds:${spec.name}`
}

/** The first thing wrong with a set of values: a name that the runbook does not have, one that is missing, a value out of bounds. */
export function parametersProblem(runbook: Runbook, values: Record<string, ParameterValue>): string | null {
  if (Object.keys(values).some((name) => !runbook.parameters.some((spec) => spec.name === name)))
    return 'unknown-parameter'
  for (const spec of runbook.parameters) {
    const problem = parameterProblem(spec, Object.hasOwn(values, spec.name) ? values[spec.name] : undefined)
    if (problem) return problem
  }
  return null
}

function accepts(spec: ParameterSpec, value: ParameterValue): boolean {
  switch (spec.type) {
    case undefined:
    case 'number':
      return typeof value === 'number' && value >= spec.min && value <= spec.max
    case 'choice':
      return typeof value === 'string' && spec.values.includes(value)
    case 'cidr': {
      const range = typeof value === 'string' ? addressRange(value) : null
      return range !== null && range.prefix >= prefixMinOf(range.family, spec.prefixMin)
    }
    default:
      return spec satisfies never
  }
}
