import type { Catalogue } from '../../protocol/domain.ts'
import { type Check, type Problem, listOf, number, oneOf, optional, record, text } from './shape.ts'

/** The longest rolling window, in ms: PagerDuty's grouping ends after 24 hours too. */
export const WINDOW_MS_MAX = 86_400_000

const whole: Check = (value, at, problems) => {
  number(1)(value, at, problems)
  if (typeof value === 'number' && !Number.isSafeInteger(value)) problems.push({ at, says: 'must be a whole number' })
}

const threshold = record({
  service: text,
  count: optional(whole),
  durationMs: optional(number(0)),
  severity: optional(oneOf('critical', 'error', 'warning', 'info')),
})

export const correlation: Check = record({
  windowMs: optional(number(1_000)),
  thresholds: optional(listOf(threshold)),
  stormPerMinute: optional(whole),
})

/** What the shape cannot see: a window that is too long, two thresholds of one service, one of nothing. */
export function correlationProblems({ correlation: rules, services }: Catalogue): Problem[] {
  const problems: Problem[] = []
  if ((rules?.windowMs ?? 0) > WINDOW_MS_MAX)
    problems.push({ at: 'correlation.windowMs', says: `must be at most ${WINDOW_MS_MAX}` })
  const seen = new Set<string>()
  for (const [index, { service, count, durationMs, severity }] of (rules?.thresholds ?? []).entries()) {
    const at = `correlation.thresholds[${index}]`
    if (seen.has(service)) problems.push({ at: `${at}.service`, says: `${service} stands there twice` })
    seen.add(service)
    if (service !== '*' && !services.some(({ id }) => id === service))
      problems.push({ at: `${at}.service`, says: `${service} is no service of this catalogue` })
    if (count === undefined && durationMs === undefined && severity === undefined)
      problems.push({ at, says: 'it asks for nothing' })
  }
  return problems
}
