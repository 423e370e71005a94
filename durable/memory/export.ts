import { exportHead, exportRows, exportTail } from '../core/export/part.ts'
import { maySee } from '../protocol/crew.ts'
import type { ExportAsk, ExportPart } from '../protocol/objects.ts'
import type { ArchivedIncident } from '../protocol/ports.ts'
import { emptyView, privacyOf, project } from '../protocol/view.ts'

/** An archived incident's export, in one part: it is read whole anyway. Null for who may not see the incident. */
export function exportArchived({ events }: ArchivedIncident, ask: ExportAsk, wall: number): ExportPart | null {
  const view = emptyView()
  for (const event of events) project(view, event)
  if (!maySee(privacyOf(view), ask.reader)) return null
  const text = [
    exportHead(ask.format, view, new Date(wall).toISOString()),
    exportRows(ask.format, events, view, true),
    exportTail(ask.format),
  ].join('')
  return { text, next: null, head: view.hash }
}
