import type { Endpoint, Service } from '../../protocol/domain.ts'
import { bindingName } from './binding.ts'
import { type Check, type Problem, mapOf, oneOf, optional, record, text } from './shape.ts'

/** Instances of one workload; beyond it is a typing error. */
const REPLICAS_MAX = 1_000
const ADDRESS = /^https?:\/\/[A-Za-z0-9.:[\]-]+(\/[A-Za-z0-9._~/-]*)?$/
const SECRET = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/
const OWNER = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/
const REPO = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/
const WORKFLOW = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,98}\.ya?ml$/
const REF = /^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/
/** RFC 1123, as the API server checks names of namespaces and of objects. */
const LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/
const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/

function like(pattern: RegExp, says: string): Check {
  return (value, at, problems) => {
    if (typeof value !== 'string' || !pattern.test(value)) problems.push({ at, says })
  }
}

const whole =
  (max: number): Check =>
  (value, at, problems) => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1 || value > max)
      problems.push({ at, says: `must be a whole number from 1 to ${max}` })
  }

const address: Check = (value, at, problems) => {
  if (value !== '')
    like(ADDRESS, 'must be an http or https address without user, query or fragment')(value, at, problems)
}

const github = record({
  owner: like(OWNER, 'must be the name of an owner'),
  repo: like(REPO, 'must be the name of a repository'),
  workflow: like(WORKFLOW, 'must be the file name of a workflow: deploy.yml'),
  ref: like(REF, 'must be a branch or a tag'),
})

const workload = record({
  kind: oneOf('deployment', 'statefulset'),
  name: like(SUBDOMAIN, 'must be the name of an object'),
  replicasMax: whole(REPLICAS_MAX),
})

export const endpoint: Check = record({
  name: text,
  url: address,
  driver: optional(oneOf('http', 'github', 'kubernetes', 'manual')),
  binding: optional(bindingName),
  secret: optional(like(SECRET, 'must be the name of a secret: a-z, 0-9, dot, - and _')),
  github: optional(github),
  kubernetes: optional(
    record({ namespace: like(LABEL, 'must be the name of a namespace'), workloads: mapOf(workload) }),
  ),
})

/** What each driver needs beside a name, and must not be given. */
const NEEDS: Readonly<Record<NonNullable<Endpoint['driver']>, readonly (keyof Endpoint)[]>> = {
  http: ['url'],
  github: ['url', 'secret', 'github'],
  kubernetes: ['url', 'secret', 'kubernetes'],
  manual: [],
}
const OF_DRIVERS: readonly (keyof Endpoint)[] = ['url', 'secret', 'github', 'kubernetes']

/** What the shape cannot see: a driver without what it needs or with another one's, a workload of no service. */
export function endpointProblems(endpoints: readonly Endpoint[], services: readonly Service[]): Problem[] {
  return endpoints.flatMap((endpoint, index) => {
    const at = `endpoints[${index}]`
    const driver = endpoint.driver ?? 'http'
    const given = (name: keyof Endpoint): boolean => endpoint[name] !== undefined && endpoint[name] !== ''
    const problems = OF_DRIVERS.flatMap((name): Problem[] => {
      const needed = NEEDS[driver].includes(name)
      if (given(name) === needed) return []
      return [{ at: `${at}.${name}`, says: needed ? `${driver} needs it` : `${driver} has no use for it` }]
    })
    if (driver === 'manual' && endpoint.binding !== undefined)
      problems.push({ at: `${at}.binding`, says: 'manual has no use for it' })
    const workloads = Object.keys(endpoint.kubernetes?.workloads ?? {})
    if (endpoint.kubernetes && workloads.length === 0)
      problems.push({ at: `${at}.kubernetes.workloads`, says: 'names no workload' })
    return [
      ...problems,
      ...workloads
        .filter((id) => !services.some((service) => service.id === id))
        .map((id) => ({ at: `${at}.kubernetes.workloads`, says: `${id} is no service of this catalogue` })),
    ]
  })
}
