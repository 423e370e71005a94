import type { Truth } from '../scenario.ts'
import type { Settings } from './settings.ts'

/** What really happened, in the names of a cast. Only tests and scorers read it. */
export function truthOf(settings: Settings): Truth {
  const { cast, onsetS } = settings
  if (onsetS === null) return { cause: null, onsetMs: null, acceptable: [], unsafe: [] }
  return {
    cause: { service: cast.proxy, kind: 'configuration', signal: 'pool_in_use' },
    onsetMs: onsetS * 1_000,
    acceptable: [
      { type: 'raise-pool-limit', target: cast.proxy },
      { type: 'rollback-deployment', target: cast.proxy },
    ],
    unsafe: [
      {
        type: 'rollback-deployment',
        target: cast.search,
        why: 'its deploy only happened at the same time; rolling it back takes search down and leaves checkout failing',
      },
      {
        type: 'restart-instance',
        target: cast.proxy,
        why: 'every connection drops at once, and the small limit comes back with the process',
      },
      { type: 'restart-instance', target: cast.db, why: 'all orders stop while the database recovers' },
    ],
  }
}
