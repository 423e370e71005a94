import {
  DEPLOYS,
  METRICS,
  ORCHESTRATOR,
  callsOf,
  fewErrors,
  type Line,
  partsOf,
  soon,
  worldFrom,
} from '../kit/world.ts'
import type { World } from '../scenario.ts'
import type { Cast, Part } from './settings.ts'

/** Who calls whom. The feed stands apart: nothing on the way from profiles to the app passes through it. */
const LINES: Record<Part, Line<Part>> = {
  app: { title: 'Mobile gateway', tier: 2, owner: 'mobile', calls: ['profile'], slos: [fewErrors(0.03), soon(900)] },
  profile: { title: 'Profiles', tier: 2, owner: 'identity', calls: ['sessions', 'db'] },
  sessions: { title: 'Session store', tier: 1, owner: 'platform', calls: [] },
  db: { title: 'Profile database', tier: 2, owner: 'data', calls: [] },
  desk: { title: 'Support desk', tier: 3, owner: 'support', calls: ['profile'] },
  feed: { title: 'News feed', tier: 3, owner: 'content', calls: ['features'], slos: [fewErrors(0.05)] },
  features: { title: 'Feed features', tier: 4, owner: 'content', calls: [] },
}

export const PARTS = partsOf(LINES)
export const CALLS: readonly [Part, Part][] = callsOf(LINES)

export function worldOf(cast: Cast): World {
  return worldFrom(LINES, cast, [METRICS, DEPLOYS, ORCHESTRATOR])
}
