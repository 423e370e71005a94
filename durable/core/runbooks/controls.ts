import type { Catalogue } from '../../protocol/domain.ts'
import { type Check, type Problem, listOf, number, optional, record, text } from './shape.ts'

/** The longest that recurrence is looked for, in ms: the directory remembers what was done for a week. */
export const RECURRENCE_MS_MAX = 7 * 86_400_000
const ID = /^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$/
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/

const whole =
  (min: number): Check =>
  (value, at, problems) => {
    number(min)(value, at, problems)
    if (typeof value === 'number' && !Number.isSafeInteger(value)) problems.push({ at, says: 'must be a whole number' })
  }

const id: Check = (value, at, problems) => {
  if (typeof value !== 'string' || !ID.test(value)) problems.push({ at, says: 'must be a name: a-z, 0-9, - and _' })
}

const instant: Check = (value, at, problems) => {
  if (typeof value !== 'string' || !INSTANT.test(value) || Number.isNaN(Date.parse(value)))
    problems.push({ at, says: 'must be an RFC 3339 instant' })
}

const services: Check = (value, at, problems) => {
  if (value !== '*') listOf(text)(value, at, problems)
}

export const limits: Check = record({
  actionsPerTargetPerHour: optional(whole(1)),
  servicesTouchedMax: optional(
    record({ '1': optional(whole(0)), '2': optional(whole(0)), '3': optional(whole(0)), '4': optional(whole(0)) }),
  ),
  recurrence: optional(record({ times: whole(2), withinMs: number(1) })),
})

export const freezes: Check = listOf(record({ id, services, from: instant, until: instant, reason: text }))

export const autonomy: Check = listOf(record({ id, action: text, service: text, minSuccesses: whole(1), note: text }))

/** What the shape cannot see: ids twice, services and actions that are not there, spans without a time in them. */
export function controlProblems(catalogue: Catalogue): Problem[] {
  const { limits: bounds, freezes: planned = [], autonomy: clauses = [], services: known, runbooks } = catalogue
  const problems: Problem[] = []
  const say = (at: string, says: string) => problems.push({ at, says })
  const isService = (name: string) => known.some((service) => service.id === name)
  if ((bounds?.recurrence?.withinMs ?? 0) > RECURRENCE_MS_MAX)
    say('limits.recurrence.withinMs', `must be at most ${RECURRENCE_MS_MAX}`)
  const seen = new Set<string>()
  for (const [index, freeze] of planned.entries()) {
    const at = `freezes[${index}]`
    if (seen.has(freeze.id)) say(`${at}.id`, `${freeze.id} stands there twice`)
    seen.add(freeze.id)
    if (Date.parse(freeze.until) <= Date.parse(freeze.from)) say(at, 'ends before it starts')
    if (freeze.services === '*') continue
    if (freeze.services.length === 0) say(`${at}.services`, 'names no service')
    for (const [place, name] of freeze.services.entries())
      if (!isService(name)) say(`${at}.services[${place}]`, `${name} is no service of this catalogue`)
  }
  const named = new Set<string>()
  for (const [index, clause] of clauses.entries()) {
    const at = `autonomy[${index}]`
    if (named.has(clause.id)) say(`${at}.id`, `${clause.id} stands there twice`)
    named.add(clause.id)
    if (clause.service !== '*' && !isService(clause.service))
      say(`${at}.service`, `${clause.service} is no service of this catalogue`)
    const takes = runbooks.filter(({ action }) => action === clause.action)
    if (takes.length === 0) say(`${at}.action`, `no runbook of this catalogue does ${clause.action}`)
    else if (!takes.some(({ risk }) => risk === 'reversible'))
      say(`${at}.action`, `${clause.action} is not reversible; a person decides on it`)
  }
  return problems
}
