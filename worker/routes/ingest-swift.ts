import type { Context, MiddlewareHandler } from 'hono'
import type { Source } from '../../durable/protocol/domain.ts'
import { INGEST_BODY_BYTES_MAX } from '../../durable/protocol/limits.ts'
import { LIVE } from '../../durable/protocol/namespace.ts'
import { isOpenTo } from '../auth/gate.ts'
import { rememberedWorth } from '../auth/known.ts'
import { localPerson } from '../auth/person.ts'
import { isToken, sha256Hex, tokenOf } from '../auth/token.ts'
import type { AppEnv } from '../env.ts'
import { ProblemError, onError, problemResponse } from '../errors.ts'
import { SECURITY_HEADERS } from '../headers.ts'
import { parseAlertmanager } from '../ingest/alertmanager/parse.ts'
import { parseAlerts } from '../ingest/alerts/parse.ts'
import { freshSources, speaksFor } from '../ingest/sources.ts'
import { measurePost } from '../middleware/measure.ts'
import { traceOf, traceparent } from '../middleware/trace.ts'
import { type Taken, takePost } from './ingest-take.ts'

const PARSERS = { alerts: parseAlerts, alertmanager: parseAlertmanager } as const
type Way = keyof typeof PARSERS
const WAYS: ReadonlyMap<string, Way> = new Map([
  ['/api/v2/alerts', 'alerts'],
  ['/api/v1/ingest/alertmanager', 'alertmanager'],
])

interface Known {
  way: Way
  source: string
  settings: Source | null
}

/**
 * The short way of what Prometheus and Alertmanager post: who sends is known here, the body is plain JSON. It is
 * answered as the map answers it, but a storm does not pay for each step of the map. Whatever is different in any respect
 * goes on to the map as it came; nothing was kept of it.
 */
export const swift: MiddlewareHandler<AppEnv> = async (c, next) => {
  const from = Date.now()
  const known = knownSender(c, from)
  if (!known) return next()
  const bytes = await c.req.raw.arrayBuffer()
  const body = read(bytes)
  if (!body) {
    c.req.raw = again(c.req.raw, bytes)
    return next()
  }
  const { way, source, settings } = known
  c.set('requestId', crypto.randomUUID())
  c.set('trace', traceOf(c.req.raw.headers.get('traceparent') ?? undefined))
  c.set('sender', { namespace: LIVE, source, receivedAt: from })
  const post = PARSERS[way](body.value, source, from, settings?.ignoreLabels)
  const answer = await takePost(c, way, body, post).then(
    (taken) => answered(c, way, taken),
    (thrown: unknown) => refused(c, thrown),
  )
  measurePost(c, c.req.path, answer, from)
  return answer
}

/** Who posts and what the catalogue says of it, where nobody must be asked; null where anything is out of the ordinary. */
function knownSender(c: Context<AppEnv>, now: number): Known | null {
  const request = c.req.raw
  const way = request.method === 'POST' ? WAYS.get(c.req.path) : undefined
  if (way === undefined || !isPlain(request.headers) || !isOpenTo(request, c.env)) return null
  const sources = freshSources(now)
  const token = tokenOf(request)
  if (sources === null || token === null) return null
  const source = sourceOf(c, way, token, sources, now)
  if (source === null) return null
  return { way, source, settings: sources.find(({ name }) => name === source) ?? null }
}

function sourceOf(c: Context<AppEnv>, way: Way, token: string, sources: readonly Source[], now: number): string | null {
  if (c.env.IC_MODE === 'development' && localPerson(token)) {
    if (sources.filter(({ intakes }) => intakes.includes(way)).length > 1) return null
    return speaksFor(sources, way, null)?.name ?? way
  }
  const worth = isToken('ingest', token) ? rememberedWorth(sha256Hex(token), now) : null
  return worth?.kind === 'ingest' ? worth.source : null
}

/** A body of known and sensible length as it is, and nothing that the map would look at. */
function isPlain(headers: Headers): boolean {
  const length = headers.get('content-length')
  return (
    length !== null &&
    Number(length) <= INGEST_BODY_BYTES_MAX &&
    !headers.has('content-encoding') &&
    !headers.has('x-request-id')
  )
}

function read(bytes: ArrayBuffer): { raw: string; value: unknown } | null {
  if (bytes.byteLength > INGEST_BODY_BYTES_MAX) return null
  const raw = new TextDecoder().decode(bytes)
  try {
    return { raw, value: JSON.parse(raw) }
  } catch {
    return null
  }
}

function again({ url, method, headers }: Request, body: ArrayBuffer): Request {
  return new Request(url, { method, headers, body })
}

// As the map's own answers: `/api/v2/alerts` has no body, like Alertmanager's own.
function answered(c: Context<AppEnv>, way: Way, taken: Taken): Response {
  const isBare = way === 'alerts' && !taken.quarantined
  const headers: Record<string, string> = {
    ...SECURITY_HEADERS,
    'x-request-id': c.get('requestId'),
    traceparent: traceparent(c.get('trace')),
  }
  if (!isBare) headers['content-type'] = 'application/json'
  return new Response(isBare ? null : JSON.stringify(taken), { status: taken.quarantined ? 202 : 200, headers })
}

function refused(c: Context<AppEnv>, thrown: unknown): Response | Promise<Response> {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.header(name, value)
  c.header('x-request-id', c.get('requestId'))
  c.header('traceparent', traceparent(c.get('trace')))
  if (thrown instanceof ProblemError) return problemResponse(c, thrown)
  return onError(thrown instanceof Error ? thrown : new Error(String(thrown)), c)
}
