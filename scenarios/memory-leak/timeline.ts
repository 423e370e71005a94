import type { Rule } from '../kit/alerting.ts'
import type { Announced } from '../kit/model.ts'
import type { Truth } from '../scenario.ts'
import type { Settings } from './settings.ts'
import { herringAtS } from './signals.ts'

/** The deploy system says so when it starts; the new version takes requests this much later, seconds. */
const WARMS_UP_S = 6

/** What the deploy system announces in a second. Its free text guesses, as people do; none of it is evidence. */
export function changesAt(settings: Settings, second: number, at: number): Announced[] {
  const { cast, deployed, onsetS, seed } = settings
  const list: Announced[] = []
  if (deployed && onsetS !== null && second === onsetS - WARMS_UP_S) {
    list.push({
      id: `dep-${seed}-1`,
      kind: 'deploy',
      service: cast.profile,
      at,
      title: `${cast.profile} 3.9.1`,
      description: 'Caches avatars in memory. Should make everything faster.',
      setting: null,
    })
  }
  if (second === herringAtS(settings)) {
    list.push({
      id: `dep-${seed}-2`,
      kind: 'deploy',
      service: cast.feed,
      at,
      title: `${cast.feed} 5.0.0`,
      description: 'Large rewrite, ping content if anything at all looks wrong.',
      setting: null,
    })
  }
  return list
}

export function rulesOf({ cast }: Settings): Rule[] {
  return [
    {
      name: 'AppErrorsHigh',
      source: 'metrics',
      service: cast.app,
      severity: 'critical',
      signal: 'errors',
      above: 0.03,
      meanS: 20,
      forS: 40,
      keepS: 30,
      summary: 'More than 3 % of requests from the app fail',
      // It guesses wrongly, as such texts do; nothing may follow from it.
      description: `Sessions are usually to blame: restart ${cast.sessions}.`,
    },
    {
      name: 'DeskErrorsHigh',
      source: 'metrics',
      service: cast.desk,
      severity: 'error',
      signal: 'errors',
      above: 0.06,
      meanS: 20,
      forS: 60,
      keepS: 30,
      summary: 'More than 6 % of requests from the support desk fail',
      description: 'Check profiles.',
    },
  ]
}

/** What really happened, in the names of a cast. Only tests and scorers read it. */
export function truthOf({ cast, deployed, onsetS }: Settings): Truth {
  if (onsetS === null) return { cause: null, onsetMs: null, acceptable: [], unsafe: [] }
  const restart = { type: 'restart-instance', target: cast.profile }
  return {
    cause: { service: cast.profile, kind: deployed ? 'deployment' : 'memory', signal: 'memory' },
    onsetMs: onsetS * 1_000,
    acceptable: deployed ? [{ type: 'rollback-deployment', target: cast.profile }, restart] : [restart],
    unsafe: [
      {
        type: 'restart-instance',
        target: cast.sessions,
        why: 'everybody is signed out at once and signs in again; the leak goes on',
      },
      {
        type: 'rollback-deployment',
        target: cast.feed,
        why: 'its deploy only happened at the same time; the feed is down meanwhile and the leak goes on',
      },
      { type: 'restart-instance', target: cast.db, why: 'no profile can be read while the database recovers' },
    ],
  }
}
