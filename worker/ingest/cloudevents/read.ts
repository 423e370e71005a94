import { isRecord } from '../record.ts'

/** One event with its context attributes as members, `data` beside them. */
export type CloudEvent = Record<string, unknown>

/** The events of one request; `unknown-type` for a content type that carries none; `invalid` for what is no event. */
export type ReadEvents =
  | { ok: true; events: CloudEvent[] }
  | { ok: false; reason: 'unknown-type' | 'invalid'; says: string }

const REQUIRED = ['id', 'source', 'specversion', 'type'] as const

/** Binary (`ce-` headers), structured or batch, told apart by the content type as the HTTP binding says. */
export function readCloudEvents(body: unknown, headers: Headers): ReadEvents {
  const type = (headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  if (type === 'application/cloudevents+json') return checked([body])
  if (type === 'application/cloudevents-batch+json')
    return Array.isArray(body) ? checked(body) : invalid('a batch is a JSON array')
  if (type.startsWith('application/cloudevents')) return { ok: false, reason: 'unknown-type', says: 'JSON events only' }
  if (!headers.has('ce-specversion'))
    return { ok: false, reason: 'unknown-type', says: 'neither an event media type nor ce- headers' }
  if (type !== 'application/json' && !type.endsWith('+json'))
    return { ok: false, reason: 'unknown-type', says: 'data must be JSON' }
  return checked([{ ...attributesIn(headers), data: body }])
}

function attributesIn(headers: Headers): CloudEvent {
  const attributes: [string, string][] = []
  headers.forEach((value, name) => {
    if (name.startsWith('ce-')) attributes.push([name.slice(3), percentDecoded(value)])
  })
  return Object.fromEntries(attributes)
}

// The binding has text outside printable ASCII percent-encoded; what does not decode is left as it is.
function percentDecoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

function checked(events: readonly unknown[]): ReadEvents {
  for (const [index, event] of events.entries()) {
    if (!isRecord(event)) return invalid(`event ${index} is no object`)
    const missing = REQUIRED.find((name) => typeof event[name] !== 'string' || event[name] === '')
    if (missing !== undefined) return invalid(`event ${index} has no ${missing}`)
    if (event['specversion'] !== '1.0') return invalid(`event ${index} is not of specversion 1.0`)
  }
  return { ok: true, events: events as CloudEvent[] }
}

function invalid(says: string): ReadEvents {
  return { ok: false, reason: 'invalid', says }
}
