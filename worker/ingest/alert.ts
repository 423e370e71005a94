import { createHash } from 'node:crypto'
import { canonical } from '../../durable/protocol/canonical.ts'
import type { Alert, Instant, SourceSeverity } from '../../durable/protocol/domain.ts'
import { type Cut, cutText, withCutSaid } from './labels.ts'
import { sourceSeverity } from './severity.ts'

/** An alert as a parser makes it; the directory adds whether its service is catalogued. */
export type ParsedAlert = Omit<Alert, 'catalogued'>

/** Why a whole body, or some of its alerts, could not be understood. */
export type UndecodableReason = 'not-an-alert-message' | 'too-many-alerts' | 'some-alerts-undecodable'

/** `undecodable` is null when every alert was understood; with both, the good ones are taken and the body kept too. */
export interface ParsedPost {
  alerts: ParsedAlert[]
  undecodable: UndecodableReason | null
}

/** What the two Alertmanager-shaped intakes have in common, read from one alert of either. */
export interface AlertDraft {
  source: string
  /** as sent; empty ones stand for absent ones, as Alertmanager has it. */
  labels: Record<string, string>
  annotations: Record<string, string>
  generatorUrl: unknown
  fingerprint: string
  status: Alert['status']
  startsAt: Instant
  endsAt: Instant | null
  validUntil: Instant | null
  groupKey: string | null
  /** entries that were left out on reading: values that are no text. */
  leftOut: number
}

/** Longest link kept, in characters; a longer one is left out, half an address leads nowhere. */
const LINK_CHARS_MAX = 2_048

/** Service, severity and title are read from the labels before any is cut. */
export function alertOf(draft: AlertDraft): ParsedAlert {
  const { labels } = draft
  const name = first(labels, ['alertname']) ?? 'alert'
  const service = first(labels, ['service', 'app', 'job', 'alertname']) ?? 'unknown'
  const severity = sourceSeverity(own(labels, 'severity'))
  return {
    source: draft.source,
    fingerprint: draft.fingerprint,
    status: draft.status,
    ...severity,
    service: cutText(service),
    title: cutText(name === service ? name : `${name} on ${service}`),
    ...cutMaps(draft),
    startsAt: draft.startsAt,
    // A resolve must not precede its start: durations would be negative and the merge would see it firing for ever.
    endsAt: draft.endsAt === null ? null : Math.max(draft.endsAt, draft.startsAt),
    validUntil: draft.validUntil,
    groupKey: draft.groupKey,
    links: linksOf(draft),
  } satisfies ParsedAlert & { severity: SourceSeverity }
}

function cutMaps(draft: AlertDraft): Pick<Alert, 'labels' | 'annotations'> {
  const cut: Cut = { entries: draft.leftOut, values: 0 }
  const annotations = withCutSaid(draft.annotations, cut, null)
  return { labels: withCutSaid(draft.labels, cut, 'ic_cut'), annotations }
}

/** SHA-256 hex of the sorted label set: the identity where the sender gives none. */
export function labelHash(labels: Record<string, string>): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))
  return sha256(canonical(pairs))
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function first(labels: Record<string, string>, names: readonly string[]): string | null {
  for (const name of names) {
    const value = own(labels, name)?.trim()
    if (value) return value
  }
  return null
}

function own(labels: Record<string, string>, name: string): string | undefined {
  return Object.hasOwn(labels, name) ? labels[name] : undefined
}

function linksOf(draft: AlertDraft): Alert['links'] {
  const candidates: [string, unknown][] = [
    ['source', draft.generatorUrl],
    ['runbook', own(draft.annotations, 'runbook_url')],
    ['dashboard', own(draft.annotations, 'dashboard_url')],
  ]
  return candidates.flatMap(([title, href]) => (isWebLink(href) ? [{ title, href }] : []))
}

/** Only http and https: an address becomes a link that somebody clicks. */
function isWebLink(href: unknown): href is string {
  if (typeof href !== 'string' || href.length > LINK_CHARS_MAX || !URL.canParse(href)) return false
  const { protocol } = new URL(href)
  return protocol === 'http:' || protocol === 'https:'
}
