import type { Context } from 'hono'
import * as z from 'zod/mini'
import type { AlertMapping } from '../../durable/protocol/domain.ts'
import { LIVE } from '../../durable/protocol/namespace.ts'
import type { AppEnv } from '../env.ts'
import { mappingSchema } from '../ingest/generic/schema.ts'
import type { Origin } from '../ingest/origin.ts'
import { PARSERS } from '../ingest/parsers.ts'
import { bodyOf } from '../validate.ts'

const TEXT_CHARS_MAX = 200
const HEADERS_MAX = 50

const text = z.string().check(z.minLength(1), z.maxLength(TEXT_CHARS_MAX))

export const dryRunBody = z.strictObject({
  intake: z.enum([
    'alertmanager',
    'alerts',
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
  ]),
  source: z.optional(text),
  mapping: z.optional(mappingSchema),
  headers: z.optional(z.record(text, z.string()).check(z.refine((all) => Object.keys(all).length <= HEADERS_MAX))),
  /** the payload: as JSON, or as the text that was pasted. */
  body: z.unknown(),
})

/**
 * `POST /api/v1/ingest/dry-run {intake, source?, mapping?, headers?, body}`: what the payload would become, by that
 * source's settings or by a mapping that is tried out. Nothing is kept, nobody is paged, no signature is asked for.
 */
export async function dryRun(c: Context<AppEnv>): Promise<Response> {
  const asked = await bodyOf(c, dryRunBody)
  const { sources, services } = await c.env.DIRECTORY.getByName(LIVE).catalogue()
  const settings = sources.find(({ name }) => name === asked.source)
  const headers = new Map(Object.entries(asked.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]))
  const origin: Origin = {
    source: asked.source ?? asked.intake,
    receivedAt: Date.now(),
    ignoreLabels: settings?.ignoreLabels ?? [],
    mapping: (asked.mapping as AlertMapping | undefined) ?? settings?.mapping ?? null,
    header: (name) => headers.get(name) ?? null,
  }
  const read = jsonOf(asked.body)
  if (!read.ok) return c.json({ understood: false, reason: 'not-json', alerts: [], skipped: {} })
  const post = PARSERS[asked.intake](read.value, origin)
  const known = new Set(services.map(({ id }) => id))
  return c.json({
    understood: post.undecodable === null,
    reason: post.undecodable,
    alerts: post.alerts.map((alert) => ({ ...alert, catalogued: known.has(alert.service) })),
    skipped: post.skipped ?? {},
  })
}

function jsonOf(body: unknown): { ok: true; value: unknown } | { ok: false } {
  if (typeof body !== 'string') return { ok: true, value: body }
  try {
    return { ok: true, value: JSON.parse(body) as unknown }
  } catch {
    return { ok: false }
  }
}
