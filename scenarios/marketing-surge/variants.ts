import { whole } from '../prng.ts'
import { otherNames } from '../kit/names.ts'
import type { Variant } from '../kit/variants.ts'
import { CAST, type Part, type Settings } from './settings.ts'

const OTHER_NAMES: Record<Part, readonly string[]> = {
  landing: ['welcome', 'start-page', 'promo-site'],
  offers: ['deals', 'bargains', 'price-list'],
  images: ['media', 'pictures', 'thumbs'],
  db: ['deals-pg', 'catalog-store', 'items-db'],
  account: ['my-page', 'members', 'self-service'],
  mailer: ['newsletters', 'bulk-mail', 'outreach'],
}

/** The share of a flapping prober's requests that gets lost. */
const LOST_SHARE = 0.8

export const VARIANTS: Record<string, Variant<Settings>> = {
  healthy: {
    title: 'A calm hour: no wave, no alert',
    change: (settings) => ({ ...settings, waveS: null }),
  },
  'other-names': {
    title: 'The same wave in a company with other service names',
    change: (settings) => ({ ...settings, cast: otherNames(settings.seed, CAST, OTHER_NAMES) }),
  },
  'flapping-probe': {
    title: 'No wave: the prober loses its own requests, comes back, and loses them again',
    change: (settings) => ({
      ...settings,
      waveS: null,
      flapping: { fromS: whole(settings.seed, 'flaps', 200, 240), share: LOST_SHARE },
    }),
  },
}
