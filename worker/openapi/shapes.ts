import * as z from 'zod/mini'
import type { CatalogueChangeRow, ReachRow } from '../../durable/protocol/catalogue.ts'
import type { AutonomyRow, FreezeRow } from '../../durable/protocol/controls.ts'
import type { Catalogue, DrillClock } from '../../durable/protocol/domain.ts'
import type { DrillRow, HistoryRow, IntakeCounters, TelemetryReceipt } from '../../durable/protocol/objects.ts'
import type { SuppressedRow } from '../../durable/protocol/noise.ts'
import type { IncidentRow } from '../../durable/protocol/rows.ts'
import type { Taken } from '../routes/ingest-take.ts'

/**
 * What answers look like. Objects may grow members, and a client must pass over those it does not know; the ones named
 * here stay. Each shape is held against the type that the code answers with.
 */
const text = z.string()
const count = z.number()
const when = z.iso.datetime()
const maybe = <S extends z.ZodMiniType>(schema: S) => z.nullable(schema)
const texts = z.record(z.string(), z.string())
const counts = z.record(z.string(), z.number())

/** Compiles only while every member that is named is one of the type's, and of its kind. */
type Part<T> = z.ZodMiniType<{ [K in keyof T]?: unknown }>

/** What a list is of, so that the description can name it. */
const items = new WeakMap<z.ZodMiniType, z.ZodMiniType>()

export function list<S extends z.ZodMiniType>(item: S) {
  const made = z.looseObject({ items: z.array(item), next: maybe(text) })
  items.set(made, item)
  return made
}

export function itemOf(schema: z.ZodMiniType): z.ZodMiniType | null {
  return items.get(schema) ?? null
}

export const severity = z.enum(['SEV-1', 'SEV-2', 'SEV-3', 'SEV-4', 'SEV-5'])
export const incidentState = z.enum([
  'triggered',
  'acknowledged',
  'mitigated',
  'resolved',
  'closed',
  'canceled',
  'merged',
])

const rowMembers = {
  id: text,
  title: text,
  state: incidentState,
  phase: text,
  severity,
  sourceSeverity: text,
  severityInferred: z.boolean(),
  service: text,
  drill: maybe(text),
  openedAt: when,
  alertsClearSince: maybe(when),
  awaitingHuman: z.boolean(),
  seq: count,
}

export const incidentRow = z.looseObject({
  ...rowMembers,
  proposal: maybe(z.looseObject({ id: text, digest: text, status: text })),
}) satisfies Part<IncidentRow>

export const incidentDetail = z.looseObject({
  ...rowMembers,
  proposal: maybe(z.looseObject({ id: text, number: count, digest: text, status: text })),
  proposals: z.array(z.looseObject({ id: text, status: text })),
  alerts: z.array(z.looseObject({ source: text, fingerprint: text, status: text, title: text })),
  alertsBeyond: count,
  evidence: z.array(z.looseObject({ id: text, kind: text, source: text, at: when, tainted: z.boolean() })),
  findings: z.array(z.looseObject({ id: text, agent: text, summary: text })),
  hypotheses: z.array(z.looseObject({ id: text, title: text, verdict: text })),
  gaps: z.array(z.looseObject({ what: text, reason: text })),
  catalogue: text,
  policy: text,
  chainHead: text,
})

/** Objects whose members are told elsewhere. */
export const anything = z.looseObject({})
export const named = z.looseObject({ name: text })
export const made = z.looseObject({ id: text })
export const events = z.looseObject({
  epoch: text,
  items: z.array(z.looseObject({ seq: count, at: count, hash: text, body: z.looseObject({ type: text }) })),
  next: z.nullable(text),
  head: count,
})
export const commandResult = z.looseObject({ type: z.literal('result'), cmd: text, ok: z.literal(true), seq: count })

export const taken = z.looseObject({
  received: count,
  deduplicated: count,
  quarantined: z.boolean(),
  reason: z.optional(text),
  skipped: z.optional(counts),
}) satisfies Part<Taken>
export const stored = z.looseObject({ stored: count, deduplicated: count })
export const telemetryReceipt = z.looseObject({
  accepted: count,
  dropped: counts,
}) satisfies z.ZodMiniType<TelemetryReceipt>
export const pagerDutyAnswer = z.looseObject({ status: text, message: text })
export const dryRunAnswer = z.looseObject({
  understood: z.boolean(),
  reason: maybe(text),
  alerts: z.array(z.looseObject({ fingerprint: text, status: text, title: text, catalogued: z.boolean() })),
  skipped: counts,
})

export const counters = z.looseObject({
  received: count,
  attached: count,
  deduplicated: count,
  suppressed: count,
  quarantined: count,
  pending: count,
}) satisfies z.ZodMiniType<IntakeCounters>
export const quarantineRow = z.looseObject({ id: text, at: when, intake: text, source: text, reason: text, raw: text })
export const noise = z.looseObject({ deduplicated: counts, suppressed: counts, storm: z.unknown() })
export const suppressedRow = z.looseObject({
  source: text,
  fingerprint: text,
  status: text,
  service: text,
  title: text,
  labels: texts,
  reason: text,
  by: text,
  heldSince: when,
  incident: maybe(text),
}) satisfies Part<SuppressedRow>
export const sourceWatch = z.looseObject({
  name: text,
  heardAt: maybe(when),
  heartbeat: z.nullable(z.looseObject({ everyMs: count, state: z.enum(['ok', 'missing']) })),
  pull: z.nullable(z.looseObject({ at: maybe(when), ok: z.boolean(), reason: text, fired: count, resolved: count })),
})
export const reachRow = z.looseObject({
  kind: z.enum(['endpoint', 'pull', 'target']),
  name: text,
  url: text,
  way: z.enum(['public', 'local', 'binding', 'refused']),
  reason: text,
}) satisfies Part<ReachRow>
export const signing = z.looseObject({ state: z.enum(['ready', 'master-key-missing', 'master-key-invalid']) })
export const silenceRow = z.looseObject({
  id: text,
  kind: z.enum(['silence', 'maintenance']),
  matchers: z.array(z.looseObject({ name: text, op: text, value: text })),
  comment: text,
  by: text,
  state: z.enum(['pending', 'active']),
  from: z.optional(z.literal('catalogue')),
  startsAt: when,
  endsAt: when,
})

export const killSwitch = z.looseObject({ on: z.boolean(), by: text, reason: text, at: count })
export const serviceSwitch = z.looseObject({ service: text, on: z.boolean(), by: text, reason: text, at: count })
export const freeze = z.looseObject({
  id: text,
  services: z.union([z.literal('*'), z.array(text)]),
  from: when,
  until: maybe(when),
  reason: text,
  by: text,
  origin: z.enum(['catalogue', 'api']),
  state: z.enum(['pending', 'active']),
}) satisfies z.ZodMiniType<FreezeRow>
export const autonomy = z.looseObject({
  id: text,
  action: text,
  service: text,
  minSuccesses: count,
  note: text,
  on: z.boolean(),
  by: text,
  reason: text,
  since: maybe(when),
}) satisfies z.ZodMiniType<AutonomyRow>
export const controls = z.looseObject({
  killSwitch,
  services: z.array(serviceSwitch),
  dryRun: killSwitch,
  freezes: z.array(freeze),
  maintenance: z.array(text),
  autonomy: z.array(autonomy),
  recent: z.array(z.looseObject({ incident: text, type: text, target: text, at: count, end: text })),
})
export const me = z.looseObject({ name: text, role: text, via: text, expiresAt: maybe(when), mode: text })

const slo = z.looseObject({ name: text, signal: text, limit: count, breach: z.enum(['above', 'below']) })
export const catalogue = z.looseObject({
  version: text,
  services: z.array(
    z.looseObject({
      id: text,
      title: text,
      tier: z.literal([1, 2, 3, 4]),
      owner: text,
      ownerReachable: z.boolean(),
      dependencies: z.array(text),
      protected: z.boolean(),
      slos: z.array(slo),
      cost: z.optional(z.looseObject({ perMinute: count, currency: text })),
    }),
  ),
  runbooks: z.array(
    z.looseObject({ id: text, title: text, action: text, risk: text, checklist: z.optional(z.array(text)) }),
  ),
  sources: z.array(z.looseObject({ name: text, title: text, intakes: z.array(text), freshMs: count })),
  endpoints: z.array(z.looseObject({ name: text, url: text })),
  correlation: z.optional(
    z.looseObject({
      windowMs: z.optional(count),
      thresholds: z.optional(z.array(z.looseObject({ service: text }))),
      stormPerMinute: z.optional(count),
    }),
  ),
  maintenance: z.optional(z.array(z.looseObject({ name: text, comment: text }))),
  targets: z.optional(z.array(z.looseObject({ name: text, kind: text }))),
  rotations: z.optional(z.array(z.looseObject({ name: text }))),
  escalation: z.optional(z.array(z.looseObject({ name: text }))),
  sla: z.optional(z.array(z.looseObject({ severity }))),
  limits: z.optional(z.looseObject({ actionsPerTargetPerHour: z.optional(count) })),
  freezes: z.optional(z.array(z.looseObject({ id: text, from: text, until: text, reason: text }))),
  autonomy: z.optional(z.array(z.looseObject({ id: text, action: text, service: text, minSuccesses: count }))),
}) satisfies Part<Catalogue>
const change = z.looseObject({
  kind: z.enum(['added', 'removed', 'changed']),
  at: text,
  says: text,
}) satisfies z.ZodMiniType<CatalogueChangeRow>
export const catalogueDiff = z.looseObject({ changes: z.array(change), beyond: count })
const catalogueHead = { revision: count, version: text, at: maybe(when), by: text }
export const cataloguePut = z.looseObject({ ...catalogueHead, changes: z.array(change), beyond: count })
export const catalogueVersion = z.looseObject({ ...catalogueHead, changes: count })

const tokenMembers = { id: text, kind: z.enum(['api', 'ingest']), name: text, createdAt: when, createdBy: text }
export const tokenRow = z.looseObject({
  ...tokenMembers,
  expiresAt: maybe(when),
  lastUsedAt: maybe(when),
  revokedAt: maybe(when),
})
export const tokenMade = z.looseObject({ ...tokenMembers, token: text })
export const ticket = z.looseObject({ ticket: text, expiresAt: when })
export const secretRow = z.looseObject({
  name: text,
  version: count,
  setAt: when,
  ageDays: count,
  lastUsedAt: maybe(when),
})
export const secrets = z.looseObject({ items: z.array(secretRow), next: maybe(text), key: text })
export const auditPage = z.looseObject({
  items: z.array(z.looseObject({ seq: count, at: count, who: text, action: text, outcome: text, hash: text })),
  next: maybe(text),
  head: z.looseObject({ seq: count, hash: text }),
  anchor: z.looseObject({ seq: count, hash: text }),
})
export const auditVerdict = z.looseObject({ ok: z.boolean() })

export const historyRow = z.looseObject({
  id: text,
  title: text,
  severity,
  service: text,
  drill: maybe(text),
  openedAt: when,
  resolvedAt: maybe(when),
  closedAt: when,
  outcome: text,
  chainHead: text,
  seq: count,
}) satisfies Part<HistoryRow>
export const archived = z.looseObject({ id: text, namespace: text, chainHead: text, events: z.array(z.unknown()) })
export const imported = z.looseObject({ already: z.boolean(), row: historyRow, stateHash: text })

const clock = z.looseObject({ startedAt: count, startedWall: count, speed: count }) satisfies Part<DrillClock>
export const drillRow = z.looseObject({
  id: text,
  scenario: text,
  title: text,
  seed: count,
  speed: count,
  state: z.enum(['running', 'ended', 'stopped']),
  startedAt: when,
  endsAt: when,
  clock,
  incidents: z.array(text),
  faults: z.optional(z.array(z.looseObject({ kind: text }))),
}) satisfies Part<DrillRow>
export const scenarioRow = z.looseObject({ name: text, title: text, summary: text, durationMs: count })

export const openid = z.looseObject({ issuer: z.string(), jwks_uri: z.string() })

export const jwks = z.strictObject({
  keys: z.array(
    z.strictObject({
      kty: z.literal('RSA'),
      use: z.literal('sig'),
      alg: z.literal('RS256'),
      kid: z.string(),
      n: z.string(),
      e: z.string(),
    }),
  ),
})

export const agentKeys = z.looseObject({
  instance: text,
  keys: z.array(z.strictObject({ id: text, agent: text, instance: text, publicKey: text, since: count })),
})
export const live = z.looseObject({ ok: z.literal(true), version: text })
export const version = z.looseObject({ version: text, protocol: count, time: when })

export const problem = z.looseObject({
  type: text,
  title: text,
  status: count,
  code: text,
  detail: text,
  instance: text,
  requestId: text,
  errors: z.optional(
    z.array(z.looseObject({ at: text, says: text, line: z.optional(count), column: z.optional(count) })),
  ),
})
