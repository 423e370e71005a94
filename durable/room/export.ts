import { exportHead, exportRows, exportTail } from '../core/export/part.ts'
import { maySee } from '../protocol/crew.ts'
import type { ExportAsk, ExportPart } from '../protocol/objects.ts'
import { type View, privacyOf } from '../protocol/view.ts'
import { eventsAfter } from './log.ts'

/** Events in one part: frozen evidence is a hundred kilobytes an event, and a call carries 32 MiB. */
const EVENTS_PER_PART = 100

/**
 * One part of a room's export; its `next` asks for the one after. What is said while it is written does not belong to it:
 * it ends where the log ended at its first part. Null for who may not see the incident.
 */
export function exportPart(sql: SqlStorage, view: View, ask: ExportAsk, wall: number): ExportPart | null {
  if (!maySee(privacyOf(view), ask.reader)) return null
  const { after, upTo } = ask.next ?? { after: 0, upTo: view.seq }
  const events = eventsAfter(sql, after, Math.min(EVENTS_PER_PART, upTo - after))
  const last = events.at(-1)?.seq ?? upTo
  const text = [
    ask.next === null ? exportHead(ask.format, view, new Date(wall).toISOString()) : '',
    exportRows(ask.format, events, view, after === 0),
    last < upTo ? '' : exportTail(ask.format),
  ].join('')
  return { text, next: last < upTo ? { after: last, upTo } : null, head: view.hash }
}
