import type { Action } from '../../durable/protocol/domain.ts'
import { done, type Outcome, refused } from '../kit/outcome.ts'
import { replace, type State } from './physics.ts'
import { type Part, type Settings, fullAtS } from './settings.ts'
import { PARTS } from './world.ts'

/** How long a restart takes, by what restarts, seconds. */
const RESTART_S: Record<Part, number> = {
  app: 20,
  profile: 20,
  sessions: 25,
  db: 90,
  desk: 10,
  feed: 15,
  features: 20,
}
/** Rolling a service back replaces all its instances, seconds. */
const ROLLBACK_S = 60
/** After the session store lost its sessions people sign in again for so long, seconds. */
const SIGN_IN_S = 180
const EXTRA_MAX = 2

/** What an action does to the world from the next second on. What it does not know it leaves alone and says so. */
export function applyAction(state: State, settings: Settings, action: Action): Outcome {
  const part = PARTS.find((candidate) => settings.cast[candidate] === action.target)
  if (part === undefined) return refused(`no service ${action.target}`)
  switch (action.type) {
    case 'restart-instance':
      return restart(state, part, action.target)
    case 'rollback-deployment':
      return rollBack(state, settings, part)
    case 'redeploy':
      if (part !== 'profile' || state.rolledBackAt === null) return refused('nothing was rolled back there')
      state.leaks = true
      state.rolledBackAt = null
      replace(state, RESTART_S.profile)
      return done(`${action.target} gets the newer version again`)
    case 'scale-out':
      if (part !== 'profile') return done(`${action.target} has one instance more; it was not short of any`)
      if (state.extra >= EXTRA_MAX) return refused(`${action.target} has ${EXTRA_MAX} instances more already`)
      state.extra += 1
      return done(`${action.target} has one instance more; the leaking one leaks on`)
    case 'scale-in':
      if (part !== 'profile' || state.extra === 0) return refused('there is no instance to take away')
      state.extra -= 1
      return done(`${action.target} has one instance less`)
    default:
      return refused(`no action ${action.type}`)
  }
}

function restart(state: State, part: Part, name: string): Outcome {
  if (part === 'profile') {
    replace(state, RESTART_S.profile)
    return done(`the fullest instance of ${name} is drained and starts anew`)
  }
  state.downUntil[part] = state.second + 1 + RESTART_S[part]
  if (part === 'sessions') state.signingInUntil = state.second + 1 + RESTART_S[part] + SIGN_IN_S
  return done(`${name} restarts`)
}

function rollBack(state: State, settings: Settings, part: Part): Outcome {
  if (part === 'feed' && fullAtS(settings) !== null && settings.herringLeadS !== null) {
    state.downUntil.feed = state.second + 1 + ROLLBACK_S
    return done(`${settings.cast.feed} is replaced by its previous version`)
  }
  const deployed = settings.deployed && settings.onsetS !== null && state.second >= settings.onsetS
  if (part !== 'profile' || !deployed || state.rolledBackAt !== null)
    return refused('nothing was deployed there lately')
  state.leaks = false
  state.rolledBackAt = state.second
  replace(state, ROLLBACK_S)
  return done(`${settings.cast.profile} is replaced by its previous version, instance by instance`)
}
