import type { Action } from '../../durable/protocol/domain.ts'
import { done, type Outcome, refused } from '../kit/outcome.ts'
import type { State } from './physics.ts'
import type { Settings } from './settings.ts'
import { PARTS } from './world.ts'

/** How long a restart takes, how long its caches stay cold, and how long a database copies itself, seconds. */
const RESTART_S = 15
const COLD_S = 120
const COPY_S = 240

/** What an action does to the world from the next second on. Nothing needs one; each of them hurts. */
export function applyAction(state: State, settings: Settings, action: Action): Outcome {
  const part = PARTS.find((candidate) => settings.cast[candidate] === action.target)
  if (part === undefined) return refused(`no service ${action.target}`)
  switch (action.type) {
    case 'rollback-deployment':
      if (part !== 'landing' || state.offline) return refused('nothing was changed there lately')
      state.offline = true
      return done('the sale is offline')
    case 'redeploy':
      if (part !== 'landing' || !state.offline) return refused('nothing was rolled back there')
      state.offline = false
      return done('the sale is online again')
    case 'restart-instance':
      state.downUntil[part] = state.second + 1 + RESTART_S
      state.coldUntil[part] = state.second + 1 + RESTART_S + COLD_S
      return done(`${action.target} restarts`)
    case 'scale-out':
      if (part !== 'db') return done(`${action.target} has one instance more; it was not short of any`)
      state.copyingUntil = state.second + 1 + COPY_S
      return done(`${action.target} copies itself for a further replica`)
    case 'scale-in':
      return done(`${action.target} has one instance less`)
    default:
      return refused(`no action ${action.type}`)
  }
}
