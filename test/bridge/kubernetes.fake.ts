import type { ServerResponse } from 'node:http'
import { type Target, json, target } from './target.ts'

type Json = Record<string, unknown>

interface Metadata {
  name: string
  uid: string
  resourceVersion: string
  labels: Record<string, string>
  annotations: Record<string, string>
  ownerReferences?: { uid: string }[]
}

interface Template {
  metadata: { labels: Record<string, string>; annotations?: Record<string, string> }
  spec: { containers: { name: string; image: string }[] }
}

export interface FakeWorkload {
  apiVersion: 'apps/v1'
  kind: 'Deployment' | 'StatefulSet' | 'ReplicaSet'
  metadata: Metadata
  spec: { replicas: number; selector: { matchLabels: Record<string, string> }; template: Template }
}

export interface FakeKubernetes extends Target {
  token: string
  deployment: FakeWorkload
  statefulset: FakeWorkload
  replicaSets: FakeWorkload[]
  /** A new image, as a deploy brings it: a new revision. */
  deploy(image: string): void
}

const REVISION = 'deployment.kubernetes.io/revision'

/**
 * An API server with one deployment and one stateful set in the namespace `shop`. It patches as the real one does as far
 * as the product goes: merges of maps, JSON patches, 409 on another resource version, `dryRun=All` that stores nothing;
 * and its controller gives every template a ReplicaSet and a revision, the old one a new number when it comes back.
 */
export async function fakeKubernetes(): Promise<FakeKubernetes> {
  let version = 100
  const next = (): string => String((version += 1))
  const workload = (kind: FakeWorkload['kind'], name: string, image: string): FakeWorkload => ({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, uid: `uid-${name}`, resourceVersion: next(), labels: {}, annotations: {} },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image }] } },
    },
  })

  function control(): void {
    const { deployment, replicaSets } = fake
    const same = (one: FakeWorkload) => textOf(withoutHash(one.spec.template)) === textOf(deployment.spec.template)
    const current = replicaSets.find(
      (one) => one.metadata.ownerReferences?.[0]?.uid === deployment.metadata.uid && same(one),
    )
    const latest = Math.max(0, ...replicaSets.map((one) => Number(one.metadata.annotations[REVISION] ?? 0)))
    if (current && Number(current.metadata.annotations[REVISION]) === latest) return
    const made = current ?? workload('ReplicaSet', `checkout-${replicaSets.length}`, '')
    if (!current) {
      made.spec.selector.matchLabels = { app: 'checkout' }
      made.spec.template = structuredClone(deployment.spec.template)
      made.spec.template.metadata.labels['pod-template-hash'] = made.metadata.name
      made.metadata.labels = { ...made.spec.template.metadata.labels }
      made.metadata.ownerReferences = [{ uid: deployment.metadata.uid }]
      replicaSets.push(made)
    }
    made.metadata.annotations[REVISION] = String(latest + 1)
    deployment.metadata.annotations[REVISION] = String(latest + 1)
    deployment.metadata.resourceVersion = next()
  }

  function patched(response: ServerResponse, found: FakeWorkload, type: string, body: unknown, dryRun: boolean): void {
    const copy = structuredClone(found)
    if (type === 'application/json-patch+json') {
      const failed = jsonPatch(copy as unknown as Json, body as Operation[])
      if (failed) return failure(response, 422, failed)
    } else {
      const wanted = (body as { metadata?: { resourceVersion?: string } }).metadata?.resourceVersion
      if (wanted !== undefined && wanted !== found.metadata.resourceVersion)
        return failure(response, 409, 'the object has been modified')
      merge(copy as unknown as Json, body as Json)
    }
    if (copy.spec.replicas < 0) return failure(response, 422, 'spec.replicas: must be greater than or equal to 0')
    if (dryRun) return json(response, 200, copy)
    copy.metadata.resourceVersion = next()
    Object.assign(found, copy)
    control()
    json(response, 200, found)
  }

  const made = await target(
    'kubernetes.json',
    ({ operation, path, query, body }, response, { headers, contentType }) => {
      if (headers.authorization !== `Bearer ${fake.token}`) return failure(response, 401, 'Unauthorized')
      if (path['namespace'] !== 'shop') return failure(response, 403, `forbidden in namespace ${path['namespace']}`)
      if (operation === 'listAppsV1NamespacedReplicaSet') {
        const wanted = (query.get('labelSelector') ?? '').split(',').map((pair) => pair.split('='))
        const items = fake.replicaSets.filter((one) =>
          wanted.every(([name = '', value]) => one.metadata.labels[name] === value),
        )
        return json(response, 200, { kind: 'ReplicaSetList', apiVersion: 'apps/v1', metadata: {}, items })
      }
      const found = operation.endsWith('StatefulSet') ? fake.statefulset : fake.deployment
      if (found.metadata.name !== path['name']) return failure(response, 404, `"${path['name']}" not found`)
      if (operation.startsWith('read')) return json(response, 200, found)
      patched(response, found, contentType ?? '', body, query.get('dryRun') === 'All')
    },
  )
  const fake: FakeKubernetes = Object.assign(made, {
    token: 'token-of-the-fake',
    deployment: workload('Deployment', 'checkout', 'checkout:1'),
    statefulset: workload('StatefulSet', 'cache', 'cache:1'),
    replicaSets: [],
    deploy(image: string) {
      fake.deployment.spec.template.spec.containers = [{ name: 'main', image }]
      control()
    },
  })
  control()
  return fake
}

function failure(response: ServerResponse, code: number, message: string): void {
  json(response, code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code })
}

function merge(into: Json, from: Json): void {
  for (const [name, value] of Object.entries(from)) {
    const there = into[name]
    if (isMap(value) && isMap(there)) merge(there, value)
    else if (value === null) Reflect.deleteProperty(into, name)
    else into[name] = structuredClone(value)
  }
}

interface Operation {
  op: string
  path: string
  value: unknown
}

/** `test`, `add` and `replace` of RFC 6902 on objects; why it failed, or null. */
function jsonPatch(root: Json, operations: Operation[]): string | null {
  for (const { op, path, value } of operations) {
    const steps = path
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    const last = steps.pop() ?? ''
    let parent: unknown = root
    for (const step of steps) parent = isMap(parent) ? parent[step] : undefined
    if (!isMap(parent)) return `${path} is not there`
    if (op === 'test' && textOf(parent[last]) !== textOf(value)) return `testing ${path} value failed`
    if (op === 'replace' && !Object.hasOwn(parent, last)) return `${path} is not there`
    if (op !== 'test') parent[last] = structuredClone(value)
  }
  return null
}

function withoutHash(template: Template): Template {
  const { 'pod-template-hash': _, ...labels } = template.metadata.labels
  return { ...template, metadata: { ...template.metadata, labels } }
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    isMap(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item,
  )
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
