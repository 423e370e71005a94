import { between, whole } from '../prng.ts'
import { PROMPT, type EndpointBehaviour } from '../scenario.ts'

/** The parts that services play in this story; a seed or a variant may give them other names. */
export type Part = 'landing' | 'offers' | 'images' | 'db' | 'account' | 'mailer'
export type Cast = Record<Part, string>

export const CAST: Cast = {
  landing: 'landing-page',
  offers: 'offers-api',
  images: 'image-proxy',
  db: 'offers-db',
  account: 'account-page',
  mailer: 'campaign-mailer',
}

/** All that a seed or a variant may change. Seconds are scenario seconds since the start of the story. */
export interface Settings {
  seed: number
  cast: Cast
  /** when the mail reaches people; null: no wave. */
  waveS: number | null
  /** times as many visitors at its height, seconds to get there and seconds that it lasts. */
  times: number
  risesS: number
  lastsS: number
  visitsPerS: number
  /** a prober whose own requests get lost on their way: from when on, and the share that does; null: it has none. */
  flapping: { fromS: number; share: number } | null
  endpoint: EndpointBehaviour
}

/** The story as a seed makes it. Ranges keep its truth: at its height everything stays well within what is promised. */
export function settingsOf(seed: number): Settings {
  return {
    seed,
    cast: CAST,
    waveS: whole(seed, 'wave', 195, 240),
    times: between(seed, 'times', 1.7, 2.3),
    risesS: whole(seed, 'rises', 10, 30),
    lastsS: whole(seed, 'lasts', 360, 520),
    visitsPerS: between(seed, 'visits', 70, 110),
    flapping: null,
    endpoint: PROMPT,
  }
}
