import { DEPLOYS, METRICS, PROBER, callsOf, fewErrors, type Line, partsOf, soon, worldFrom } from '../kit/world.ts'
import type { World } from '../scenario.ts'
import type { Cast, Part } from './settings.ts'

/** Who calls whom. */
const LINES: Record<Part, Line<Part>> = {
  landing: {
    title: 'Landing page',
    tier: 1,
    owner: 'growth',
    calls: ['offers', 'images'],
    slos: [fewErrors(0.02), soon(600)],
  },
  offers: { title: 'Offers', tier: 2, owner: 'commerce', calls: ['db'], slos: [fewErrors(0.02), soon(400)] },
  images: { title: 'Image proxy', tier: 3, owner: 'platform', calls: [] },
  db: { title: 'Offers database', tier: 2, owner: 'data', calls: [] },
  account: { title: 'Account page', tier: 2, owner: 'identity', calls: ['offers'], slos: [fewErrors(0.02)] },
  mailer: { title: 'Campaign mailer', tier: 4, owner: 'growth', calls: [] },
}

export const PARTS = partsOf(LINES)
export const CALLS: readonly [Part, Part][] = callsOf(LINES)

export function worldOf(cast: Cast): World {
  return worldFrom(LINES, cast, [METRICS, DEPLOYS, PROBER])
}
