import { AGENTS } from '../../../../durable/protocol/domain.ts'
import type { RoomEvent } from '../../../../durable/protocol/events.ts'
import type { Log } from './load.ts'

/** Bytes of a file that is read: the server takes imports of this size, and a page must not hang over a larger one. */
export const FILE_BYTES_MAX = 10_000_000
const FORMAT = 'incident-commander/incident'

export type FileReason = 'too-large' | 'no-json' | 'not-an-export' | 'cannot-check' | 'chain-broken'

export type Opened =
  | { ok: true; log: Log }
  /** `before`: what comes before the event that is not as it was, and does hold; null where nothing does. */
  | { ok: false; reason: FileReason; detail: string; seq: number; before: Log | null }

const refused = (reason: FileReason, detail: string): Opened => ({ ok: false, reason, detail, seq: 0, before: null })

/**
 * Reads an exported incident and checks it whole (chain, digests, signatures, certificates) before anything of it is shown.
 * Never throws.
 */
export async function openFile(file: { name: string; size: number; text(): Promise<string> }): Promise<Opened> {
  if (file.size > FILE_BYTES_MAX)
    return refused('too-large', `It has ${file.size} bytes; ${FILE_BYTES_MAX} are read at most.`)
  let value: unknown
  try {
    value = JSON.parse(await file.text())
  } catch {
    return refused('no-json', 'It is no JSON. An export as JSON is needed; Markdown and CSV are for reading.')
  }
  const said = membersOf(value)
  const events = eventsOf(said['events'])
  if (said['format'] !== FORMAT || events === null)
    return refused('not-an-export', 'It is JSON, and not an exported incident.')
  const { verifyAll } = await import('./verify.ts')
  const report = await verifyAll(events, { keys: null, source: 'the file' })
  if (!report.ok) return refused('cannot-check', report.why)
  const [first] = report.verdict.problems
  if (first) return broken(file.name, events, first.seq, first.what)
  if (events.at(-1)?.hash !== said['chainHead'] || events.length !== said['count'])
    return broken(file.name, events, events.length + 1, 'events are missing at its end')
  return { ok: true, log: { origin: 'file', name: file.name, events } }
}

function broken(name: string, events: RoomEvent[], seq: number, detail: string): Opened {
  const before = events.slice(0, Math.max(0, seq - 1))
  return {
    ok: false,
    reason: 'chain-broken',
    detail,
    seq,
    before: before.length === 0 ? null : { origin: 'file', name, events: before },
  }
}

/** Events by their shape; null when one is none, or the log does not begin with an opening. */
function eventsOf(value: unknown): RoomEvent[] | null {
  if (!Array.isArray(value) || value.length === 0) return null
  const [first] = value as unknown[]
  if (membersOf(membersOf(first)['body'])['type'] !== 'incident-opened') return null
  return value.every(isEvent) ? value : null
}

function isEvent(value: unknown): value is RoomEvent {
  const { v, seq, at, by, body, hash } = membersOf(value)
  const said = membersOf(body)
  return (
    Number.isSafeInteger(v) &&
    Number.isSafeInteger(seq) &&
    typeof at === 'number' &&
    Number.isFinite(at) &&
    typeof membersOf(by)['name'] === 'string' &&
    typeof said['type'] === 'string' &&
    isAgent(said['agent']) &&
    isAgent(membersOf(said['finding'])['agent']) &&
    typeof hash === 'string'
  )
}

// An agent's name is a key of the view: nobody may bring a name of their own.
function isAgent(name: unknown): boolean {
  return name === undefined || (AGENTS as readonly unknown[]).includes(name)
}

function membersOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
