import { type ParsedPost, type Reading, readAll } from '../alert.ts'
import { byConvention } from '../generic/convention.ts'
import { byMapping } from '../generic/mapped.ts'
import type { Origin } from '../origin.ts'
import { isRecord } from '../record.ts'
import { levelInType } from '../status.ts'
import { textIn } from '../text.ts'
import { anyInstantOf } from '../time.ts'
import type { CloudEvent } from './read.ts'

/**
 * Events by the source's mapping (whose pointers see the whole event), else their data by convention. Two events are the
 * same alert by a key in the data, else by source, subject and type without its level (`alert.firing`, `alert.resolved`);
 * `id` names the event, not the alert.
 */
export function parseCloudEvents(events: readonly CloudEvent[], origin: Origin): ParsedPost {
  return readAll(events, (event) => (isRecord(event) ? one(event, origin) : null))
}

function one(event: CloudEvent, origin: Origin): Reading {
  const at = anyInstantOf(event['time'])
  if (origin.mapping) return byMapping(event, origin.mapping, origin, at ?? origin.receivedAt)
  const { level, rest } = levelInType(textIn(event['type']) ?? '')
  const data = isRecord(event['data']) ? event['data'] : {}
  // An event that says nothing of a level is somebody's business, and no alert.
  if (level === null && !('status' in data) && !('state' in data)) return { skipped: 'no-alert-event' }
  const subject = textIn(event['subject'])
  const { id: _event, ...named } = data
  return byConvention(named, origin, {
    level,
    identity: [textIn(event['source']), subject, rest],
    title: rest,
    service: subject,
    at,
  })
}
