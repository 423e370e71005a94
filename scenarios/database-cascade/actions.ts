import type { Action } from '../../durable/protocol/domain.ts'
import { done, type Outcome, refused } from '../kit/outcome.ts'
import { PARTS } from './world.ts'
import type { Part, Settings } from './settings.ts'
import type { World } from './state.ts'

/** How long a restart takes, by what restarts, seconds. A database replays its log first. */
const RESTART_S: Record<Part, number> = {
  storefront: 15,
  checkout: 20,
  proxy: 25,
  db: 90,
  search: 30,
  index: 60,
  history: 15,
  notifier: 10,
}
/** Rolling a service back replaces all its instances, seconds. */
const ROLLBACK_S = 90
const COLD_CACHE_S = 60
/** More connections than any pool of this shop could open. */
const POOL_LIMIT_MAX = 200
const INSTANCES_MAX = 4

/** What an action does to the world from the next second on. What it does not know it leaves alone and says so. */
export function applyAction(world: World, settings: Settings, action: Action): Outcome {
  const part = PARTS.find((candidate) => settings.cast[candidate] === action.target)
  if (part === undefined) return refused(`no service ${action.target}`)
  switch (action.type) {
    case 'raise-pool-limit':
      return setLimit(world, part, action.parameters['limit'])
    case 'restart-instance':
      takeDown(world, part, RESTART_S[part])
      return done(`${action.target} restarts`)
    case 'rollback-deployment':
      return rollBack(world, settings, part)
    case 'redeploy':
      return redeploy(world, settings, part)
    case 'scale-out':
      if (part !== 'proxy') return done(`${action.target} has one instance more; it was not short of any`)
      if (world.proxies >= INSTANCES_MAX) return refused(`${action.target} runs ${INSTANCES_MAX} instances already`)
      world.proxies += 1
      return done(`${action.target} runs ${world.proxies} instances`)
    case 'flush-cache':
      if (part === 'search' || part === 'index') world.coldUntil = world.second + 1 + COLD_CACHE_S
      return done(`${action.target} starts with an empty cache`)
    default:
      return refused(`no action ${action.type}`)
  }
}

function setLimit(world: World, part: Part, limit: number | string | undefined): Outcome {
  if (part !== 'proxy') return refused('this service has no connection pool')
  if (typeof limit !== 'number' || !Number.isFinite(limit) || limit < 1 || limit > POOL_LIMIT_MAX)
    return refused(`limit must be a number from 1 to ${POOL_LIMIT_MAX}`)
  const before = world.limit
  world.limit = Math.round(limit)
  return done(`pool limit ${before} -> ${world.limit}`)
}

function rollBack(world: World, settings: Settings, part: Part): Outcome {
  if (part === 'proxy') {
    if (settings.onsetS === null || world.second < settings.onsetS) return refused('nothing was deployed there lately')
    world.limit = settings.limitFrom
    return done(`pool limit is ${world.limit} again`)
  }
  if (part !== 'search' || settings.herring === null) return refused('nothing was deployed there lately')
  world.searchRolledBack = true
  takeDown(world, part, ROLLBACK_S)
  return done(`${settings.cast.search} is replaced by its previous version`)
}

/** The rollback of a rollback: what was deployed last comes back. */
function redeploy(world: World, settings: Settings, part: Part): Outcome {
  if (part === 'proxy' && settings.onsetS !== null && world.second >= settings.onsetS) {
    world.limit = settings.limitTo
    return done(`pool limit is ${world.limit} again`)
  }
  if (part !== 'search' || !world.searchRolledBack) return refused('nothing was rolled back there')
  world.searchRolledBack = false
  takeDown(world, part, RESTART_S[part])
  return done(`${settings.cast.search} runs the newer version again`)
}

function takeDown(world: World, part: Part, seconds: number): void {
  world.downUntil[part] = Math.max(world.downUntil[part] ?? 0, world.second + 1 + seconds)
}
