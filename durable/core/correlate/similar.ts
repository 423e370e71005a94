/** Two label sets that share so much of their union are about one thing; the figure is shown. */
export const SIMILAR_MIN = 0.6
/** Pairs that must be shared: two labels of three agree by chance. */
const SHARED_MIN = 3
/** Labels of one alert that are compared. */
const PAIRS_MAX = 32
/** These say how bad or who says so, not what it is. */
const NOT_IDENTITY: ReadonlySet<string> = new Set(['severity', 'priority', 'ic_cut', 'replica', 'prometheus'])

/** The labels that say what an alert is about, as sorted `name=value`. */
export function identityPairs(labels: Readonly<Record<string, string>>): string[] {
  return Object.entries(labels)
    .filter(([name]) => !NOT_IDENTITY.has(name))
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .slice(0, PAIRS_MAX)
}

/** Jaccard's index: shared pairs of all pairs, 0 to 1; 0 where too few are shared. */
export function similarity(a: readonly string[], b: readonly string[]): number {
  const other = new Set(b)
  const shared = a.filter((pair) => other.has(pair)).length
  if (shared < SHARED_MIN) return 0
  return shared / (a.length + b.length - shared)
}
