import { type ParsedPost, readAll } from '../alert.ts'
import type { Origin } from '../origin.ts'
import { isRecord } from '../record.ts'
import { byConvention } from './convention.ts'
import { byMapping, itemsOf } from './mapped.ts'

/** Any JSON: by the mapping that its source declares, else by the names that most senders use. */
export function parseGeneric(body: unknown, origin: Origin): ParsedPost {
  const { mapping } = origin
  if (!mapping) return readAll(plainItems(body), (item) => byConvention(item, origin))
  const items = itemsOf(body, mapping)
  if (items === null) return { alerts: [], undecodable: 'not-an-alert-message' }
  return readAll(items, (item) => byMapping(item, mapping, origin))
}

function plainItems(body: unknown): unknown[] {
  if (Array.isArray(body)) return body
  return isRecord(body) && Array.isArray(body['alerts']) ? body['alerts'] : [body]
}
