import { noise } from '../prng.ts'
import { PATIENCE_S, type Settings } from './settings.ts'
import { type World, isDown } from './state.ts'

/** Half of those who fail try once more in the next second. */
const RETRY_SHARE = 0.5
/** From this share on customers are being turned away. */
const FAILING_SHARE = 0.02
/** Parked orders that are worked off a second, and how many fit. */
const BACKLOG_PER_S = 2
export const BACKLOG_MAX = 4_000
/** From this share of its connection limit on the database slows down, steeply. */
const DB_KNEE = 0.9
/** How much of the last second the storefront still feels: sessions live for a few seconds. */
const FELT_KEPT = 0.75

/** Demand of shoppers at checkout in a second: a slow wave and a little noise. */
export function demandAt(settings: Settings, second: number): number {
  const wave = 1 + 0.02 * Math.sin((2 * Math.PI * (second + settings.seed * 37)) / 300)
  return settings.checkoutPerS * (wave + 0.008 * noise(settings.seed, 'demand', second))
}

export function historyAt(settings: Settings, second: number): number {
  return settings.historyPerS * (1 + 0.03 * noise(settings.seed, 'history-demand', second))
}

/**
 * One second of the pool: queries arrive, as many are served as connections allow (Little's law: connections = queries
 * a second × seconds held), the rest waits, and who would wait longer than PATIENCE_S gives up.
 */
export function advance(world: World, settings: Settings): void {
  world.second += 1
  const { second } = world
  if (second === settings.onsetS) world.limit = settings.limitTo
  if (second === settings.laterFix?.effectiveS) world.limit = settings.laterFix.limit

  const retries = RETRY_SHARE * world.failed * settings.checkoutPerS
  const drained = Math.min(world.backlog, BACKLOG_PER_S)
  const checkout = isDown(world, 'checkout') ? 0 : demandAt(settings, second) + retries + drained
  const arriving = checkout + historyAt(settings, second)

  const held = (settings.needed / (settings.checkoutPerS + settings.historyPerS)) * world.dbSlow
  const up = !isDown(world, 'proxy') && !isDown(world, 'db')
  const capacity = up ? (world.limit * world.proxies) / held : 0
  const total = world.waiting + arriving
  world.served = Math.min(total, capacity)
  const left = total - world.served
  const patient = up ? Math.min(left, PATIENCE_S * capacity) : 0
  const lost = left - patient
  world.failed = arriving > 0 ? Math.min(1, lost / arriving) : 0
  world.waiting = patient
  world.waitS = up ? patient / capacity : PATIENCE_S
  world.busy = up ? world.served * held : 0

  world.dbConnections = world.busy + settings.dbOthers
  world.dbSlow = slowdown(world.dbConnections / settings.dbLimit)
  world.failingS = world.failed > FAILING_SHARE ? world.failingS + 1 : 0
  const parks = settings.parksAfterS !== null && world.failingS > settings.parksAfterS
  world.turnedAway = parks ? 0 : world.failed
  const orders = checkout * world.failed
  world.backlog = Math.min(BACKLOG_MAX, Math.max(0, world.backlog - drained * (1 - world.failed) + orders * 0.8))
  const down = isDown(world, 'checkout') ? 1 : world.turnedAway
  world.felt.failed = FELT_KEPT * world.felt.failed + (1 - FELT_KEPT) * down
  world.felt.waitS = FELT_KEPT * world.felt.waitS + (1 - FELT_KEPT) * world.waitS
}

/** Past the knee each further connection slows all of them: lock waits and context switches. */
function slowdown(share: number): number {
  return share <= DB_KNEE ? 1 : 1 + 12 * (Math.min(share, 1.2) - DB_KNEE)
}
