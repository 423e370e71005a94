import { createHash } from 'node:crypto'
import { canonical } from '../../durable/protocol/canonical.ts'
import type { Alert, Instant, SourceSeverity } from '../../durable/protocol/domain.ts'
import { ALERTS_PER_POST_MAX } from '../../durable/protocol/limits.ts'
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
  /** understood, and no alert: reason word -> how many. The answer says so to the sender. */
  skipped?: Record<string, number>
}

/** One item of a post: an alert, something that is understood and none, or null for what nobody can read. */
export type Reading = ParsedAlert | { skipped: string } | null

/** Reads a post item by item; the good ones are taken whatever the others are. */
export function readAll(items: readonly unknown[], read: (item: unknown) => Reading): ParsedPost {
  if (items.length > ALERTS_PER_POST_MAX) return { alerts: [], undecodable: 'too-many-alerts' }
  const post: Required<ParsedPost> = { alerts: [], undecodable: null, skipped: {} }
  for (const item of items) {
    const reading = read(item)
    if (reading === null) post.undecodable = 'some-alerts-undecodable'
    else if ('skipped' in reading) post.skipped[reading.skipped] = (post.skipped[reading.skipped] ?? 0) + 1
    else post.alerts.push(reading)
  }
  return post
}

/** What every parser reads from one alert, whatever its sender calls it. */
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
  /** where the sender says them apart from the labels. */
  title?: string | null | undefined
  service?: string | null | undefined
  severity?: { severity: SourceSeverity; severityInferred: boolean }
  wordless?: boolean
  /** [title, address], before those of the annotations. */
  links?: readonly (readonly [string, unknown])[]
}

/** Longest link kept, in characters; a longer one is left out, half an address leads nowhere. */
const LINK_CHARS_MAX = 2_048

/** Service, severity and title are read from the labels before any is cut. */
export function alertOf(draft: AlertDraft): ParsedAlert {
  const { labels } = draft
  const name = first(labels, ['alertname']) ?? 'alert'
  const service = said(draft.service) ?? first(labels, ['service', 'app', 'job', 'alertname']) ?? 'unknown'
  const severity = draft.severity ?? sourceSeverity(own(labels, 'severity'))
  return {
    source: draft.source,
    fingerprint: draft.fingerprint,
    status: draft.status,
    ...severity,
    service: cutText(service),
    title: cutText(said(draft.title) ?? (name === service ? name : `${name} on ${service}`)),
    ...cutMaps(draft),
    startsAt: draft.startsAt,
    // A resolve must not precede its start: durations would be negative and the merge would see it firing for ever.
    endsAt: draft.endsAt === null ? null : Math.max(draft.endsAt, draft.startsAt),
    validUntil: draft.validUntil,
    groupKey: draft.groupKey,
    links: linksOf(draft),
    ...(draft.wordless === true && { wordless: true as const }),
  } satisfies ParsedAlert & { severity: SourceSeverity }
}

function cutMaps(draft: AlertDraft): Pick<Alert, 'labels' | 'annotations'> {
  const cut: Cut = { entries: draft.leftOut, values: 0 }
  const annotations = withCutSaid(draft.annotations, cut, null)
  return { labels: withCutSaid(draft.labels, cut, 'ic_cut'), annotations }
}

/** The labels without those that the source says are no part of an alert; the same object where there is nothing to leave out. */
export function withoutIgnored(labels: Record<string, string>, ignore: readonly string[]): Record<string, string> {
  if (!ignore.some((name) => Object.hasOwn(labels, name))) return labels
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !ignore.includes(name)))
}

/** SHA-256 hex of the sorted label set: the identity where the sender gives none. */
export function labelHash(labels: Record<string, string>): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))
  return sha256(canonical(pairs))
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function said(text: string | null | undefined): string | null {
  const trimmed = text?.trim().toWellFormed()
  return trimmed ? trimmed : null
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
  const candidates: (readonly [string, unknown])[] = [
    ['source', draft.generatorUrl],
    ...(draft.links ?? []),
    ['runbook', own(draft.annotations, 'runbook_url')],
    ['dashboard', own(draft.annotations, 'dashboard_url')],
  ]
  return candidates.flatMap(([title, href]) => (isWebLink(href) ? [{ title, href }] : []))
}

/** Only http and https: an address becomes a link that somebody clicks. */
function isWebLink(href: unknown): href is string {
  if (typeof href !== 'string' || href.length > LINK_CHARS_MAX) return false
  // Behind a site that is one there is nothing an address can be wrong in; a source's links lead to few sites.
  const site = SITE.exec(href)?.[0]
  if (site === undefined) return isWebAddress(href)
  const known = sites.get(site)
  if (known !== undefined) return known
  if (sites.size >= SITES_MAX) sites.clear()
  const isOne = isWebAddress(site)
  sites.set(site, isOne)
  return isOne
}

const SITE = /^https?:\/\/[^\s/?#\\]+(?=[/?#]|$)/i
const SITES_MAX = 1_000
const sites = new Map<string, boolean>()

function isWebAddress(href: string): boolean {
  if (!URL.canParse(href)) return false
  const { protocol } = new URL(href)
  return protocol === 'http:' || protocol === 'https:'
}
