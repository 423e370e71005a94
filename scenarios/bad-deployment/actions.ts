import type { Action } from '../../durable/protocol/domain.ts'
import { done, type Outcome, refused } from '../kit/outcome.ts'
import type { State } from './physics.ts'
import { INSTANCES, type Part, type Settings } from './settings.ts'
import { PARTS } from './world.ts'

/** How long a restart takes, by what restarts, seconds. */
const RESTART_S: Record<Part, number> = {
  site: 15,
  booking: 30,
  pricing: 20,
  seats: 20,
  db: 90,
  partners: 10,
  reports: 10,
}
/** How long a further replica is copied, seconds. */
const COPY_S = 240
const EXTRA_MAX = 4

/** What an action does to the world from the next second on. What it does not know it leaves alone and says so. */
export function applyAction(state: State, settings: Settings, action: Action): Outcome {
  const part = PARTS.find((candidate) => settings.cast[candidate] === action.target)
  if (part === undefined) return refused(`no service ${action.target}`)
  switch (action.type) {
    case 'rollback-deployment':
      if (part !== settings.deployed || state.wanted === 'old') return refused('nothing was deployed there lately')
      state.wanted = 'old'
      return done(`${INSTANCES} instances of ${action.target} go back to the version before`)
    case 'redeploy':
      if (part !== settings.deployed || settings.onsetS === null || state.second < settings.onsetS)
        return refused('nothing was rolled back there')
      state.wanted = 'new'
      return done(`${action.target} gets the newer version again`)
    case 'restart-instance':
      state.downUntil[part] = state.second + 1 + RESTART_S[part]
      return done(`${action.target} restarts`)
    case 'scale-out':
      if (part === 'db') {
        state.copyingUntil = state.second + 1 + COPY_S
        return done(`${action.target} copies itself for a further replica`)
      }
      if (part !== settings.deployed) return done(`${action.target} has one instance more; it was not short of any`)
      if (state.extra >= EXTRA_MAX) return refused(`${action.target} has ${EXTRA_MAX} instances more already`)
      state.extra += 1
      return done(`${action.target} has one instance more, of the version it runs`)
    case 'scale-in':
      if (part !== settings.deployed || state.extra === 0) return refused('there is no instance to take away')
      state.extra -= 1
      return done(`${action.target} has one instance less`)
    default:
      return refused(`no action ${action.type}`)
  }
}
