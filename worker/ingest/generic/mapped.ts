import type { AlertMapping } from '../../../durable/protocol/domain.ts'
import type { ParsedAlert } from '../alert.ts'
import { identityOf, identityOfParts } from '../fingerprint.ts'
import type { Origin } from '../origin.ts'
import { at } from '../pointer.ts'
import { mappedSeverity } from '../severity.ts'
import { textIn } from '../text.ts'
import { genericAlert } from './alert.ts'

/** The items of a body by a mapping: the list it points at, else the body as a list, else the body as one item. */
export function itemsOf(body: unknown, mapping: AlertMapping): unknown[] | null {
  const list = mapping.items === undefined ? body : at(body, mapping.items)
  if (Array.isArray(list)) return list
  return mapping.items === undefined ? [list] : null
}

/**
 * An alert read as its source's mapping declares. Null when there is no title, nothing of its identity, or a status that
 * is none of the declared words.
 */
export function byMapping(item: unknown, mapping: AlertMapping, origin: Origin, saidAt?: number): ParsedAlert | null {
  const read = (where: string | undefined): string | null => {
    if (where === undefined) return null
    return textIn(where.startsWith('/') ? at(item, where) : where)
  }
  const title = read(mapping.title)
  const identity = mapping.identity.map(read)
  const status = statusOf(mapping, read)
  if (title === null || status === null || identity.every((part) => part === null)) return null
  const labels = Object.entries(mapping.labels ?? {}).map(([name, where]): [string, string | null] => [
    name,
    read(where),
  ])
  return genericAlert(
    {
      fingerprint: identity.length === 1 ? identityOf(identity[0] ?? '') : identityOfParts(identity),
      status,
      title,
      service: read(mapping.service),
      severity: mappedSeverity(read(mapping.severity), mapping.severities),
      startsAt: mapping.startsAt === undefined ? null : at(item, mapping.startsAt),
      endsAt: mapping.endsAt === undefined ? null : at(item, mapping.endsAt),
      summary: read(mapping.summary),
      link: read(mapping.link),
      group: read(mapping.group),
      labels: Object.fromEntries(labels.filter(([, value]) => value !== null)),
    },
    origin,
    saidAt,
  )
}

function statusOf({ status }: AlertMapping, read: (where: string) => string | null): 'firing' | 'resolved' | null {
  if (!status) return 'firing'
  const word = read(status.at)?.toLowerCase()
  if (word === undefined) return null
  const among = (words: readonly string[]) => words.some((known) => known.toLowerCase() === word)
  if (among(status.resolved)) return 'resolved'
  return among(status.firing) ? 'firing' : null
}
