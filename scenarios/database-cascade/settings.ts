import type { RulePace } from '../kit/alerting.ts'
import type { EndpointBehaviour } from '../scenario.ts'

/** The parts that services play in this story; a seed or a variant may give them other names. */
export type Part = 'storefront' | 'checkout' | 'proxy' | 'db' | 'search' | 'index' | 'history' | 'notifier'
export type Cast = Record<Part, string>

export const CAST: Cast = {
  storefront: 'storefront',
  checkout: 'checkout',
  proxy: 'db-proxy',
  db: 'orders-db',
  search: 'search-api',
  index: 'search-index',
  history: 'order-history',
  notifier: 'notifier',
}

/** All that a seed or a variant may change. Seconds are scenario seconds since the start of the story. */
export interface Settings {
  seed: number
  cast: Cast
  /** when the smaller pool limit takes effect; null in a calm hour. */
  onsetS: number | null
  /** the limit as the deploy says it was and is; connections. */
  limitFrom: number
  limitTo: number
  /** connections that the normal load keeps busy (Little's law: queries a second × seconds held). */
  needed: number
  checkoutPerS: number
  historyPerS: number
  /** the deploy of the search service and its slow warm-up; null where there was none. */
  herring: { deployS: number; warmS: number; cpu: number } | null
  /** connections that others hold on the database, and its own limit. */
  dbOthers: number
  dbLimit: number
  /** seconds of turned-away customers after which checkout parks their orders instead; null: it does not. */
  parksAfterS: number | null
  /** share of calls from checkout to the proxy that fail and are repeated unseen, from a second on. */
  lostCalls: { fromS: number; share: number } | null
  /** the deploy system says that the limit was raised again; it takes effect long after. */
  laterFix: { announcedS: number; effectiveS: number; limit: number } | null
  rules: { checkout: RulePace; storefront: RulePace; search: RulePace }
  endpoint: EndpointBehaviour
}

/** A caller gives up after so long in the queue, seconds. */
export const PATIENCE_S = 3
