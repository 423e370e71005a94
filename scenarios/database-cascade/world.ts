import { DEPLOYS, METRICS, callsOf, fewErrors, type Line, partsOf, soon, worldFrom } from '../kit/world.ts'
import type { World } from '../scenario.ts'
import type { Cast, Part } from './settings.ts'

/** Who calls whom. Search stands apart: nothing on the way from the database to a shopper passes through it. */
const LINES: Record<Part, Line<Part>> = {
  storefront: { title: 'Storefront', tier: 1, owner: 'web', calls: ['checkout'], slos: [fewErrors(0.05), soon(800)] },
  checkout: {
    title: 'Checkout',
    tier: 1,
    owner: 'payments',
    calls: ['proxy', 'notifier'],
    slos: [fewErrors(0.05), soon(1_000)],
  },
  proxy: { title: 'Database proxy', tier: 2, owner: 'platform', calls: ['db'] },
  db: { title: 'Orders database', tier: 1, owner: 'data', calls: [], protected: true },
  search: { title: 'Search', tier: 2, owner: 'discovery', calls: ['index'], slos: [fewErrors(0.05), soon(600)] },
  index: { title: 'Search index', tier: 3, owner: 'discovery', calls: [] },
  history: { title: 'Order history', tier: 3, owner: 'web', calls: ['proxy'], slos: [fewErrors(0.05)] },
  notifier: { title: 'Notifier', tier: 4, owner: 'messaging', calls: [] },
}

export const PARTS = partsOf(LINES)

/** Calls that are measured at the caller: [caller, callee]. */
export const EDGES: readonly [Part, Part][] = callsOf(LINES)

/** The shop in the names of a cast. */
export function worldOf(cast: Cast): World {
  return worldFrom(LINES, cast, [METRICS, DEPLOYS])
}
