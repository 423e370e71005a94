/**
 * The seeded generator: the only place with chance. The same seed gives the same numbers for ever, so that a test world
 * or a failing seed can be played again. mulberry32 (Tommy Ettinger, public domain): 32 bits of state, good enough for
 * noise and choices, never for secrets.
 */
export interface Prng {
  /** uniform in [0, 1). */
  next(): number
  /** a whole number in [from, to], both ends included. */
  whole(from: number, to: number): number
  /** standard normal, by Box and Muller. */
  normal(): number
}

/** A generator for a seed; only the seed's low 32 bits count. */
export function prng(seed: number): Prng {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    next,
    whole: (from, to) => from + Math.floor(next() * (to - from + 1)),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  }
}
