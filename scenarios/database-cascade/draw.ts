import { PROMPT } from '../scenario.ts'
import { between, whole } from '../prng.ts'
import { advance } from './physics.ts'
import { CAST, type Settings } from './settings.ts'
import { beginWorld } from './state.ts'

/** Customers are turned away within this time of the smaller limit, in every seed, seconds. */
const TURNED_AWAY_S_MAX = 60

/** The story as a seed makes it. Ranges keep its truth: the old limit suffices, the new one does not. */
export function settingsOf(seed: number): Settings {
  const onsetS = whole(seed, 'onset', 200, 245)
  const calm: Settings = {
    seed,
    cast: CAST,
    onsetS,
    limitFrom: 40,
    limitTo: whole(seed, 'limit', 22, 24),
    needed: between(seed, 'needed', 27.5, 30),
    checkoutPerS: between(seed, 'checkout', 55, 70),
    historyPerS: between(seed, 'history', 15, 22),
    herring: null,
    dbOthers: 12,
    dbLimit: 100,
    parksAfterS: null,
    lostCalls: null,
    laterFix: null,
    rules: {
      checkout: { meanS: 1, forS: 15, keepS: 15 },
      storefront: { meanS: 1, forS: 25, keepS: 15 },
      search: { meanS: 1, forS: 15, keepS: 15 },
    },
    endpoint: PROMPT,
  }
  return {
    ...calm,
    herring: {
      deployS: onsetS - whole(seed, 'lead', 25, 60),
      // The warm-up ends just as the first customers are turned away: that is what makes it tempting.
      warmS: turnedAwayS(calm, onsetS) - 2,
      cpu: between(seed, 'cpu', 0.28, 0.36),
    },
  }
}

/** The second in which the first customers give up in the queue. */
function turnedAwayS(settings: Settings, onsetS: number): number {
  const world = beginWorld(settings)
  while (world.second < onsetS + TURNED_AWAY_S_MAX && world.failed < 0.02) advance(world, settings)
  return world.second
}
