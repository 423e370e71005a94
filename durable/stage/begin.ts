import { resumeClock, wallOf } from '../protocol/clock.ts'
import type { Catalogue, Instant } from '../protocol/domain.ts'
import type { DrillRequest, DrillRow } from '../protocol/objects.ts'
import { scenarioNamed } from '../../scenarios/index.ts'
import type { Drill } from './book.ts'
import { randomHex } from './random.ts'
import { mintTokens } from './tokens.ts'

/**
 * Scenario time that is history when a drill starts, ms: three minutes of calm are posted at once, so that detectors
 * have a baseline and nobody waits for it.
 */
export const HISTORY_MS = 180_000
export const SPEED_MIN = 1
export const SPEED_MAX = 120

/**
 * A new drill as it is first written down: its clock starts HISTORY_MS into the story at the present second. Throws on a
 * story, a variant or a speed that does not exist; the Worker has asked before.
 */
export function begin(request: DrillRequest, catalogue: Catalogue, wall: Instant): Drill {
  const scenario = scenarioNamed(request.scenario)
  if (scenario === null) throw new Error(`no scenario ${request.scenario}`)
  if (!(request.speed >= SPEED_MIN && request.speed <= SPEED_MAX)) throw new Error(`no speed ${request.speed}`)
  scenario.begin(request.seed, request.variant)
  const startedAt = Math.floor(wall / 1_000) * 1_000
  return {
    request,
    title: scenario.title,
    catalogue,
    clock: { startedAt, startedWall: wall, speed: request.speed, pausedMs: 0, pausedSinceWall: null },
    storyStart: startedAt - HISTORY_MS,
    durationMs: scenario.durationMs,
    state: 'running',
    startedWall: wall,
    tokens: mintTokens(request.drill, catalogue.sources),
    secret: randomHex(32),
    incidents: [],
    opened: false,
    told: true,
    closed: false,
  }
}

/** The drill as lists show it; `endsAt` is when the story ends if the clock goes on from now. */
export function rowOf(drill: Drill, wall: Instant): DrillRow {
  const { request, clock } = drill
  const ends = wallOf(resumeClock(clock, wall), drill.storyStart + drill.durationMs) ?? wall
  return {
    id: request.drill,
    scenario: request.scenario,
    title: drill.title,
    seed: request.seed,
    speed: request.speed,
    state: drill.state,
    startedAt: new Date(drill.startedWall).toISOString(),
    endsAt: new Date(ends).toISOString(),
    clock,
    incidents: drill.incidents,
    ...(request.faults && { faults: request.faults }),
  }
}
