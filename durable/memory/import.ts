import { createHash } from 'node:crypto'
import { csvLines } from '../core/export/csv.ts'
import { type ExportFile, foldExport, readExport } from '../core/export/file.ts'
import { markdownHead, markdownLines } from '../core/export/markdown.ts'
import { canonical } from '../protocol/canonical.ts'
import { namespaceOfIncident } from '../protocol/namespace.ts'
import type { HistoryRow, ImportAnswer } from '../protocol/objects.ts'
import type { ArchivedIncident } from '../protocol/ports.ts'
import { incidentDetail } from '../protocol/rows.ts'
import { verifyChain } from '../protocol/verify.ts'
import type { View } from '../protocol/view.ts'
import { get, put } from './archive.ts'
import { historyRow } from './rows.ts'

export interface ImportAsk {
  text: string
  by: string
  /** RFC 3339. */
  at: string
  /** a room of this id is open in this instance: its own log is the one that counts. */
  livesHere: boolean
}

type Refused = Extract<ImportAnswer, { ok: false }>
type Told = { ok: true; file: ExportFile; incident: ArchivedIncident; row: HistoryRow; view: View }

/**
 * Takes an exported incident into history, marked as imported. Shape, chain and fold are checked before anything is kept;
 * a file of what is kept already changes nothing, a longer log of it replaces it, another log of the same id is refused.
 */
export async function importFile(storage: DurableObjectStorage, ask: ImportAsk): Promise<ImportAnswer> {
  const told = await tell(ask)
  if (!told.ok) return told
  const { file, incident, row, view } = told
  const kept = get(storage.sql, incident.id)
  const relation = kept ? relationOf(kept, file) : 'none'
  if (relation === 'other')
    return refuse('another-log', 'another log of this incident is kept here already', file.count)
  if (relation === 'none' && ask.livesHere)
    return refuse('lives-here', 'this incident is worked on in this instance', file.count)
  const changes = relation === 'none' || (relation === 'newer' && !ask.livesHere)
  if (changes) put(storage, incident, row)
  const stateHash = sha256(canonical(view))
  return { ok: true, already: !changes, row, stateHash }
}

async function tell({ text, by, at }: ImportAsk): Promise<Told | Refused> {
  try {
    const read = readExport(JSON.parse(text))
    if (!read.ok) return { ...refuse('not-an-export', 'the file has another shape', 0), problems: read.problems }
    const { file } = read
    const chain = await verifyChain(file.events, sha256)
    if (!chain.ok)
      return refuse('chain-broken', `event ${chain.seq}: ${chain.reason}; the log was altered there`, chain.seq)
    if (chain.head !== file.chainHead)
      return refuse('chain-broken', 'the head of the chain is not the one that the file names', chain.count)
    const folded = foldExport(file)
    if (!folded.ok) return refuse(folded.reason, `event ${folded.seq}: ${folded.detail}`, folded.seq)
    return { ok: true, file, view: folded.view, ...archived(file, folded.view, { at, by }) }
  } catch {
    // Whoever writes a log with a chain of its own can write anything into it; what cannot be told is not kept.
    return refuse('unreadable-event', 'the log cannot be told', 0)
  }
}

/** As the archive would have it; throws where the log cannot be told as every reader tells it. */
function archived(file: ExportFile, view: View, imported: { at: string; by: string }) {
  const { events } = file
  const incident: ArchivedIncident = {
    id: file.incident,
    namespace: namespaceOfIncident(file.incident) ?? '',
    detail: incidentDetail(view),
    chainHead: file.chainHead,
    events,
  }
  const lookup = (id: string) => view.proposals.find((proposal) => proposal.id === id)
  markdownHead(view, { count: file.count, head: file.chainHead })
  markdownLines(events, lookup)
  csvLines(events, lookup)
  return { incident, row: { ...importedRow(incident, view), imported } }
}

/** What history lists of it; one that was not closed when it was exported ends where its log ends. */
function importedRow(incident: ArchivedIncident, view: View): HistoryRow {
  if (view.times.closed !== null) return historyRow(incident)
  const { id, title, severity, service, drill, openedAt, seq } = incident.detail
  return {
    id,
    title,
    severity,
    service,
    drill,
    openedAt,
    resolvedAt: view.times.resolved === null ? null : new Date(view.times.resolved).toISOString(),
    closedAt: new Date(view.at).toISOString(),
    outcome: `exported-${view.state}`,
    chainHead: incident.chainHead,
    seq,
    ...(incident.detail.private && { private: incident.detail.private }),
  }
}

/** How the file's log stands to the one that is kept: a chain's hash at a seq names everything up to it. */
function relationOf(kept: ArchivedIncident, file: ExportFile): 'same' | 'older' | 'newer' | 'other' {
  const { events } = kept
  if (events.length === file.count) return kept.chainHead === file.chainHead ? 'same' : 'other'
  if (events.length > file.count) return events[file.count - 1]?.hash === file.chainHead ? 'older' : 'other'
  return file.events[events.length - 1]?.hash === kept.chainHead ? 'newer' : 'other'
}

function refuse(reason: Refused['reason'], detail: string, seq: number): Refused {
  return { ok: false, reason, detail, seq, problems: [] }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
