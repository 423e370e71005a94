import { watchAt } from '../core/oncall/rotation.ts'
import type { Instant } from '../protocol/domain.ts'
import type { NotifyTarget, OnCallRow } from '../protocol/oncall.ts'
import type { Reach, TargetRow } from '../protocol/objects.ts'
import type { Desk } from './desk.ts'

interface Off extends Record<string, SqlStorageValue> {
  name: string
  url: string
  reason: string
  wall: number
}

/** Who is on call in each rotation at an instant. */
export function onCallAt(desk: Desk, at: Instant): OnCallRow[] {
  return (desk.catalogue().rotations ?? []).flatMap((rotation) => {
    const watch = watchAt(rotation, at)
    if (!watch) return []
    const { name, zone, target } = rotation
    const { person, since, until, override, next } = watch
    return [{ rotation: name, zone, target, person, since: rfc(since), until: rfc(until), override, next }]
  })
}

/** Whom rooms can notify now, by the catalogue as it stands. */
export function reachNow(desk: Desk): Reach {
  const { targets = [], rotations = [] } = desk.catalogue()
  const off = targets.filter((target) => offRow(desk, target) !== null).map(({ name }) => name)
  return { targets, rotations, off }
}

export function targetRows(desk: Desk): TargetRow[] {
  return (desk.catalogue().targets ?? []).map((target) => {
    const off = offRow(desk, target)
    const state = off ? 'off' : 'on'
    return { ...target, state, reason: off?.reason ?? '', since: off && rfc(off.wall) }
  })
}

/** A target answered that it wants nothing any more. At another address it is another target. */
export function disableTarget(
  desk: Desk,
  { name, url, reason }: { name: string; url: string; reason: string },
  wall: Instant,
): void {
  desk.sql.exec(
    'INSERT OR REPLACE INTO target_off (name, url, reason, wall) VALUES (?, ?, ?, ?)',
    name,
    url,
    reason,
    wall,
  )
}

/** Lets it be notified again; false where it was not off. */
export function enableTarget(desk: Desk, name: string): boolean {
  return desk.sql.exec('DELETE FROM target_off WHERE name = ? RETURNING name', name).toArray().length > 0
}

function offRow(desk: Desk, { name, url }: NotifyTarget): Off | null {
  return desk.sql.exec<Off>('SELECT * FROM target_off WHERE name = ? AND url = ?', name, url).toArray()[0] ?? null
}

const rfc = (at: Instant): string => new Date(at).toISOString()
