import type { Controls, RecentAction } from '../../protocol/controls.ts'
import type { ActionRecord, Catalogue, Instant } from '../../protocol/domain.ts'
import { ACTIONS_PER_TARGET_PER_HOUR, HOUR_MS, RECURRENCE } from './policy.ts'
import { standingOn } from './reach.ts'

/** What the clauses about freezes and limits look at. */
export interface Held {
  catalogue: Catalogue
  target: string
  /** this room's own record, without the proposal that is judged. */
  record: readonly ActionRecord[]
  /** null: it could not be read, which refuses; undefined: nobody asked yet, and it is judged again at use. */
  controls: Controls | null | undefined
  at: Instant
}

type Judged = [holds: boolean | null, reason: string]

const UNREADABLE: Judged = [null, 'controls-unreadable']
const HOLDS: Judged = [true, 'holds']

/** No freeze stands over the target. What the directory says counts; before it was asked, the room's own catalogue. */
export function noFreeze({ catalogue, target, controls, at }: Held): Judged {
  if (controls === null) return UNREADABLE
  const planned = (catalogue.freezes ?? []).filter(
    ({ services, from, until }) =>
      (services === '*' || services.includes(target)) && Date.parse(from) <= at && at < Date.parse(until),
  )
  const [freeze] = controls === undefined ? planned : controls.freezes
  return freeze ? [false, `frozen:${freeze.id}`] : HOLDS
}

/** Nobody works on the target by plan. */
export function noMaintenance({ controls }: Held): Judged {
  if (controls === null) return UNREADABLE
  const [window] = controls?.maintenance ?? []
  return window === undefined ? HOLDS : [false, `in-maintenance:${window}`]
}

/** No more services of a tier stand on what the action touches than the catalogue allows; by its topology alone. */
export function blastRadiusInBounds({ catalogue, target, controls }: Held): Judged {
  if (controls === null) return UNREADABLE
  const max = catalogue.limits?.servicesTouchedMax
  if (max === undefined) return HOLDS
  if (!catalogue.services.some(({ id }) => id === target)) return [null, 'unknown-target']
  const touched = standingOn(catalogue, target)
  for (const tier of ['1', '2', '3', '4'] as const) {
    const allowed = max[tier]
    if (allowed === undefined) continue
    const n = catalogue.services.filter((service) => String(service.tier) === tier && touched.has(service.id)).length
    if (n > allowed) return [false, `blast-radius:tier-${tier}`]
  }
  return HOLDS
}

/** The target was not acted on too often within the hour, over all incidents. */
export function rateInBounds({ catalogue, target, record, controls, at }: Held): Judged {
  if (controls === null) return UNREADABLE
  const max = catalogue.limits?.actionsPerTargetPerHour ?? ACTIONS_PER_TARGET_PER_HOUR
  const acted = [...record, ...(controls?.recent ?? [])].filter(
    (one) => one.target === target && hasActed(one) && one.at > at - HOUR_MS,
  )
  return acted.length < max ? HOLDS : [false, `rate-limit:${max}-an-hour`]
}

/** How often this action ran on this target within the time that the catalogue, or the policy, calls recurring. */
export function recurrenceOf(action: { type: string; target: string }, held: Omit<Held, 'target'>): string | null {
  const { times, withinMs } = held.catalogue.limits?.recurrence ?? RECURRENCE
  const before = [...held.record, ...(held.controls?.recent ?? [])].filter(
    (one) => one.type === action.type && one.target === action.target && hasActed(one) && one.at > held.at - withinMs,
  ).length
  return before + 1 < times ? null : `recurring-fix: ${action.type} on ${action.target}, ${before + 1} times`
}

/** Surely not done is not done: everything else may have touched the target. */
export function hasActed({ end }: Pick<RecentAction, 'end'>): boolean {
  return end !== 'did-not-run' && end !== 'failed'
}
