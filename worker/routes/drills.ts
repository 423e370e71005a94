import type { Context } from 'hono'
import * as z from 'zod/mini'
import { type Catalogue, VOTERS } from '../../durable/protocol/domain.ts'
import { COMMON_FAULTS, FAULTS_PER_DRILL_MAX, type Fault, SEAT_FAULTS } from '../../durable/protocol/faults.ts'
import { LIVE } from '../../durable/protocol/namespace.ts'
import type { DrillRow } from '../../durable/protocol/objects.ts'
import { hasVariant, type Scenario } from '../../scenarios/scenario.ts'
import { SCENARIOS, scenarioNamed } from '../../scenarios/index.ts'
import type { AppEnv } from '../env.ts'
import { ProblemError } from '../errors.ts'
import { linked } from '../middleware/link.ts'
import { bodyOf, queryOf } from '../validate.ts'
import { cursor, drillIdOf, noSuchDrill } from './params.ts'

/** Speeds a drill may run at, and the largest seed (32 bits, what the seeded generator takes). */
const SPEED_MIN = 1
const SPEED_MAX = 120
const SEED_MAX = 4_294_967_295
const NAME_CHARS_MAX = 100
/** A fault may wait for the story, ms: longer than any is. */
const FAULT_FROM_MS_MAX = 3_600_000

/** A voter's fault names its voter; what reaches everybody names nobody. */
const fault = z.union([
  z.strictObject({
    kind: z.enum(SEAT_FAULTS),
    agent: z.enum(VOTERS),
    from: z.optional(z.int().check(z.minimum(0), z.maximum(FAULT_FROM_MS_MAX))),
  }),
  z.strictObject({
    kind: z.enum(COMMON_FAULTS),
    from: z.optional(z.int().check(z.minimum(0), z.maximum(FAULT_FROM_MS_MAX))),
  }),
])

export const startBody = z.strictObject({
  scenario: z.string().check(z.minLength(1), z.maxLength(NAME_CHARS_MAX)),
  seed: z.int().check(z.minimum(0), z.maximum(SEED_MAX)),
  speed: z.number().check(z.minimum(SPEED_MIN), z.maximum(SPEED_MAX)),
  faults: z.optional(z.array(fault).check(z.minLength(1), z.maxLength(FAULTS_PER_DRILL_MAX))),
  variant: z.nullish(z.string().check(z.minLength(1), z.maxLength(NAME_CHARS_MAX))),
})

/**
 * `POST /api/v1/drills {scenario, seed, speed, variant?, faults?}` by a commander: 201, Location, the drill's row. Its catalogue is
 * the scenario's world for that seed with this instance's runbooks. 422 for a scenario or variant that does not exist.
 */
export async function startDrill(c: Context<AppEnv>): Promise<Response> {
  const person = c.get('person')
  const { scenario: name, seed, speed, variant = null, faults } = await bodyOf(c, startBody)
  const scenario = scenarioNamed(name)
  if (!scenario) throw new ProblemError(422, 'no-such-scenario', 'There is no such scenario; see /api/v1/scenarios.')
  if (!hasVariant(scenario, variant))
    throw new ProblemError(422, 'no-such-variant', 'This scenario has no such variant; see /api/v1/scenarios.')
  const live = await c.env.DIRECTORY.getByName(LIVE).catalogue()
  const drill = `drl_${randomBody()}`
  const request = {
    drill,
    scenario: name,
    variant,
    seed,
    speed,
    by: person.name,
    ...(faults && { faults: faults.map(faultOf) }),
  }
  const row = await c.env.STAGE.getByName(drill).start(request, catalogueOf(scenario, seed, variant, live))
  return c.json(row, 201, { location: `/api/v1/drills/${drill}` })
}

function faultOf({ from, ...said }: z.infer<typeof fault>): Fault {
  return { ...said, ...(from !== undefined && { from }) }
}

function catalogueOf(scenario: Scenario, seed: number, variant: string | null, live: Catalogue): Catalogue {
  const { world } = scenario.begin(seed, variant)
  const version = [live.version, scenario.name, variant ?? 'as-told', seed].join('+')
  return { version, ...world, runbooks: live.runbooks }
}

/** Sixteen characters of [a-z0-9]: 83 bits of chance, so that nobody guesses a drill. */
function randomBody(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(16)), (draw) => (draw % 36).toString(36)).join('')
}

/** `GET /api/v1/drills?cursor=`: all drills, newest first, `{items, next}`. */
export async function listDrills(c: Context<AppEnv>): Promise<Response> {
  const query = queryOf(c, z.strictObject({ cursor }))
  return linked(c, await c.env.DIRECTORY.getByName('drills').drills(query.cursor ?? null))
}

/** `GET /api/v1/drills/{id}`. */
export async function getDrill(c: Context<AppEnv>): Promise<Response> {
  return c.json(found(await c.env.STAGE.getByName(drillIdOf(c)).status()))
}

/** `POST /api/v1/drills/{id}/stop` by a commander: the row as it now stands. */
export async function stopDrill(c: Context<AppEnv>): Promise<Response> {
  return c.json(found(await c.env.STAGE.getByName(drillIdOf(c)).stop()))
}

function found(row: DrillRow | null): DrillRow {
  if (row === null) throw noSuchDrill()
  return row
}

/** `GET /api/v1/scenarios`: `{items, next}`, what can be drilled. */
export function listScenarios(c: Context<AppEnv>): Response {
  const items = SCENARIOS.map(({ name, title, summary, durationMs, variants }) => ({
    name,
    title,
    summary,
    durationMs,
    variants,
  }))
  return c.json({ items, next: null })
}
