import { between, whole } from '../prng.ts'
import { PROMPT, type EndpointBehaviour } from '../scenario.ts'

/** The parts that services play in this story; a seed or a variant may give them other names. */
export type Part = 'app' | 'profile' | 'sessions' | 'db' | 'desk' | 'feed' | 'features'
export type Cast = Record<Part, string>

export const CAST: Cast = {
  app: 'mobile-gateway',
  profile: 'profile-api',
  sessions: 'session-store',
  db: 'profile-db',
  desk: 'support-desk',
  feed: 'news-feed',
  features: 'feed-features',
}

/** Instances of the profile service; one of them leaks. */
export const INSTANCES = 3
/** Memory that an instance may use, MiB, and what a healthy one needs of it. */
export const LIMIT_MIB = 2_048
export const BASE_SHARE = 0.42

/** All that a seed or a variant may change. Seconds are scenario seconds since the start of the story. */
export interface Settings {
  seed: number
  cast: Cast
  /** when the leak begins; null in a calm hour. */
  onsetS: number | null
  /** whether a deploy of the profile service began it; else it is the data of one large customer. */
  deployed: boolean
  /** share of the limit that leaks a second. */
  leakPerS: number
  /** share of the limit that each killed worker gives back. */
  killFrees: number
  /** how badly a full instance answers: share that fails, times as slow. */
  fails: number
  slower: number
  visitsPerS: number
  /** a deploy of the feed, which stands apart, so many seconds before the first kill is due; null: none. */
  herringLeadS: number | null
  endpoint: EndpointBehaviour
}

/** The story as a seed makes it. Ranges keep its truth: the leaking instance alone fails, and a restart gives all back. */
export function settingsOf(seed: number): Settings {
  return {
    seed,
    cast: CAST,
    onsetS: whole(seed, 'onset', 195, 235),
    deployed: whole(seed, 'deployed', 0, 2) === 0,
    leakPerS: between(seed, 'leak', 0.0026, 0.0038),
    killFrees: between(seed, 'frees', 0.08, 0.12),
    fails: between(seed, 'fails', 0.34, 0.46),
    slower: between(seed, 'slower', 4, 7),
    visitsPerS: between(seed, 'visits', 80, 120),
    herringLeadS: whole(seed, 'herring', 20, 50),
    endpoint: PROMPT,
  }
}

/** When the leaking instance is first full: what it needs and what leaks add up to the limit. */
export function fullAtS({ onsetS, leakPerS }: Settings): number | null {
  return onsetS === null ? null : onsetS + Math.ceil((1 - BASE_SHARE) / leakPerS)
}
