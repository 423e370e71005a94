import type { Catalogue } from '../../protocol/domain.ts'
import { isZone } from '../oncall/zone.ts'
import { type Check, type Problem, instant, listOf, number, oneOf, optional, record, text, that } from './shape.ts'

/** Steps of one policy, addressees of one step and rounds: what calls more people than this calls nobody in particular. */
const STEPS_MAX = 20
const TO_MAX = 10
const REPEAT_MAX = 10
/** A step has at least this long before the next one, in ms. */
const WAIT_MS_MIN = 1_000
const SECRET = /^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$/
const ADDRESS = /^https?:\/\/[A-Za-z0-9.:[\]-]+(\/[^\s#@]*)?$/
const DATE = /^\d{4}-\d{2}-\d{2}$/
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/

const date = that((value) => DATE.test(value) && !Number.isNaN(Date.parse(value)), 'must be a date: YYYY-MM-DD')
const severity = oneOf('SEV-1', 'SEV-2', 'SEV-3', 'SEV-4', 'SEV-5')

// http is for this machine in local mode; the driver that sends has the last word on an address.
const address = that((value) => ADDRESS.test(value), 'must be an http or https address without user or fragment')

const to: Check = (value, at, problems) => {
  const rotation = typeof value === 'object' && value !== null && 'rotation' in value
  record(rotation ? { rotation: text } : { target: text })(value, at, problems)
}

export const targets = listOf(
  record({
    name: text,
    kind: oneOf('webhook'),
    url: address,
    secret: that((value) => SECRET.test(value), 'must be the name of a secret: a-z, 0-9, - and _'),
  }),
)

export const rotations = listOf(
  record({
    name: text,
    zone: that(isZone, 'must be an IANA time zone, like Europe/Berlin'),
    people: listOf(text),
    startsOn: date,
    handover: that((value) => TIME.test(value), 'must be a time of day: HH:MM'),
    weeks: optional(number(1)),
    overrides: optional(listOf(record({ person: text, from: instant, until: instant }))),
    target: text,
  }),
)

export const escalation = listOf(
  record({
    name: text,
    services: listOf(text),
    severity: optional(severity),
    steps: listOf(record({ to: listOf(to), waitMs: number(WAIT_MS_MIN) })),
    repeat: number(0),
    ackTimeoutMs: optional(number(WAIT_MS_MIN)),
  }),
)

export const sla = listOf(record({ severity, ackMs: optional(number(1)), resolveMs: optional(number(1)) }))

/** What the shape cannot see: names twice or nowhere, a policy that calls nobody, an override that ends before it starts. */
export function onCallProblems(catalogue: Catalogue): Problem[] {
  const { targets = [], rotations = [], escalation = [], sla = [], services } = catalogue
  const problems: Problem[] = []
  const say = (at: string, says: string) => problems.push({ at, says })
  const known = {
    target: new Set(targets.map(({ name }) => name)),
    rotation: new Set(rotations.map(({ name }) => name)),
  }
  once(targets.map(({ name }) => name)).forEach((name) => say('targets', `${name} stands there twice`))
  once(rotations.map(({ name }) => name)).forEach((name) => say('rotations', `${name} stands there twice`))
  once(escalation.map(({ name }) => name)).forEach((name) => say('escalation', `${name} stands there twice`))
  once(sla.map(({ severity }) => severity)).forEach((word) => say('sla', `${word} stands there twice`))
  once(escalation.flatMap((policy) => policy.services)).forEach((id) => say('escalation', `${id} has two policies`))
  for (const [index, { people, target, weeks = 1, overrides = [] }] of rotations.entries()) {
    const at = `rotations[${index}]`
    if (people.length === 0) say(`${at}.people`, 'names nobody')
    if (!Number.isInteger(weeks)) say(`${at}.weeks`, 'must be a whole number')
    if (!known.target.has(target)) say(`${at}.target`, `${target} is no target of this catalogue`)
    for (const [place, { from, until }] of overrides.entries())
      if (Date.parse(until) <= Date.parse(from)) say(`${at}.overrides[${place}]`, 'ends before it starts')
  }
  for (const [index, policy] of escalation.entries()) {
    const at = `escalation[${index}]`
    for (const id of policy.services)
      if (id !== '*' && !services.some((service) => service.id === id))
        say(`${at}.services`, `${id} is no service of this catalogue`)
    if (policy.steps.length === 0) say(`${at}.steps`, 'calls nobody')
    if (policy.steps.length > STEPS_MAX) say(`${at}.steps`, `must be at most ${STEPS_MAX}`)
    if (!Number.isInteger(policy.repeat) || policy.repeat > REPEAT_MAX)
      say(`${at}.repeat`, `must be a whole number, at most ${REPEAT_MAX}`)
    for (const [step, { to }] of policy.steps.entries()) {
      if (to.length === 0 || to.length > TO_MAX) say(`${at}.steps[${step}].to`, `must name 1 to ${TO_MAX}`)
      for (const one of to) {
        const [kind, name] = 'target' in one ? (['target', one.target] as const) : (['rotation', one.rotation] as const)
        if (!known[kind].has(name)) say(`${at}.steps[${step}].to`, `${name} is no ${kind} of this catalogue`)
      }
    }
  }
  return problems
}

/** Names that stand there more than once. */
function once(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))]
}
