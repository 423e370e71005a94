import { between, whole } from '../prng.ts'
import { PROMPT, type EndpointBehaviour } from '../scenario.ts'

/** The parts that services play in this story; a seed or a variant may give them other names. */
export type Part = 'site' | 'booking' | 'pricing' | 'seats' | 'db' | 'partners' | 'reports'
export type Cast = Record<Part, string>

export const CAST: Cast = {
  site: 'ticket-site',
  booking: 'booking',
  pricing: 'pricing',
  seats: 'seat-map',
  db: 'ticket-db',
  partners: 'partner-api',
  reports: 'sales-reports',
}

/** Instances of the service that is deployed; they are replaced one by one. */
export const INSTANCES = 4

/** All that a seed or a variant may change. Seconds are scenario seconds since the start of the story. */
export interface Settings {
  seed: number
  cast: Cast
  /** whose new version it is. */
  deployed: 'pricing' | 'seats'
  /** when the first instance runs the new version; null in a calm hour. */
  onsetS: number | null
  /** false: the deploy system says nothing. */
  told: boolean
  /** seconds from one instance to the next. */
  stepS: number
  /** what the new version does: share of requests that fail, times as slow, times the queries it sends. */
  fails: number
  slower: number
  queries: number
  bookingsPerS: number
  /** when somebody changes a harmless setting of the booking service, seconds after the onset; null: nobody does. */
  tunedAfterS: number | null
  endpoint: EndpointBehaviour
}

/** The story as a seed makes it. Ranges keep its truth: the new version fails, and nothing else is near its limit. */
export function settingsOf(seed: number): Settings {
  return {
    seed,
    cast: CAST,
    deployed: whole(seed, 'deployed', 0, 1) === 0 ? 'pricing' : 'seats',
    onsetS: whole(seed, 'onset', 200, 245),
    told: true,
    stepS: whole(seed, 'step', 3, 8),
    fails: between(seed, 'fails', 0.14, 0.34),
    slower: between(seed, 'slower', 1.6, 3.2),
    queries: between(seed, 'queries', 1.3, 1.9),
    bookingsPerS: between(seed, 'bookings', 60, 95),
    tunedAfterS: whole(seed, 'tuned', 14, 26),
    endpoint: PROMPT,
  }
}
