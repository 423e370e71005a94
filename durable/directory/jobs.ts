import { wallOf } from '../protocol/clock.ts'
import type { Instant } from '../protocol/domain.ts'
import { nextExpiry, pruneAlerts } from './alerts.ts'
import { pruneChanges } from './changes.ts'
import type { Desk } from './desk.ts'
import { expire } from './expiry.ts'
import { pruneJournal } from './journal.ts'
import { readMeta, writeMeta } from './migrations.ts'
import { nextDue } from './outbox.ts'

/** The alarm's reasons. */
export type Job = 'outbox' | 'expiry' | 'retention'

/** How long after a commit the alarm sends what the same turn should have sent: what a crash in between costs, in ms. */
const OUTBOX_FALLBACK_MS = 1_000
/** A job that failed and is still due is tried again so much later, in ms: an alarm never spins. */
const OVERDUE_AGAIN_MS = 1_000
/** How often kept bodies and changes are gone through, in ms. */
const RETENTION_EVERY_MS = 3_600_000

/** What is to be done and when, in wall time: read from the tables, so that none can be forgotten. */
export function dueJobs(desk: Desk, wall: Instant): { job: Job; due: Instant }[] {
  const jobs: { job: Job; due: Instant }[] = []
  const outbox = nextDue(desk.sql)
  if (outbox !== null) jobs.push({ job: 'outbox', due: Math.max(outbox, wall + OUTBOX_FALLBACK_MS) })
  const expiry = nextExpiry(desk.sql)
  const expiryWall = expiry === null ? null : wallOf(desk.clock(), expiry)
  if (expiryWall !== null) jobs.push({ job: 'expiry', due: expiryWall > wall ? expiryWall : wall + OVERDUE_AGAIN_MS })
  const retention = readMeta(desk.sql, 'retention')
  if (retention !== null) jobs.push({ job: 'retention', due: Math.max(Number(retention), wall + OVERDUE_AGAIN_MS) })
  return jobs
}

/** Something is kept from now on that must be let go one day. */
export function planRetention(desk: Desk, wall: Instant): void {
  if (readMeta(desk.sql, 'retention') === null) writeMeta(desk.sql, 'retention', String(wall + RETENTION_EVERY_MS))
}

/** Does what is due and needs no call. Each job commits for itself: one that fails does not undo another. */
export function runJobs(desk: Desk, wall: Instant): void {
  while (desk.commit(() => expire(desk, wall, desk.now())));
  const retention = readMeta(desk.sql, 'retention')
  if (retention === null || Number(retention) > wall) return
  desk.commit(() => {
    pruneJournal(desk.sql, wall)
    pruneChanges(desk.sql, desk.now())
    pruneAlerts(desk.sql, wall)
    writeMeta(desk.sql, 'retention', String(wall + RETENTION_EVERY_MS))
  })
}
