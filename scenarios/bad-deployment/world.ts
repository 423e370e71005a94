import { DEPLOYS, METRICS, callsOf, fewErrors, type Line, partsOf, soon, worldFrom } from '../kit/world.ts'
import type { World } from '../scenario.ts'
import type { Cast, Part } from './settings.ts'

/** Who calls whom. Everybody ends at the ticket database, which is why everybody suspects it. */
const LINES: Record<Part, Line<Part>> = {
  site: {
    title: 'Ticket site',
    tier: 1,
    owner: 'web',
    calls: ['booking'],
    slos: [fewErrors(0.05), soon(1_200)],
  },
  booking: {
    title: 'Booking',
    tier: 1,
    owner: 'bookings',
    calls: ['pricing', 'seats'],
    slos: [fewErrors(0.05), soon(1_000)],
  },
  pricing: { title: 'Pricing', tier: 2, owner: 'commerce', calls: ['db'], slos: [fewErrors(0.05)] },
  seats: { title: 'Seat map', tier: 2, owner: 'venues', calls: ['db'], slos: [fewErrors(0.05)] },
  db: { title: 'Ticket database', tier: 1, owner: 'data', calls: [] },
  partners: { title: 'Partner API', tier: 3, owner: 'partners', calls: ['pricing', 'seats'], slos: [fewErrors(0.1)] },
  reports: { title: 'Sales reports', tier: 4, owner: 'finance', calls: ['db'] },
}

export const PARTS = partsOf(LINES)
export const CALLS: readonly [Part, Part][] = callsOf(LINES)

export function worldOf(cast: Cast): World {
  return worldFrom(LINES, cast, [METRICS, DEPLOYS])
}
