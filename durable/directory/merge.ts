import { groupOf } from '../core/correlate/group.ts'
import { severityOf } from '../core/correlate/severity.ts'
import { assert } from '../core/assert.ts'
import type { MoveOutcome } from '../protocol/commands.ts'
import type { IncidentState, Instant } from '../protocol/domain.ts'
import type { Move } from '../protocol/effects.ts'
import type { MoveRequest } from '../protocol/objects.ts'
import type { IncidentRow } from '../protocol/rows.ts'
import { type AlertEntry, readAlert, writeAlert } from './alerts.ts'
import type { Desk } from './desk.ts'
import { Mailing } from './mailing.ts'
import { enqueue } from './outbox.ts'
import { openIncident } from './place.ts'

type AlertId = { source: string; fingerprint: string }
type Refused = Extract<MoveOutcome, { ok: false }>['reason']
/** Alerts are here or there; `incident` is the one that they went to, or came back from. */
interface Moved {
  incident: string
  alerts: AlertId[]
}

const GONE: readonly IncidentState[] = ['closed', 'canceled', 'merged']

/**
 * Moves alerts between two incidents in one step: where they belong, what is in the mail and what the index says change
 * together, so that an alert that comes in between goes to one of them and never to both. The same key gets the first
 * answer. In the caller's transaction.
 */
export function moveAlerts(desk: Desk, { key, incident, move }: MoveRequest, wall: Instant, now: Instant): MoveOutcome {
  const known = answerOf(desk, key)
  if (known) return known
  const mailing = new Mailing(desk, wall, now)
  const moved = carryOut(desk, mailing, incident, move)
  mailing.post()
  desk.incidents.save()
  const answer = typeof moved === 'string' ? { ok: false, reason: moved } : { ok: true, ...moved }
  desk.sql.exec(
    'INSERT INTO move (key, kind, incident, answer, wall) VALUES (?, ?, ?, ?, ?)',
    key,
    move.kind,
    incident,
    JSON.stringify(answer),
    wall,
  )
  const told = answerOf(desk, key)
  assert(told, 'the answer was just written')
  return told
}

function carryOut(desk: Desk, mailing: Mailing, incident: string, move: Move): Moved | Refused {
  switch (move.kind) {
    case 'merge':
      return merge(desk, mailing, incident, move.into)
    case 'unmerge':
      return unmerge(desk, mailing, incident, move.from)
    case 'split':
      return split(desk, mailing, incident, move)
    default:
      return move satisfies never
  }
}

function merge(desk: Desk, mailing: Mailing, incident: string, into: string): Moved | Refused {
  const other = desk.incidents.get(into)
  if (!other) return 'no-such-incident'
  if (GONE.includes(other.state) || other.state === 'resolved') return 'incident-over'
  const entries = alertsOf(desk, incident)
  for (const entry of entries) give(desk, mailing, entry, into, { reason: 'merged', matched: incident })
  setState(desk, incident, 'merged', mailing.now)
  enqueue(
    desk.sql,
    into,
    { kind: 'link', relation: 'merged-from', incident, linked: true, reason: '' },
    0,
    mailing.wall,
  )
  return { incident: into, alerts: entries.map(idOf) }
}

/** Takes back what was merged and is still there; what went on from there stays where it is. */
function unmerge(desk: Desk, mailing: Mailing, incident: string, from: string): Moved {
  const then = desk.sql
    .exec<{ answer: string }>(
      "SELECT answer FROM move WHERE kind = 'merge' AND incident = ? ORDER BY rowid DESC LIMIT 1",
      incident,
    )
    .toArray()[0]
  const merged = then ? (JSON.parse(then.answer) as Partial<Moved>) : {}
  const entries = (merged.alerts ?? []).flatMap(({ source, fingerprint }) => {
    const entry = readAlert(desk.sql, source, fingerprint)
    return entry?.told && entry.incident === from ? [entry] : []
  })
  // The incident takes its alerts from the answer: in the mail they could come before it knows that it is open again.
  for (const entry of entries) keep(desk, mailing, entry, incident, { reason: 'unmerged', matched: from })
  setState(desk, incident, 'triggered', mailing.now)
  const alerts = entries.map(idOf)
  if (alerts.length > 0) enqueue(desk.sql, from, { kind: 'detach', alerts, to: incident }, 0, mailing.wall)
  const unlink = { kind: 'link', relation: 'merged-from', incident, linked: false, reason: 'unmerged' } as const
  enqueue(desk.sql, from, unlink, 0, mailing.wall)
  return { incident: from, alerts }
}

function split(
  desk: Desk,
  mailing: Mailing,
  incident: string,
  { alerts, title, by }: Extract<Move, { kind: 'split' }>,
): Moved | Refused {
  const entries = alerts.flatMap(({ source, fingerprint }) => {
    const entry = readAlert(desk.sql, source, fingerprint)
    return entry?.told && entry.incident === incident ? [entry] : []
  })
  const worst = entries.flatMap(({ told }) => told ?? []).toSorted((a, b) => rank(a.severity) - rank(b.severity))[0]
  if (!worst) return 'nothing-to-move'
  const { id } = openIncident(desk, mailing, {
    title,
    severity: severityOf(worst.severity),
    sourceSeverity: worst.severity,
    severityInferred: worst.severityInferred,
    service: worst.service,
    openedBy: { kind: 'person', name: by },
    openedFor: 'split',
  })
  for (const entry of entries) give(desk, mailing, entry, id, { reason: 'split', matched: incident })
  mailing.post()
  enqueue(desk.sql, id, { kind: 'link', relation: 'split-from', incident, linked: true, reason: '' }, 0, mailing.wall)
  return { incident: id, alerts: entries.map(idOf) }
}

const rank = (severity: string): number => ['critical', 'error', 'warning', 'info'].indexOf(severity)

// It belongs there from now on, and that room is told.
function give(
  desk: Desk,
  mailing: Mailing,
  entry: AlertEntry,
  to: string,
  why: { reason: string; matched: string },
): void {
  keep(desk, mailing, entry, to, why)
  if (entry.told) mailing.add(to, entry.told, why, 0)
}

function keep(
  desk: Desk,
  mailing: Mailing,
  entry: AlertEntry,
  to: string,
  why: { reason: string; matched: string },
): void {
  Object.assign(entry, { incident: to, ...why })
  writeAlert(desk.sql, entry, mailing.wall, entry.held)
  if (entry.told) desk.incidents.touch(to, mailing.now, entry.told.service, groupOf(entry.told))
}

// The room says so too, with its next row; until then no alert is correlated by what is no longer true.
function setState(desk: Desk, incident: string, state: IncidentState, now: Instant): void {
  desk.incidents.save()
  const ended = GONE.includes(state) ? now : null
  desk.sql.exec('UPDATE incident SET state = ?, ended = ? WHERE id = ?', state, ended, incident)
  desk.incidents.reread(incident)
}

/** What was answered to this key, with the alerts as they stand now. */
function answerOf(desk: Desk, key: string): MoveOutcome | null {
  const row = desk.sql
    .exec<{ kind: string; answer: string }>('SELECT kind, answer FROM move WHERE key = ?', key)
    .toArray()[0]
  if (!row) return null
  const answer = JSON.parse(row.answer) as ({ ok: true } & Moved) | { ok: false; reason: Refused }
  if (!answer.ok) return answer
  // Who gave them away needs no copy: the other one has them by mail.
  if (row.kind === 'merge') return { ok: true, incident: answer.incident, alerts: [] }
  const alerts = answer.alerts.flatMap(({ source, fingerprint }) => {
    const entry = readAlert(desk.sql, source, fingerprint)
    return entry?.told ? [{ alert: entry.told, reason: entry.reason, matched: entry.matched }] : []
  })
  return { ok: true, incident: answer.incident, alerts }
}

function alertsOf(desk: Desk, incident: string): AlertEntry[] {
  return desk.sql
    .exec<AlertId>('SELECT source, fingerprint FROM alert WHERE incident = ?', incident)
    .toArray()
    .flatMap(({ source, fingerprint }) => readAlert(desk.sql, source, fingerprint) ?? [])
}

const idOf = ({ source, fingerprint }: AlertId): AlertId => ({ source, fingerprint })

/** Tells a parent of its child, or that it is one no longer. Refused where there is no such parent, or it has one itself. */
export function linkParent(
  desk: Desk,
  { parent, child, linked }: { parent: string; child: string; linked: boolean },
  wall: Instant,
): { ok: boolean; reason: string } {
  const row = desk.sql.exec<{ row: string }>('SELECT row FROM incident WHERE id = ?', parent).toArray()[0]
  if (!row) return { ok: false, reason: 'no-such-incident' }
  const { state, parent: above } = JSON.parse(row.row) as IncidentRow
  if (linked && GONE.includes(state)) return { ok: false, reason: 'incident-over' }
  if (linked && above !== undefined) return { ok: false, reason: 'would-be-cycle' }
  enqueue(desk.sql, parent, { kind: 'link', relation: 'child', incident: child, linked, reason: '' }, 0, wall)
  return { ok: true, reason: '' }
}
