/** Ours on every object that an action changed: which execution did. The only place where it can be found again. */
export const KEY_ANNOTATION = 'incident-commander/key'
/** Theirs: how often a deployment's template changed, on it and on each of its ReplicaSets. */
const REVISION_ANNOTATION = 'deployment.kubernetes.io/revision'
/** Theirs: stamped on a ReplicaSet's template, and none of the deployment's. */
const HASH_LABEL = 'pod-template-hash'

export type Json = Record<string, unknown>

/** As much of a deployment or a stateful set as is read here. */
export interface Workload {
  uid: string
  resourceVersion: string
  /** the key of the last action that was ours; null: none. */
  key: string | null
  /** that of the pod template: a restart's own. */
  templateKey: string | null
  replicas: number
  /** null: it has none, or says none that can be read. */
  revision: number | null
  /** null: it is chosen by expressions, which are not read here. */
  labels: Record<string, string> | null
}

/** Reads a workload; null for what is none: then nothing is built on it. */
export function workloadOf(json: Json): Workload | null {
  const [metadata, spec] = [recordOf(json['metadata']), recordOf(json['spec'])]
  const { uid, resourceVersion } = metadata
  const { replicas } = spec
  if (typeof uid !== 'string' || typeof resourceVersion !== 'string') return null
  if (typeof replicas !== 'number' || !Number.isSafeInteger(replicas) || replicas < 0) return null
  const annotations = recordOf(metadata['annotations'])
  const template = recordOf(recordOf(recordOf(spec['template'])['metadata'])['annotations'])
  return {
    uid,
    resourceVersion,
    replicas,
    key: textOf(annotations[KEY_ANNOTATION]),
    templateKey: textOf(template[KEY_ANNOTATION]),
    revision: revisionOf(annotations),
    labels: labelsOf(recordOf(spec['selector'])),
  }
}

export interface Revision {
  name: string
  revision: number
  template: Json
}

/**
 * The revision before the one that runs, of a deployment's own ReplicaSets: where `kubectl rollout undo` goes. Null: there
 * is none, or what was listed cannot be read.
 */
export function previousRevision(list: Json, { uid, revision }: Workload): Revision | null {
  const items = list['items']
  if (!Array.isArray(items) || revision === null) return null
  const earlier = (items as unknown[])
    .map(recordOf)
    .filter((item) => ownedBy(item, uid))
    .flatMap((item): Revision[] => {
      const metadata = recordOf(item['metadata'])
      const of = revisionOf(recordOf(metadata['annotations']))
      const template = bareTemplate(recordOf(recordOf(item['spec'])['template']))
      const name = textOf(metadata['name'])
      return of === null || of >= revision || template === null || name === null
        ? []
        : [{ name, revision: of, template }]
    })
  return earlier.sort((a, b) => b.revision - a.revision)[0] ?? null
}

function ownedBy(item: Json, uid: string): boolean {
  const owners = recordOf(item['metadata'])['ownerReferences']
  return Array.isArray(owners) && (owners as unknown[]).some((owner) => recordOf(owner)['uid'] === uid)
}

/** Without the hash, which would tie the pods to the old ReplicaSet; null for a template without containers. */
function bareTemplate(template: Json): Json | null {
  if (!Array.isArray(recordOf(template['spec'])['containers'])) return null
  const metadata = recordOf(template['metadata'])
  const labels = Object.fromEntries(
    Object.entries(recordOf(metadata['labels'])).filter(([name]) => name !== HASH_LABEL),
  )
  return { ...template, metadata: { ...metadata, labels } }
}

function labelsOf(selector: Json): Record<string, string> | null {
  if (selector['matchExpressions'] !== undefined) return null
  const labels = Object.entries(recordOf(selector['matchLabels']))
  if (labels.length === 0 || labels.some(([, value]) => typeof value !== 'string')) return null
  return Object.fromEntries(labels.map(([name, value]) => [name, String(value)]))
}

function revisionOf(annotations: Json): number | null {
  const text = textOf(annotations[REVISION_ANNOTATION])
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null
}

export function recordOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
