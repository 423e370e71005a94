import type { RoomEvent } from '../../protocol/events.ts'
import { type Lookup, sentenceOf } from './sentence.ts'
import { instant, plainLine } from './text.ts'

const COLUMNS = ['seq', 'at', 'actor_kind', 'actor', 'type', 'did', 'text', 'outside_text', 'hash'] as const

/** A spreadsheet takes a cell that begins like this for a formula, full-width spellings included. */
const FORMULA = /^[=+\-@\t\r|%＝＋－＠]/

/** One cell: quoted, and with a `'` before what would be run as a formula (OWASP CSV injection). */
export function csvCell(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value)
  const text = plainLine(value)
  return `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`
}

/** The head line. Lines end as RFC 4180 has them. */
export function csvHead(): string {
  return `${COLUMNS.join(',')}\r\n`
}

/** One line for each event. */
export function csvLines(events: readonly RoomEvent[], lookup: Lookup): string {
  return events.map((event) => `${line(event, lookup)}\r\n`).join('')
}

function line(event: RoomEvent, lookup: Lookup): string {
  const { did, quote, tainted } = sentenceOf(event, lookup)
  const { seq, at, by, body, hash } = event
  return [seq, instant(at), by.kind, by.name, body.type, did, quote, tainted, hash].map(csvCell).join(',')
}
