import { isRecord } from './record.ts'

/** Steps into a value; a deeper pointer points at nothing. */
const STEPS_MAX = 32

/** What a JSON pointer (RFC 6901) points at; undefined where nothing is, or for what is no pointer. Own members only. */
export function at(value: unknown, pointer: string): unknown {
  if (pointer === '') return value
  if (!pointer.startsWith('/')) return undefined
  const steps = pointer.slice(1).split('/')
  if (steps.length > STEPS_MAX) return undefined
  let here = value
  for (const step of steps) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~')
    if (Array.isArray(here)) here = /^(0|[1-9]\d{0,6})$/.test(name) ? (here as unknown[])[Number(name)] : undefined
    else here = isRecord(here) && Object.hasOwn(here, name) ? here[name] : undefined
  }
  return here
}
