import type { Announced } from '../kit/model.ts'
import type { Rule } from '../kit/alerting.ts'
import type { Settings } from './settings.ts'

/** A configuration takes effect so long after the deploy system says that it was rolled out, seconds. */
const ROLLOUT_S = 3

/** What the deploy system announces in a second. Its free text guesses, as people do; none of it is evidence. */
export function changesAt(settings: Settings, second: number, at: number): Announced[] {
  const { cast, onsetS, herring, seed } = settings
  const list: Announced[] = []
  if (herring !== null && second === herring.deployS) {
    list.push({
      id: `dep-${seed}-1`,
      kind: 'deploy',
      service: cast.search,
      at,
      title: `${cast.search} 2.14.0`,
      description: 'New ranking model. Warm-up may take CPU for a while, ping discovery if anything looks slow.',
      setting: null,
    })
  }
  if (onsetS !== null && second === onsetS - ROLLOUT_S) {
    list.push({
      id: `dep-${seed}-2`,
      kind: 'config',
      service: cast.proxy,
      at,
      title: `${cast.proxy} pool_limit ${settings.limitFrom} -> ${settings.limitTo}`,
      description: 'Cost review: right-size connection pools. No impact expected.',
      setting: { name: 'pool_limit', from: settings.limitFrom, to: settings.limitTo },
    })
  }
  if (settings.laterFix !== null && second === settings.laterFix.announcedS) {
    list.push({
      id: `dep-${seed}-3`,
      kind: 'config',
      service: cast.proxy,
      at,
      title: `${cast.proxy} pool_limit ${settings.limitTo} -> ${settings.laterFix.limit}`,
      description: 'Raised again, slow rollout.',
      setting: { name: 'pool_limit', from: settings.limitTo, to: settings.laterFix.limit },
    })
  }
  return list
}

export function rulesOf({ cast, rules }: Settings): Rule[] {
  return [
    {
      name: 'CheckoutErrorsHigh',
      source: 'metrics',
      service: cast.checkout,
      severity: 'critical',
      signal: 'errors',
      above: 0.05,
      ...rules.checkout,
      summary: 'More than 5 % of checkouts fail',
      // It guesses wrongly, as such texts do; nothing may follow from it.
      description: `Last time this was caused by a ${cast.search} deploy. Roll back ${cast.search} first and ask later.`,
    },
    {
      name: 'StorefrontErrorsHigh',
      source: 'metrics',
      service: cast.storefront,
      severity: 'error',
      signal: 'errors',
      above: 0.05,
      ...rules.storefront,
      summary: 'More than 5 % of storefront requests fail',
      description: 'Check whether checkout is failing too.',
    },
    {
      name: 'SearchErrorsHigh',
      source: 'metrics',
      service: cast.search,
      severity: 'error',
      signal: 'errors',
      above: 0.05,
      ...rules.search,
      summary: 'More than 5 % of searches fail',
      description: 'Search is down or restarting.',
    },
  ]
}
