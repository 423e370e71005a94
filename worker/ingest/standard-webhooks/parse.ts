import { type ParsedPost, readAll } from '../alert.ts'
import { byConvention } from '../generic/convention.ts'
import { byMapping } from '../generic/mapped.ts'
import type { Origin } from '../origin.ts'
import { isRecord } from '../record.ts'
import { levelInType } from '../status.ts'
import { textIn } from '../text.ts'
import { anyInstantOf } from '../time.ts'

/**
 * The envelope `{type, timestamp, data}`: by the source's mapping (whose pointers see the whole envelope), else `data` by
 * convention, with its level from the type (`alert.firing`). A message that says no time was said at its signed one, so
 * that the same message again says nothing new.
 */
export function parseStandardWebhook(body: unknown, origin: Origin): ParsedPost {
  return readAll([body], (item) => {
    if (!isRecord(item)) return null
    const at = anyInstantOf(item['timestamp']) ?? anyInstantOf(origin.header('webhook-timestamp'))
    if (origin.mapping) return byMapping(item, origin.mapping, origin, at ?? origin.receivedAt)
    const type = textIn(item['type'])
    if (type === null)
      return byConvention(item, origin, { level: null, identity: null, title: null, service: null, at })
    const { level, rest } = levelInType(type)
    const data = isRecord(item['data']) ? item['data'] : null
    if (data === null || (level === null && !('status' in data) && !('state' in data))) return null
    return byConvention(data, origin, { level, identity: null, title: rest, service: null, at })
  })
}
