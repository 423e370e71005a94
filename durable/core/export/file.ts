import { AGENTS, type AgentKey } from '../../protocol/domain.ts'
import type { RoomEvent } from '../../protocol/events.ts'
import { drillOf, namespaceOfIncident } from '../../protocol/namespace.ts'
import { EVENT_VERSION } from '../../protocol/version.ts'
import { type View, emptyView, project } from '../../protocol/view.ts'
import { type Check, type Problem, listOf, number, oneOf, optional, record, text } from '../runbooks/shape.ts'

export const EXPORT_FORMAT = 'incident-commander/incident'
/** 2 has the keys that its votes are checked with; 1 is read all the same. */
export const EXPORT_VERSION = 2

/**
 * An incident as a file: the log whole, the head of its chain and the catalogue it was worked by. Everything else follows
 * from folding the events. A file of a newer version may hold more members; this one holds no others.
 */
export interface ExportFile {
  format: typeof EXPORT_FORMAT
  version: 1 | typeof EXPORT_VERSION
  /** RFC 3339. */
  exportedAt: string
  incident: string
  title: string
  /** version of the catalogue. */
  catalogue: string
  policy: string
  chainHead: string
  count: number
  /** public halves of the keys that the log names; absent in version 1. */
  keys?: AgentKey[]
  events: RoomEvent[]
}

export type ReadExport = { ok: true; file: ExportFile } | { ok: false; problems: Problem[] }

/** Problems said of one file: the first ones show what kind of file it is. */
const PROBLEMS_MAX = 20

const actor = record({ kind: oneOf('person', 'agent', 'source', 'system', 'responder-script'), name: text })

const hash: Check = (value, at, problems) => {
  if (typeof value !== 'string' || !/^[0-9a-f]{64}$/.test(value))
    problems.push({ at, says: 'must be a SHA-256 in lower-case hex' })
}

const whole: Check = (value, at, problems) => {
  if (!Number.isSafeInteger(value) || (value as number) < 0) problems.push({ at, says: 'must be a whole number' })
}

const words: Check = (value, at, problems) => {
  if (typeof value !== 'string') problems.push({ at, says: 'must be a text' })
}

/**
 * Of a body its type is looked at, and the agent it names, which is a key of the view: `constructor` must not be one.
 * Folding says whether the rest holds together.
 */
const body: Check = (value, at, problems) => {
  const said = membersOf(value)
  text(said.get('type'), `${at}.type`, problems)
  for (const [place, members] of [
    [at, said],
    [`${at}.finding`, membersOf(said.get('finding'))],
  ] as const)
    if (members.has('agent')) oneOf(...AGENTS)(members.get('agent'), `${place}.agent`, problems)
}

function membersOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : [])
}

const shape = record({
  format: oneOf(EXPORT_FORMAT),
  version: oneOf(1, EXPORT_VERSION),
  exportedAt: text,
  incident: text,
  title: words,
  catalogue: words,
  policy: words,
  chainHead: hash,
  count: whole,
  keys: optional(
    listOf(record({ id: text, agent: oneOf(...AGENTS), instance: text, publicKey: text, since: number() })),
  ),
  events: listOf(record({ v: whole, seq: whole, at: number(), by: actor, body, hash })),
})

/** A parsed file by its shape, or what is wrong with it. Nothing of its content is believed yet. */
export function readExport(value: unknown): ReadExport {
  const problems: Problem[] = []
  shape(value, '', problems)
  if (problems.length > 0) return { ok: false, problems: problems.slice(0, PROBLEMS_MAX) }
  const file = value as ExportFile
  if (file.events.length === 0) return { ok: false, problems: [{ at: 'events', says: 'must not be empty' }] }
  return { ok: true, file }
}

export type Folded = { ok: true; view: View } | { ok: false; seq: number; reason: FoldReason; detail: string }
export type FoldReason = 'newer-version' | 'unreadable-event' | 'not-this-incident' | 'never-opened' | 'count-differs'

/**
 * Folds a file's log, as the room did. Refused: an event of a newer build, one that cannot be folded, a log that opens
 * another incident or namespace than the file names, and more or fewer events than it says.
 */
export function foldExport(file: ExportFile): Folded {
  const view = emptyView()
  for (const event of file.events) {
    const { seq } = event
    if (event.v > EVENT_VERSION) return refused(seq, 'newer-version', `event version ${event.v}`)
    try {
      project(view, event)
    } catch {
      return refused(seq, 'unreadable-event', `an event of type ${event.body.type} that cannot be folded`)
    }
    if (seq === 1 && event.body.type !== 'incident-opened')
      return refused(seq, 'never-opened', 'the log does not begin with its opening')
  }
  const { head } = view
  const namespace = namespaceOfIncident(file.incident)
  if (head?.id !== file.incident || head.namespace !== namespace || head.drill !== drillOf(namespace))
    return refused(1, 'not-this-incident', 'the log is that of another incident than the file names')
  if (file.count !== file.events.length)
    return refused(file.events.length, 'count-differs', `the file says ${file.count} events`)
  return { ok: true, view }
}

function refused(seq: number, reason: FoldReason, detail: string): Folded {
  return { ok: false, seq, reason, detail }
}
