import type { Action, KubernetesTarget } from '../../../durable/protocol/domain.ts'
import { type Api, type Patch, appsPath, read } from './api.ts'
import { KEY_ANNOTATION, type Workload, previousRevision, workloadOf } from './objects.ts'

/** The one write that an action comes to, made of what was read a moment ago and void if that has changed since. */
export interface Operation {
  path: string
  kind: 'Deployment' | 'StatefulSet'
  patch: Patch
  /** what changes, from what to what. */
  effect: string
}

export type Prepared =
  | { ok: true; operation: Operation }
  /** it carries this key already: done before, and not to be done again. */
  | { ok: true; operation: null; effect: string }
  | { ok: false; reason: string }

/** What each catalogued action is here; another one is refused. */
const OPERATIONS: Readonly<Record<string, 'restart' | 'undo' | 'more' | 'fewer'>> = {
  'restart-instance': 'restart',
  'rollback-deployment': 'undo',
  // Back from the back: the revision before the one that runs is then the newer one.
  redeploy: 'undo',
  'scale-out': 'more',
  'scale-in': 'fewer',
}

type Place = KubernetesTarget['workloads'][string]

/** Reads what stands and makes the write of it. Refused, with nothing changed: what is not catalogued, readable or in bounds. */
export async function prepare(api: Api, target: KubernetesTarget, action: Action, key: string): Promise<Prepared> {
  const kind = Object.hasOwn(OPERATIONS, action.type) ? OPERATIONS[action.type] : undefined
  if (kind === undefined) return { ok: false, reason: `${action.type} is nothing that this driver does` }
  const place = Object.hasOwn(target.workloads, action.target) ? target.workloads[action.target] : undefined
  if (!place) return { ok: false, reason: `no workload is named for ${action.target}` }
  const found = await workloadAt(api, place)
  if (typeof found === 'string') return { ok: false, reason: `${nameOf(place)} cannot be read: ${found}` }
  if (isDoneUnder(found, key)) return { ok: true, operation: null, effect: `${nameOf(place)} carries this key already` }
  switch (kind) {
    case 'restart':
      return made(
        api,
        place,
        restart(found, key),
        `${nameOf(place)} replaces its ${found.replicas} instances one by one`,
      )
    case 'undo':
      return undo(api, place, found, key)
    case 'more':
    case 'fewer':
      return scale(api, place, found, key, action.parameters['instances'], kind)
    default:
      return kind satisfies never
  }
}

/** Whether an object says that this execution changed it. */
export function isDoneUnder({ key, templateKey }: Workload, wanted: string): boolean {
  return key === wanted || templateKey === wanted
}

/** The workload as it stands, or in words why it cannot be read. */
export async function workloadAt(api: Api, place: Place): Promise<Workload | string> {
  const json = await read(api, pathOf(api, place))
  if (typeof json === 'string') return json
  return workloadOf(json) ?? 'the answer is no workload'
}

/** A template that says another key is another template: the controller replaces the pods by its own rules. */
function restart(found: Workload, key: string): Patch {
  const template = { metadata: { annotations: { [KEY_ANNOTATION]: key } } }
  return merge(found, key, { template })
}

function scale(
  api: Api,
  place: Place,
  found: Workload,
  key: string,
  by: number | string | undefined,
  way: 'more' | 'fewer',
): Prepared {
  if (typeof by !== 'number' || !Number.isSafeInteger(by) || by < 1)
    return { ok: false, reason: 'instances must be a whole number' }
  const replicas = found.replicas + (way === 'more' ? by : -by)
  // Nothing is scaled away: an empty service is an outage of our own making.
  if (replicas < 1 || replicas > place.replicasMax)
    return { ok: false, reason: `${replicas} replicas are out of bounds: 1 to ${place.replicasMax}` }
  return made(
    api,
    place,
    merge(found, key, { replicas }),
    `${nameOf(place)}: replicas ${found.replicas} to ${replicas}`,
  )
}

async function undo(api: Api, place: Place, found: Workload, key: string): Promise<Prepared> {
  if (place.kind !== 'deployment') return { ok: false, reason: 'only deployments are rolled back here' }
  if (!found.labels) return { ok: false, reason: `the selector of ${nameOf(place)} cannot be read` }
  const selector = Object.entries(found.labels).map(([name, value]) => `${name}=${value}`)
  const list = await read(
    api,
    `${appsPath(api.namespace, 'replicasets')}?labelSelector=${encodeURIComponent(selector.join(','))}`,
  )
  if (typeof list === 'string') return { ok: false, reason: `its revisions cannot be read: ${list}` }
  const previous = previousRevision(list, found)
  if (!previous) return { ok: false, reason: `${nameOf(place)} has no earlier revision` }
  const patch: Patch = {
    type: 'application/json-patch+json',
    body: [
      { op: 'test', path: '/metadata/resourceVersion', value: found.resourceVersion },
      { op: 'replace', path: '/spec/template', value: previous.template },
      // It has annotations: that of its revision was read.
      { op: 'add', path: `/metadata/annotations/${KEY_ANNOTATION.replaceAll('/', '~1')}`, value: key },
    ],
  }
  return made(
    api,
    place,
    patch,
    `${nameOf(place)}: revision ${found.revision} back to the template of revision ${previous.revision}`,
  )
}

/** A resource version that is no longer the object's makes the server refuse: nobody else's change is overwritten. */
function merge({ resourceVersion }: Workload, key: string, spec: Record<string, unknown>): Patch {
  const metadata = { resourceVersion, annotations: { [KEY_ANNOTATION]: key } }
  return { type: 'application/strategic-merge-patch+json', body: { metadata, spec } }
}

function made(api: Api, place: Place, patch: Patch, effect: string): Prepared {
  const kind = place.kind === 'deployment' ? 'Deployment' : 'StatefulSet'
  return { ok: true, operation: { path: pathOf(api, place), kind, patch, effect } }
}

function pathOf({ namespace }: Api, { kind, name }: Place): string {
  return appsPath(namespace, `${kind}s`, name)
}

function nameOf({ kind, name }: Place): string {
  return `${kind} ${name}`
}
