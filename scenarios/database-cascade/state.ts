import type { Part, Settings } from './settings.ts'

/** What the world remembers from one second to the next. Rates are a second's, levels are at its end. */
export interface World {
  second: number
  /** connections that each proxy instance may open, and how many instances there are. */
  limit: number
  proxies: number
  /** queries that wait for a connection. */
  waiting: number
  /** seconds the last query in the queue waits. */
  waitS: number
  busy: number
  served: number
  /** share of queries given up by their callers. */
  failed: number
  /** how slow the database is against a normal day; 1 is normal. */
  dbSlow: number
  dbConnections: number
  /** share of shoppers who see a failure: those given up, unless checkout parks their orders instead. */
  turnedAway: number
  /** seconds in which customers were turned away or their orders parked, in a row. */
  failingS: number
  /** failed orders parked to be tried again. */
  backlog: number
  /** what the storefront feels of checkout's failures and waiting, smoothed by its sessions. */
  felt: { failed: number; waitS: number }
  /** second at which a part that is down is back. */
  downUntil: Partial<Record<Part, number>>
  /** second until which search answers from a cold cache. */
  coldUntil: number
  searchRolledBack: boolean
}

export function beginWorld(settings: Settings): World {
  return {
    second: -1,
    limit: settings.limitFrom,
    proxies: 1,
    waiting: 0,
    waitS: 0,
    busy: settings.needed,
    served: settings.checkoutPerS + settings.historyPerS,
    failed: 0,
    turnedAway: 0,
    failingS: 0,
    dbSlow: 1,
    dbConnections: settings.needed + settings.dbOthers,
    backlog: 0,
    felt: { failed: 0, waitS: 0 },
    downUntil: {},
    coldUntil: 0,
    searchRolledBack: false,
  }
}

export function isDown(world: World, part: Part): boolean {
  return world.second < (world.downUntil[part] ?? 0)
}
