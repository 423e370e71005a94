import { whole } from '../prng.ts'

/** Other names for the same parts, drawn by the seed, to show that no engine knows a story by heart. */
export function otherNames<P extends string>(
  seed: number,
  cast: Record<P, string>,
  others: Record<P, readonly string[]>,
): Record<P, string> {
  const pick = (part: P): string => {
    const names = others[part]
    return names[whole(seed, `name/${part}`, 0, names.length - 1)] ?? cast[part]
  }
  return Object.fromEntries((Object.keys(cast) as P[]).map((part) => [part, pick(part)])) as Record<P, string>
}
