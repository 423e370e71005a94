import { otherNames } from '../kit/names.ts'
import type { Variant } from '../kit/variants.ts'
import { CAST, type Part, type Settings } from './settings.ts'

/** Other names for the same parts, to show that no engine knows this shop by heart. */
const OTHER_NAMES: Record<Part, readonly string[]> = {
  storefront: ['web-shop', 'portal', 'frontdoor'],
  checkout: ['payments', 'basket', 'order-entry'],
  proxy: ['pg-gateway', 'sql-relay', 'conn-broker'],
  db: ['ledger-store', 'purchases-pg', 'sales-primary'],
  search: ['finder', 'lookup-api', 'discover'],
  index: ['finder-shards', 'lookup-index', 'discover-store'],
  history: ['past-orders', 'receipts', 'account-orders'],
  notifier: ['mailer', 'push-hub', 'courier'],
}

/** The story with other data. Each changes as little as it needs to. */
export const VARIANTS: Record<string, Variant<Settings>> = {
  healthy: {
    title: 'A calm hour: nothing is deployed, nothing breaks',
    change: (settings) => ({ ...settings, onsetS: null, herring: null }),
  },
  'other-names': {
    title: 'The same cascade in a shop with other service names',
    change: (settings) => ({ ...settings, cast: otherNames(settings.seed, CAST, OTHER_NAMES) }),
  },
  'detection-opposes': {
    title: 'Checkout begins to park orders: its errors are gone before anybody looks, its waiting is not',
    change: (settings) => ({
      ...settings,
      parksAfterS: 26,
      rules: {
        ...settings.rules,
        checkout: { meanS: 60, forS: 30, keepS: 900 },
        // The storefront's short spell of failures pages nobody.
        storefront: { meanS: 1, forS: 60, keepS: 15 },
      },
    }),
  },
  'diagnosis-opposes': {
    title: 'Calls to the proxy were failing, and repeated unseen, well before anything changed there',
    change: (settings) => ({ ...settings, lostCalls: { fromS: shifted(settings, -45), share: 0.09 } }),
  },
  'prediction-opposes': {
    title: 'The orders database is close to its own connection limit: a larger pool would not fit',
    change: (settings) => ({ ...settings, dbOthers: 16, dbLimit: 58 }),
  },
  'resolution-opposes': {
    title: 'Somebody has already raised the limit, the rollout is slow and does not show yet',
    change: (settings) => ({
      ...settings,
      laterFix: {
        announcedS: shifted(settings, 14),
        effectiveS: shifted(settings, SLOW_ROLLOUT_S),
        limit: LATER_LIMIT,
      },
    }),
  },
  'answer-withheld': {
    title: 'The action takes effect, but its answer never comes',
    change: (settings) => ({ ...settings, endpoint: { ...settings.endpoint, withholdAnswer: true } }),
  },
  'slow-answer': {
    title: 'The action takes effect after two seconds and answers two seconds later',
    change: (settings) => ({ ...settings, endpoint: { ...settings.endpoint, delayMs: 2_000, answerDelayMs: 2_000 } }),
  },
}

/** Seconds until the deploy system's second word takes effect, and how far it goes beyond what anybody would propose. */
const SLOW_ROLLOUT_S = 600
const LATER_LIMIT = 48

function shifted(settings: Settings, seconds: number): number {
  return (settings.onsetS ?? 0) + seconds
}
