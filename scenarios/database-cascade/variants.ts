import { CAST, type Cast, type Part, type Settings } from './settings.ts'
import { whole } from '../prng.ts'

interface Variant {
  title: string
  change(settings: Settings): Settings
}

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
export const VARIANTS: Record<string, Variant> = {
  healthy: {
    title: 'A calm hour: nothing is deployed, nothing breaks',
    change: (settings) => ({ ...settings, onsetS: null, herring: null }),
  },
  'other-names': {
    title: 'The same cascade in a shop with other service names',
    change: (settings) => ({ ...settings, cast: otherCast(settings.seed) }),
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

function otherCast(seed: number): Cast {
  const pick = (part: Part): string => {
    const names = OTHER_NAMES[part]
    return names[whole(seed, `name/${part}`, 0, names.length - 1)] ?? CAST[part]
  }
  return Object.fromEntries((Object.keys(CAST) as Part[]).map((part) => [part, pick(part)])) as Cast
}
