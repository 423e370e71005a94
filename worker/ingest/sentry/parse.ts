import { type ParsedAlert, type ParsedPost, type Reading, alertOf, readAll, withoutIgnored } from '../alert.ts'
import { identityOf } from '../fingerprint.ts'
import { textMap } from '../labels.ts'
import type { Origin } from '../origin.ts'
import { isRecord } from '../record.ts'
import { sourceSeverity } from '../severity.ts'
import { firstText } from '../text.ts'
import { anyInstantOf, notAhead } from '../time.ts'

const ISSUE_LEVELS: ReadonlyMap<string, 'firing' | 'resolved'> = new Map([
  ['created', 'firing'],
  ['unresolved', 'firing'],
  ['resolved', 'resolved'],
  ['ignored', 'resolved'],
  ['archived', 'resolved'],
])

/**
 * A Sentry webhook by its resource. Identity is the issue's id or the metric alert's id; what is no alert (comments,
 * installations, assignments) is understood and skipped.
 */
export function parseSentry(body: unknown, origin: Origin): ParsedPost {
  const resource = origin.header('sentry-hook-resource') ?? ''
  return readAll([body], (item) => {
    if (!isRecord(item) || !isRecord(item['data'])) return null
    const action = firstText(item, ['action']) ?? ''
    const { data } = item
    if (resource === 'metric_alert') return metricAlert(action, data, origin)
    if (resource === 'issue') return issue(action, data['issue'], origin)
    if (resource === 'event_alert') return event(data['event'], origin)
    if (resource === 'error') return event(data['error'], origin)
    return ['comment', 'installation', 'seer', 'preprod_artifact'].includes(resource) ? { skipped: resource } : null
  })
}

function metricAlert(action: string, data: Record<string, unknown>, origin: Origin): Reading {
  const alert = data['metric_alert']
  if (!isRecord(alert)) return null
  const id = firstText(alert, ['id', 'identifier'])
  const title = firstText(alert, ['title']) ?? firstText(data, ['description_title'])
  if (id === null || title === null) return null
  if (action === 'open') return { skipped: 'metric-alert-open' }
  if (action !== 'critical' && action !== 'warning' && action !== 'resolved') return null
  return made(origin, {
    id: `metric/${id}`,
    title,
    status: action === 'resolved' ? 'resolved' : 'firing',
    level: action === 'resolved' ? 'error' : action,
    project: Array.isArray(alert['projects']) ? firstText({ p: (alert['projects'] as unknown[])[0] }, ['p']) : null,
    startsAt: alert['date_started'] ?? alert['date_detected'],
    endsAt: alert['date_closed'],
    summary: firstText(data, ['description_text']),
    link: data['web_url'],
    tags: {},
  })
}

function issue(action: string, said: unknown, origin: Origin): Reading {
  if (!isRecord(said)) return null
  const id = firstText(said, ['id'])
  const title = firstText(said, ['title'])
  if (id === null || title === null) return null
  const status = ISSUE_LEVELS.get(action)
  if (status === undefined) return action === 'assigned' ? { skipped: 'issue-assigned' } : null
  return made(origin, {
    id: `issue/${id}`,
    title,
    status,
    level: firstText(said, ['level']),
    project: isRecord(said['project']) ? firstText(said['project'], ['slug', 'name']) : null,
    // An issue that comes back keeps its first sight: what fires now was seen last.
    startsAt: action === 'unresolved' ? said['lastSeen'] : said['firstSeen'],
    endsAt: origin.header('sentry-hook-timestamp'),
    summary: firstText(said, ['culprit']),
    link: said['web_url'] ?? said['permalink'],
    tags: {},
  })
}

function event(said: unknown, origin: Origin): Reading {
  if (!isRecord(said)) return null
  const id = firstText(said, ['issue_id', 'event_id'])
  const title = firstText(said, ['title', 'message'])
  if (id === null || title === null) return null
  return made(origin, {
    id: `issue/${id}`,
    title,
    status: 'firing',
    level: firstText(said, ['level']),
    project: firstText(said, ['project_slug', 'project_name', 'project']),
    startsAt: said['datetime'] ?? said['timestamp'],
    endsAt: null,
    summary: firstText(said, ['culprit']),
    link: said['web_url'],
    tags: tagsOf(said['tags']),
  })
}

interface Said {
  id: string
  title: string
  status: 'firing' | 'resolved'
  level: string | null
  project: string | null
  startsAt: unknown
  endsAt: unknown
  summary: string | null
  link: unknown
  tags: Record<string, unknown>
}

function made(origin: Origin, said: Said): ParsedAlert {
  const { receivedAt } = origin
  const labels = textMap({ ...said.tags, project: said.project })
  const ended = said.status === 'resolved' ? notAhead(anyInstantOf(said.endsAt) ?? receivedAt, receivedAt) : null
  return alertOf({
    source: origin.source,
    labels: withoutIgnored(labels?.map ?? {}, origin.ignoreLabels),
    annotations: said.summary === null ? {} : { summary: said.summary },
    leftOut: labels?.leftOut ?? 0,
    generatorUrl: said.link,
    fingerprint: identityOf(said.id),
    status: said.status,
    startsAt: notAhead(anyInstantOf(said.startsAt) ?? ended ?? receivedAt, receivedAt),
    endsAt: ended,
    validUntil: null,
    groupKey: null,
    title: said.title,
    service: labels && Object.hasOwn(labels.map, 'service') ? labels.map['service'] : said.project,
    severity: sourceSeverity(said.level),
  })
}

function tagsOf(tags: unknown): Record<string, unknown> {
  if (!Array.isArray(tags)) return {}
  const pairs = tags.flatMap((pair: unknown): [string, unknown][] =>
    Array.isArray(pair) && typeof pair[0] === 'string' ? [[pair[0], pair[1] as unknown]] : [],
  )
  return Object.fromEntries(pairs)
}
