import { otherNames } from '../kit/names.ts'
import type { Variant } from '../kit/variants.ts'
import { CAST, type Part, type Settings } from './settings.ts'

const OTHER_NAMES: Record<Part, readonly string[]> = {
  site: ['fare-web', 'kiosk', 'counter'],
  booking: ['reservations', 'order-desk', 'cart'],
  pricing: ['fares', 'tariffs', 'quotes'],
  seats: ['allocations', 'inventory', 'places'],
  db: ['main-pg', 'core-store', 'ledger'],
  partners: ['resellers', 'b2b-gate', 'affiliates'],
  reports: ['insights', 'month-end', 'numbers'],
}

export const VARIANTS: Record<string, Variant<Settings>> = {
  healthy: {
    title: 'A calm hour: nothing is deployed, nothing breaks',
    change: (settings) => ({ ...settings, onsetS: null }),
  },
  'other-names': {
    title: 'The same deploy in a company with other service names',
    change: (settings) => ({ ...settings, cast: otherNames(settings.seed, CAST, OTHER_NAMES) }),
  },
  'silent-deploy': {
    title: 'The deploy system says nothing of the new version: one source alone speaks',
    change: (settings) => ({ ...settings, told: false }),
  },
  'answer-withheld': {
    title: 'The action takes effect, but its answer never comes',
    change: (settings) => ({ ...settings, endpoint: { ...settings.endpoint, withholdAnswer: true } }),
  },
}
