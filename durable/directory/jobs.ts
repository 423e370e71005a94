import { wallOf } from '../protocol/clock.ts'
import type { Instant } from '../protocol/domain.ts'
import { forgetDue, nextExpiry, pruneAlerts } from './alerts.ts'
import type { Desk } from './desk.ts'
import { expire } from './expiry.ts'
import { nextHeld } from './held.ts'
import { isWaiting } from './inbox.ts'
import { journalDue, pruneJournal } from './journal.ts'
import { lookAtHeld } from './look.ts'
import { nextDue } from './outbox.ts'

/** The alarm's reasons. */
export type Job = 'outbox' | 'inbox' | 'expiry' | 'held' | 'retention'

/** How long after a commit the alarm sends what the same turn should have sent: what a crash in between costs, in ms. */
const OUTBOX_FALLBACK_MS = 1_000
/** A job that failed and is still due is tried again so much later, in ms: an alarm never spins. */
const OVERDUE_AGAIN_MS = 1_000
/** What is to be done and when, in wall time: read from the tables, so that none can be forgotten. */
export function dueJobs(desk: Desk, wall: Instant): { job: Job; due: Instant }[] {
  const jobs: { job: Job; due: Instant }[] = []
  const outbox = nextDue(desk.sql)
  if (outbox !== null) jobs.push({ job: 'outbox', due: Math.max(outbox, wall + OUTBOX_FALLBACK_MS) })
  if (isWaiting(desk.sql)) jobs.push({ job: 'inbox', due: wall + OUTBOX_FALLBACK_MS })
  const clock = desk.clock()
  for (const [job, at] of [
    ['expiry', nextExpiry(desk.sql)],
    ['held', nextHeld(desk.sql)],
  ] as const) {
    const due = at === null ? null : wallOf(clock, at)
    if (due !== null) jobs.push({ job, due: due > wall ? due : wall + OVERDUE_AGAIN_MS })
  }
  for (const due of [journalDue(desk.sql), forgetDue(desk.sql)]) {
    if (due !== null) jobs.push({ job: 'retention', due: Math.max(due, wall + OVERDUE_AGAIN_MS) })
  }
  return jobs
}

/** Does what is due and needs no call. Each job commits for itself: one that fails does not undo another. */
export function runJobs(desk: Desk, wall: Instant): void {
  while (desk.commit(() => expire(desk, wall, desk.now())));
  while (desk.commit(() => lookAtHeld(desk, wall, desk.now())));
  desk.commit(() => {
    pruneJournal(desk.sql, wall)
    pruneAlerts(desk.sql, wall)
  })
}
