/**
 * Seeded chance for stories. Each draw is a hash of (seed, name, second) and not the next number of a stream, so that
 * an action changes what it causes and nothing else: the noise of a signal at a second stays the same.
 */

/** A uniform number in [0, 1) for a seed, a name and a second. */
export function uniform(seed: number, name: string, second = 0): number {
  return scramble(seed, name, second) / 2 ** 32
}

/** A whole number in [low, high], both included. */
export function whole(seed: number, name: string, low: number, high: number): number {
  return low + Math.floor(uniform(seed, name) * (high - low + 1))
}

/** A number in [low, high). */
export function between(seed: number, name: string, low: number, high: number): number {
  return low + uniform(seed, name) * (high - low)
}

/** A roughly standard normal number (Irwin-Hall of four uniforms): mean 0, deviation 1, never beyond ±3.5. */
export function noise(seed: number, name: string, second: number): number {
  let sum = 0
  for (let part = 0; part < 4; part++) sum += uniform(seed, `${name}#${part}`, second)
  return (sum - 2) * Math.sqrt(3)
}

// FNV-1a over the name, then the finisher of MurmurHash3: enough to look random, 32 bits wide.
function scramble(seed: number, name: string, second: number): number {
  let hash = 0x811c9dc5 ^ Math.imul(seed | 0, 0x9e3779b1)
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193)
  hash ^= Math.imul(second | 0, 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
