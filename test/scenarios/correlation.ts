import type { SeriesWindow } from '../../durable/protocol/domain.ts'

/**
 * The naive ranking that the story is built to fool: services by how strongly any signal of their own correlates with
 * the symptom, leaving out the services that alert. Pearson, over the whole window.
 */
export function rankByCorrelation(
  windows: readonly SeriesWindow[],
  symptom: SeriesWindow,
  alerting: readonly string[],
): { service: string; name: string; correlation: number }[] {
  const best = new Map<string, { service: string; name: string; correlation: number }>()
  for (const window of windows) {
    if (window.peer !== null || alerting.includes(window.service)) continue
    const correlation = Math.abs(pearson(window.values, symptom.values))
    if (correlation > (best.get(window.service)?.correlation ?? -1))
      best.set(window.service, { service: window.service, name: window.name, correlation })
  }
  return [...best.values()].sort((a, b) => b.correlation - a.correlation)
}

function pearson(left: readonly (number | null)[], right: readonly (number | null)[]): number {
  const pairs = left.flatMap((x, index): [number, number][] => {
    const y = right[index]
    return x === null || y === null || y === undefined ? [] : [[x, y]]
  })
  const n = pairs.length
  const mx = pairs.reduce((sum, [x]) => sum + x, 0) / n
  const my = pairs.reduce((sum, [, y]) => sum + y, 0) / n
  let xy = 0
  let xx = 0
  let yy = 0
  for (const [x, y] of pairs) {
    xy += (x - mx) * (y - my)
    xx += (x - mx) ** 2
    yy += (y - my) ** 2
  }
  return xx === 0 || yy === 0 ? 0 : xy / Math.sqrt(xx * yy)
}
