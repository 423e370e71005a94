import type { Instant } from '../protocol/domain.ts'

export type Sample = [at: Instant, value: number]

/** Samples sorted by time, one per instant; of two at the same instant the one that came later counts. */
export function merge(known: readonly Sample[], said: readonly Sample[]): Sample[] {
  const last = known.at(-1)
  const first = said[0]
  // The common case: everything new is newer, and in order.
  if (last && first && first[0] > last[0] && said.every(([at], i) => i === 0 || at > (said[i - 1]?.[0] ?? at)))
    return [...known, ...said]
  const byTime = new Map<Instant, number>(known)
  for (const [at, value] of said) byTime.set(at, value)
  return [...byTime].sort(([a], [b]) => a - b)
}

/** Pairs of float64: 16 bytes a sample. Instants are exact, they stay under 2^53. */
export function pack(samples: readonly Sample[]): ArrayBuffer {
  const numbers = new Float64Array(samples.length * 2)
  for (const [index, [at, value]] of samples.entries()) numbers.set([at, value], index * 2)
  return numbers.buffer
}

export function unpack(bytes: ArrayBuffer): Sample[] {
  const numbers = new Float64Array(bytes)
  const samples: Sample[] = []
  for (let index = 0; index + 1 < numbers.length; index += 2) {
    const [at, value] = [numbers[index], numbers[index + 1]]
    if (at !== undefined && value !== undefined) samples.push([at, value])
  }
  return samples
}
