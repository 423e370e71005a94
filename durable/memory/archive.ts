import { maySee } from '../protocol/crew.ts'
import type { Role } from '../protocol/domain.ts'
import type { HistoryRow, Page } from '../protocol/objects.ts'
import type { ArchivedIncident } from '../protocol/ports.ts'
import { putRecord } from './record.ts'
import { historyRow } from './rows.ts'

/** Rows of one page of history. */
export const HISTORY_PER_PAGE_MAX = 200
/** Bytes of one stored part: half of the platform's limit of 2 MB for a row. */
const PART_BYTES_MAX = 1_000_000

export interface HistoryQuery {
  drill: boolean
  cursor: string | null
  limit: number
  /** nobody in particular sees what everybody sees. */
  reader?: { name: string; role: Role }
}

/** Stores an incident whole, in one transaction. A log that is no longer than the one kept changes nothing. */
export function put(
  storage: DurableObjectStorage,
  incident: ArchivedIncident,
  row: HistoryRow = historyRow(incident),
): { reference: string } {
  const { sql } = storage
  return storage.transactionSync(() => {
    const kept = sql
      .exec<{ seq: number; reference: string }>('SELECT seq, reference FROM incidents WHERE id = ?', incident.id)
      .toArray()[0]
    if (kept && kept.seq >= row.seq) return { reference: kept.reference }
    const reference = `memory/${incident.id}`
    sql.exec('DELETE FROM parts WHERE id = ?', incident.id)
    const bytes = new TextEncoder().encode(JSON.stringify(incident))
    for (let part = 0; part * PART_BYTES_MAX < bytes.length; part += 1) {
      const piece = bytes.slice(part * PART_BYTES_MAX, (part + 1) * PART_BYTES_MAX)
      sql.exec('INSERT INTO parts (id, part, bytes) VALUES (?, ?, ?)', incident.id, part, piece)
    }
    sql.exec(
      'INSERT OR REPLACE INTO incidents (id, drill, closed, seq, row, reference) VALUES (?, ?, ?, ?, ?, ?)',
      incident.id,
      row.drill,
      Date.parse(row.closedAt),
      row.seq,
      JSON.stringify(row),
      reference,
    )
    // What came as a file happened somewhere else, or is said to: it earns nothing here.
    if (!row.imported) putRecord(sql, incident)
    return { reference }
  })
}

/** A page of what was closed, newest first. A cursor that is none starts at the beginning. */
export function history(sql: SqlStorage, { drill, cursor, limit, reader }: HistoryQuery): Page<HistoryRow> {
  const [, closed = '', id = ''] = /^(\d{1,15})\.(\w[\w-]*)$/.exec(cursor ?? '') ?? []
  const count = Math.max(1, Math.min(limit, HISTORY_PER_PAGE_MAX))
  const found = sql
    .exec<{ id: string; closed: number; row: string }>(
      `SELECT id, closed, row FROM incidents
       WHERE (drill IS NOT NULL) = ? AND (? = '' OR closed < ? OR (closed = ? AND id < ?))
       AND (? OR json_extract(row, '$.private') IS NULL
         OR EXISTS (SELECT 1 FROM json_each(row, '$.private.named') WHERE value = ?))
       ORDER BY closed DESC, id DESC LIMIT ?`,
      drill ? 1 : 0,
      closed,
      Number(closed),
      Number(closed),
      id,
      reader && maySee({ named: [] }, { name: '', role: reader.role }) ? 1 : 0,
      reader?.name ?? '',
      count + 1,
    )
    .toArray()
  const page = found.slice(0, count)
  const last = page.at(-1)
  return {
    items: page.map(({ row }) => JSON.parse(row) as HistoryRow),
    next: found.length > count && last ? `${last.closed}.${last.id}` : null,
  }
}

/** One incident whole, or null. */
export function get(sql: SqlStorage, id: string): ArchivedIncident | null {
  const decoder = new TextDecoder()
  let text = ''
  for (const { bytes } of sql.exec<{ bytes: ArrayBuffer }>('SELECT bytes FROM parts WHERE id = ? ORDER BY part', id))
    text += decoder.decode(bytes, { stream: true })
  text += decoder.decode()
  return text === '' ? null : (JSON.parse(text) as ArchivedIncident)
}
