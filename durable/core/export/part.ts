import type { RoomEvent } from '../../protocol/events.ts'
import type { ExportFormat } from '../../protocol/objects.ts'
import type { View } from '../../protocol/view.ts'
import { csvHead, csvLines } from './csv.ts'
import { EXPORT_FORMAT, EXPORT_VERSION, type ExportFile } from './file.ts'
import { markdownHead, markdownLines } from './markdown.ts'
import type { Lookup } from './sentence.ts'

/** What stands before the events of an export: everything that the log comes to, as of its last event. */
export function exportHead(format: ExportFormat, view: View, exportedAt: string): string {
  switch (format) {
    case 'json':
      return jsonHead(view, exportedAt)
    case 'markdown':
      return markdownHead(view, { count: view.seq, head: view.hash })
    case 'csv':
      return csvHead()
    default:
      return format satisfies never
  }
}

/** The events of one part, in order; `first` when none came before them. */
export function exportRows(format: ExportFormat, events: readonly RoomEvent[], view: View, first: boolean): string {
  const lookup: Lookup = (id) => view.proposals.find((proposal) => proposal.id === id)
  switch (format) {
    case 'json':
      // One event a line: files of the same incident are compared line by line.
      return events.map((event, index) => `${first && index === 0 ? '' : ','}\n${JSON.stringify(event)}`).join('')
    case 'markdown':
      return markdownLines(events, lookup)
    case 'csv':
      return csvLines(events, lookup)
    default:
      return format satisfies never
  }
}

/** What stands after the last event. */
export function exportTail(format: ExportFormat): string {
  return format === 'json' ? '\n]}\n' : ''
}

/**
 * Whether a file's text is what an export of its own log is, to the byte, or what any program writes of it in one line: a change
 * that left every value as it was is told from what was written. Files of version 1 named no keys; of those the events alone
 * are compared.
 */
export function isAsExported(text: string, file: ExportFile, view: View): boolean {
  const rows = exportRows('json', file.events, view, true) + exportTail('json')
  if (text.trimEnd() === JSON.stringify(file)) return true
  if (file.version !== EXPORT_VERSION) return text.endsWith(`"events":[${rows}`)
  return text === exportHead('json', view, file.exportedAt) + rows
}

function jsonHead(view: View, exportedAt: string): string {
  const head: Omit<ExportFile, 'events'> = {
    format: EXPORT_FORMAT,
    version: EXPORT_VERSION,
    exportedAt,
    incident: view.head?.id ?? '',
    title: view.head?.title ?? '',
    catalogue: view.catalogue?.version ?? '',
    policy: view.policy,
    chainHead: view.hash,
    count: view.seq,
    keys: view.keys,
  }
  return `${JSON.stringify(head).slice(0, -1)},"events":[`
}
