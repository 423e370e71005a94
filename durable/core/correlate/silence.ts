import type { Alert, Instant } from '../../protocol/domain.ts'
import type { Matcher, Silence } from '../../protocol/noise.ts'
import { type Pattern, compile } from './pattern.ts'

/** A silence with its patterns ready. */
export interface ReadySilence {
  silence: Silence
  matches: (alert: Said) => boolean
}

type Said = Pick<Alert, 'labels' | 'service' | 'source' | 'severity'>

/** Makes a silence ready, or says which matcher cannot be used and why. */
export function readySilence(silence: Silence): ReadySilence {
  return { silence, matches: allHold(silence.matchers) }
}

/** What is wrong with matchers, by place; empty when nothing is. */
export function matcherProblems(matchers: readonly Matcher[]): { at: string; says: string }[] {
  const problems: { at: string; says: string }[] = []
  for (const [index, { op, value }] of matchers.entries()) {
    if (op !== '=~' && op !== '!~') continue
    const pattern = compile(value)
    if (!pattern.ok) problems.push({ at: `matchers.${index}.value`, says: pattern.says })
  }
  // One that holds for an alert without any label holds for every alert: nobody means that.
  if (
    problems.length === 0 &&
    matchers.every((matcher) => testOf(matcher)({ labels: {}, service: '', source: '', severity: 'info' }))
  )
    problems.push({ at: 'matchers', says: 'one matcher at least must not match the empty text' })
  return problems
}

/** Whether all matchers hold of an alert; one that cannot be read holds of none. */
export function allHold(matchers: readonly Matcher[]): (alert: Said) => boolean {
  const tests = matchers.map(testOf)
  return (alert) => tests.every((test) => test(alert))
}

/** The silence that holds an alert back at `now`: of several the one that ends last, then the smaller id. Null: none. */
export function silencing(ready: Iterable<ReadySilence>, alert: Said, now: Instant): Silence | null {
  let found: Silence | null = null
  for (const { silence, matches } of ready) {
    if (now < silence.startsAt || now >= silence.endsAt) continue
    if (found !== null && !lasts(silence, found)) continue
    if (matches(alert)) found = silence
  }
  return found
}

function lasts(one: Silence, other: Silence): boolean {
  return one.endsAt === other.endsAt ? one.id < other.id : one.endsAt > other.endsAt
}

function testOf({ name, op, value }: Matcher): (alert: Said) => boolean {
  if (op === '=') return (alert) => textOf(alert, name) === value
  if (op === '!=') return (alert) => textOf(alert, name) !== value
  const pattern: Pattern = compile(value)
  // One that cannot be read silences nothing, in either direction.
  if (!pattern.ok) return () => false
  return op === '=~' ? (alert) => pattern.test(textOf(alert, name)) : (alert) => !pattern.test(textOf(alert, name))
}

// What every alert has can be matched even where the sender has another word for it.
function textOf(alert: Said, name: string): string {
  if (Object.hasOwn(alert.labels, name)) return alert.labels[name] ?? ''
  if (name === 'service' || name === 'source' || name === 'severity') return alert[name]
  return ''
}
