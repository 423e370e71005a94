import type { ReadAnswer } from '../answer.ts'
import { type Send, exchange } from '../exchange.ts'

/** One object may have 1.5 MB in the cluster's store; a list of ten old ReplicaSets has a few hundred kilobytes. */
const OBJECT_BYTES_MAX = 2_000_000
/** Reading before the one call: the whole must end before the room stops waiting, ms. */
export const READ_TIMEOUT_MS = 3_000
/** Who owns the fields that are written here, in the objects' own records. */
const FIELD_MANAGER = 'incident-commander'

export interface Api {
  fetch: Send
  /** the API server: `https://cluster.example:6443`. */
  endpointUrl: string
  namespace: string
  token: string
  /** of the call that acts, ms. */
  timeoutMs: number
  readTimeoutMs: number
}

/** What is written: a strategic merge, or a list of JSON patch operations. */
export type Patch =
  | { type: 'application/strategic-merge-patch+json'; body: Record<string, unknown> }
  | { type: 'application/json-patch+json'; body: { op: 'test' | 'add' | 'replace'; path: string; value: unknown }[] }

/** The path of an object of the `apps/v1` group in the endpoint's namespace. */
export function appsPath(namespace: string, resource: string, name?: string, subresource?: string): string {
  const parts = ['namespaces', namespace, resource, name, subresource].flatMap((part) =>
    part === undefined ? [] : [encodeURIComponent(part)],
  )
  return `/apis/apps/v1/${parts.join('/')}`
}

/** Reads one object or list; why not, in words, where that is impossible. A read changes nothing, whatever came of it. */
export async function read(api: Api, path: string): Promise<Record<string, unknown> | string> {
  const limits = { timeoutMs: api.readTimeoutMs, bytesMax: OBJECT_BYTES_MAX }
  const answer = await exchange(
    api.fetch,
    limits,
    (init) => new Request(`${api.endpointUrl}${path}`, { headers: headersOf(api), ...init }),
  )
  if (typeof answer === 'string') return answer
  if (answer.status === 200 && answer.json) return answer.json
  const said = answer.json?.['message']
  return `answered ${answer.status}${typeof said === 'string' ? `: ${said}` : ''}`
}

/** Writes one object, or with `dryRun` lets the server go all the way to the store and stop there. */
export function patch(api: Api, path: string, change: Patch, dryRun: boolean): Promise<ReadAnswer | string> {
  const limits = { timeoutMs: api.timeoutMs, bytesMax: OBJECT_BYTES_MAX }
  const headers = headersOf(api)
  headers.set('content-type', change.type)
  return exchange(
    api.fetch,
    limits,
    (init) =>
      new Request(patchUrl(api, path, dryRun), {
        method: 'PATCH',
        headers,
        body: JSON.stringify(change.body),
        ...init,
      }),
  )
}

export function patchUrl({ endpointUrl }: Pick<Api, 'endpointUrl'>, path: string, dryRun: boolean): string {
  return `${endpointUrl}${path}?fieldManager=${FIELD_MANAGER}${dryRun ? '&dryRun=All' : ''}`
}

function headersOf({ token }: Api): Headers {
  return new Headers({ authorization: `Bearer ${token}`, accept: 'application/json' })
}
