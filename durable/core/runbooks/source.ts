import type { IntakeName, Source } from '../../protocol/domain.ts'
import { bindingName } from './binding.ts'
import { type Check, type Problem, listOf, mapOf, number, oneOf, optional, record, text } from './shape.ts'

/** Of these each belongs to one source: a sender is told apart by nothing else. */
const OWN: readonly IntakeName[] = ['alertmanager', 'alerts', 'changes', 'telemetry']
const SHARED: readonly IntakeName[] = [
  'pagerduty',
  'grafana',
  'sns',
  'eventbridge',
  'standard-webhooks',
  'cloudevents',
  'datadog',
  'sentry',
  'syslog',
  'collectd',
  'webhook',
]

/** An SNS topic whose region can be told: the confirmation goes to that region's host and to nothing else. */
const TOPIC = /^arn:aws(-cn|-us-gov)?:sns:[a-z]{2}(-[a-z]+)+-\d:\d{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?$/
const HEADER = /^[A-Za-z0-9-]{1,64}$/
/** Its value is read from one configuration key and shown by name. */
const SECRET = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/

/** A heartbeat that is watched closer than a source's own clock would ring for every pause of a network, in ms. */
const HEARTBEAT_MS_MIN = 1_000
const ADDRESS = /^https?:\/\/[A-Za-z0-9.:[\]-]+(\/[A-Za-z0-9._~/-]*)?$/

function like(pattern: RegExp, says: string): Check {
  return (value, at, problems) => {
    if (typeof value !== 'string' || !pattern.test(value)) problems.push({ at, says })
  }
}

const secret = like(SECRET, 'must be the name of a secret: a-z, 0-9, dot, - and _')
const pointer = like(/^\/([^~]|~[01])*$/, 'must be a JSON pointer: /like/this')

const mapping = record({
  items: optional(pointer),
  identity: listOf(text),
  title: text,
  status: optional(record({ at: pointer, firing: listOf(text), resolved: listOf(text) })),
  service: optional(text),
  severity: optional(text),
  severities: optional(mapOf(oneOf('critical', 'error', 'warning', 'info'))),
  startsAt: optional(pointer),
  endsAt: optional(pointer),
  summary: optional(text),
  link: optional(text),
  group: optional(text),
  labels: optional(mapOf(text)),
})

export const source: Check = record({
  name: text,
  title: text,
  intakes: listOf(oneOf(...OWN, ...SHARED)),
  freshMs: number(1),
  ignoreLabels: optional(listOf(text)),
  routingKeys: optional(listOf(secret)),
  topics: optional(listOf(like(TOPIC, 'must be the ARN of an SNS topic'))),
  signature: optional(record({ secret, timestampHeader: optional(like(HEADER, 'must be the name of a header')) })),
  mapping: optional(mapping),
  heartbeatMs: optional(number(HEARTBEAT_MS_MIN)),
  url: optional(like(ADDRESS, 'must be an http or https address without user, query or fragment')),
  binding: optional(bindingName),
})

/** The intakes of a source that no other source may have. */
export function ownIntakes({ intakes }: Source): IntakeName[] {
  return intakes.filter((intake) => OWN.includes(intake))
}

/** What the shape cannot see: an identity of nothing, a status that cannot end, an intake twice, a topic of two sources. */
export function sourceProblems(sources: readonly Source[]): Problem[] {
  const problems: Problem[] = []
  const seen = new Set<string>()
  for (const [index, { intakes, mapping, topics, routingKeys, url, binding }] of sources.entries()) {
    const at = `sources[${index}]`
    if (binding !== undefined && url === undefined) problems.push({ at: `${at}.binding`, says: 'leads to no url' })
    if (mapping?.identity.length === 0) problems.push({ at: `${at}.mapping.identity`, says: 'names nothing' })
    if (mapping?.status && mapping.status.resolved.length === 0)
      problems.push({ at: `${at}.mapping.status`, says: 'no word ends an alert' })
    if (new Set(intakes).size < intakes.length) problems.push({ at: `${at}.intakes`, says: 'an intake stands twice' })
    for (const key of [...(topics ?? []), ...(routingKeys ?? [])]) {
      if (seen.has(key)) problems.push({ at, says: `${key} speaks for two sources` })
      seen.add(key)
    }
  }
  return problems
}
