import { within } from './catalogue-place.ts'

/** What is wrong with a value from outside, and where: `services[2].id`. */
export interface Problem {
  at: string
  says: string
}

/** Reads one value at one place; what does not fit is noted, never thrown. */
export type Check = (value: unknown, at: string, problems: Problem[]) => void

export const text: Check = (value, at, problems) => {
  if (typeof value !== 'string' || value === '') problems.push({ at, says: 'must be a text that is not empty' })
}

export const flag: Check = (value, at, problems) => {
  if (typeof value !== 'boolean') problems.push({ at, says: 'must be true or false' })
}

/** A text of some form. */
export function that(holds: (value: string) => boolean, says: string): Check {
  return (value, at, problems) => {
    if (typeof value !== 'string' || !holds(value)) problems.push({ at, says })
  }
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/

export const instant = that(
  (value) => INSTANT.test(value) && !Number.isNaN(Date.parse(value)),
  'must be an RFC 3339 instant',
)

/** A finite number, at least `min`. */
export function number(min = -Infinity): Check {
  return (value, at, problems) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) problems.push({ at, says: 'must be a finite number' })
    else if (value < min) problems.push({ at, says: `must be at least ${min}` })
  }
}

export function oneOf(...words: readonly (string | number)[]): Check {
  return (value, at, problems) => {
    if (!words.some((word) => word === value)) problems.push({ at, says: `must be one of ${words.join(', ')}` })
  }
}

export function listOf(item: Check): Check {
  return (value, at, problems) => {
    if (!Array.isArray(value)) problems.push({ at, says: 'must be a list' })
    else for (const [index, entry] of value.entries()) item(entry, `${at}[${index}]`, problems)
  }
}

export function orNull(check: Check): Check {
  return (value, at, problems) => {
    if (value !== null) check(value, at, problems)
  }
}

/** May be left out; null is not left out. */
export function optional(check: Check): Check {
  return (value, at, problems) => {
    if (value !== undefined) check(value, at, problems)
  }
}

/** An object of any names, each value checked alike. */
export function mapOf(check: Check): Check {
  return (value, at, problems) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      problems.push({ at, says: 'must be an object' })
    else for (const [name, item] of Object.entries(value)) check(item, within(at, name), problems)
  }
}

/** Exactly these members: one more is a spelling mistake that somebody should hear of. */
export function record(members: Record<string, Check>): Check {
  return (value, at, problems) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      problems.push({ at, says: 'must be an object' })
      return
    }
    const given = new Map(Object.entries(value))
    for (const [name, check] of Object.entries(members)) check(given.get(name), within(at, name), problems)
    for (const name of given.keys()) {
      if (!Object.hasOwn(members, name)) problems.push({ at: within(at, name), says: 'is not known here' })
    }
  }
}
