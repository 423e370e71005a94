import type { Instant } from '../../../durable/protocol/domain.ts'
import { type ParsedAlert, alertOf, withoutIgnored } from '../alert.ts'
import { identityOf } from '../fingerprint.ts'
import { textMap } from '../labels.ts'
import type { Origin } from '../origin.ts'
import { isRecord } from '../record.ts'
import { sourceSeverity } from '../severity.ts'
import { firstText, textIn } from '../text.ts'
import { anyInstantOf, notAhead } from '../time.ts'
import { alertmanagerLabels } from './alertmanager.ts'

const ACTIONS = ['trigger', 'acknowledge', 'resolve'] as const
type Action = (typeof ACTIONS)[number]

/** One event of Events API v2, understood; or the sentences of PagerDuty's own 400. */
export type PagerDutyEvent =
  | { ok: true; action: Action; dedupKey: string; alert: ParsedAlert | null }
  | { ok: false; errors: string[] }

/**
 * An event of PagerDuty's Events API v2. Identity is `dedup_key`, `made` where a trigger brings none (the answer tells
 * it). A resolve says nothing but that it is over, so the words of the trigger stay; an acknowledgement changes no
 * alert.
 */
export function parsePagerDuty(body: unknown, origin: Origin, made: string): PagerDutyEvent {
  if (!isRecord(body)) return { ok: false, errors: ['The event must be a JSON object'] }
  const errors: string[] = []
  const action = ACTIONS.find((one) => one === body['event_action'])
  if (action === undefined)
    errors.push("'event_action' is missing or invalid (must be one of: trigger, acknowledge, resolve)")
  const key = textIn(body['dedup_key'])
  if (key === null && action !== 'trigger') errors.push("'dedup_key' is missing or blank")
  const payload = isRecord(body['payload']) ? body['payload'] : null
  if (action === 'trigger') {
    if (payload === null) errors.push("'payload' is missing")
    else if (firstText(payload, ['summary']) === null) errors.push("'payload.summary' is missing or blank")
  }
  if (errors.length > 0 || action === undefined) return { ok: false, errors }
  const dedupKey = key ?? made
  if (action === 'acknowledge') return { ok: true, action, dedupKey, alert: null }
  return { ok: true, action, dedupKey, alert: alert(body, payload ?? {}, action, dedupKey, origin) }
}

function alert(
  body: Record<string, unknown>,
  payload: Record<string, unknown>,
  action: 'trigger' | 'resolve',
  dedupKey: string,
  origin: Origin,
): ParsedAlert {
  const details = isRecord(payload['custom_details']) ? payload['custom_details'] : {}
  const carried = alertmanagerLabels(details)
  const fields = ['source', 'component', 'group', 'class'] as const
  const said = fields.map((name): [string, string | null] => [name, firstText(payload, [name])])
  const labels = textMap({ ...Object.fromEntries(said.filter(([, value]) => value !== null)), ...carried })
  const annotations = textMap(carried === null ? details : {})
  const at = whenSaid(payload, action, origin)
  const service =
    firstText(details, ['service']) ??
    firstText(carried ?? {}, ['service', 'app', 'job']) ??
    firstText(payload, ['group', 'component', 'source'])
  return alertOf({
    source: origin.source,
    labels: withoutIgnored(labels?.map ?? {}, origin.ignoreLabels),
    annotations: annotations?.map ?? {},
    // Details are whatever a script puts there: a nested one is left out and counted, as anywhere.
    leftOut: (labels?.leftOut ?? 0) + (annotations?.leftOut ?? 0),
    generatorUrl: body['client_url'],
    fingerprint: identityOf(dedupKey),
    status: action === 'resolve' ? 'resolved' : 'firing',
    startsAt: at,
    endsAt: action === 'resolve' ? at : null,
    validUntil: null,
    groupKey: null,
    title: firstText(payload, ['summary']) ?? dedupKey,
    service,
    severity: sourceSeverity(firstText(payload, ['severity'])),
    links: linksOf(body['links']),
    wordless: action === 'resolve' && !isRecord(body['payload']),
  })
}

// Alertmanager and others say the time of the first trigger again on a resolve; an end is when it is said.
function whenSaid(payload: Record<string, unknown>, action: 'trigger' | 'resolve', origin: Origin): Instant {
  const said = action === 'resolve' ? null : anyInstantOf(payload['timestamp'])
  return notAhead(said ?? origin.receivedAt, origin.receivedAt)
}

/** Links kept of one event; an incident's page shows a handful. */
const LINKS_MAX = 10

function linksOf(links: unknown): [string, unknown][] {
  if (!Array.isArray(links)) return []
  return (links as unknown[])
    .slice(0, LINKS_MAX)
    .flatMap((link): [string, unknown][] =>
      isRecord(link) ? [[(textIn(link['text']) ?? 'link').slice(0, 200), link['href']]] : [],
    )
}
