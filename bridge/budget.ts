/** What may be spent on models, in USD at list price, for one incident and for one day (UTC). */
export interface BudgetLimits {
  incidentUsd: number
  dayUsd: number
}

/** A whole incident costs about 0.01 USD in calls as they are routed; a hundred times that is somebody looping. */
export const BUDGET_DEFAULTS: BudgetLimits = { incidentUsd: 1, dayUsd: 25 }

export type BudgetWord = 'incident-budget-spent' | 'day-budget-spent'

/** Sums by key: `incident/<id>` and `day/<YYYY-MM-DD>`. Reading and writing is one step, nothing waits between. */
export interface SpendStore {
  get(key: string): number
  set(key: string, usd: number): void
}

export function spendInMemory(): SpendStore {
  const sums = new Map<string, number>()
  return { get: (key) => sums.get(key) ?? 0, set: (key, usd) => void sums.set(key, usd) }
}

export interface Reservation {
  /** Replaces what was reserved by what it cost; null (unpriced): the reserve stays spent. */
  settle(usd: number | null): void
}

/**
 * Sets the most that a call can cost aside before it goes out, so that calls at the same time cannot pass a limit together.
 * Refused with a word where it does not fit.
 */
export function reserve(
  store: SpendStore,
  limits: BudgetLimits,
  call: { incident: string; usd: number; now: number },
): Reservation | BudgetWord {
  const incident = `incident/${call.incident}`
  const day = `day/${new Date(call.now).toISOString().slice(0, 10)}`
  if (store.get(incident) + call.usd > limits.incidentUsd) return 'incident-budget-spent'
  if (store.get(day) + call.usd > limits.dayUsd) return 'day-budget-spent'
  const add = (usd: number): void => {
    for (const key of [incident, day]) store.set(key, Math.max(0, store.get(key) + usd))
  }
  add(call.usd)
  return {
    settle: (usd) => {
      if (usd !== null) add(usd - call.usd)
    },
  }
}
