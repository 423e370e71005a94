import { otherNames } from '../kit/names.ts'
import type { Variant } from '../kit/variants.ts'
import { CAST, type Part, type Settings } from './settings.ts'

const OTHER_NAMES: Record<Part, readonly string[]> = {
  app: ['edge-api', 'client-front', 'bff'],
  profile: ['accounts', 'members', 'people'],
  sessions: ['token-cache', 'login-state', 'tickets'],
  db: ['member-pg', 'account-store', 'directory-db'],
  desk: ['helpdesk', 'back-office', 'agents-ui'],
  feed: ['stories', 'timeline', 'headlines'],
  features: ['story-ranks', 'signals', 'vectors'],
}

export const VARIANTS: Record<string, Variant<Settings>> = {
  healthy: {
    title: 'A calm hour: nothing leaks, nothing is deployed',
    change: (settings) => ({ ...settings, onsetS: null }),
  },
  'other-names': {
    title: 'The same leak in a company with other service names',
    change: (settings) => ({ ...settings, cast: otherNames(settings.seed, CAST, OTHER_NAMES) }),
  },
  deployed: {
    title: 'A deploy began the leak: rolling it back ends it',
    change: (settings) => ({ ...settings, deployed: true }),
  },
  'not-deployed': {
    title: 'No deploy began it: a restart is all there is, and it helps for a while',
    change: (settings) => ({ ...settings, deployed: false }),
  },
  'answer-withheld': {
    title: 'The action takes effect, but its answer never comes',
    change: (settings) => ({ ...settings, endpoint: { ...settings.endpoint, withholdAnswer: true } }),
  },
}
