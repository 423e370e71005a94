/** 97.5 % point of the standard normal: 95 % intervals. */
const Z = 1.96

export interface Share {
  k: number
  n: number
  /** 95 % interval by Wilson (1927). */
  low: number
  high: number
}

export function share(k: number, n: number): Share {
  if (n === 0) return { k, n, low: 0, high: 1 }
  const p = k / n
  const middle = (p + Z ** 2 / (2 * n)) / (1 + Z ** 2 / n)
  const half = (Z / (1 + Z ** 2 / n)) * Math.sqrt((p * (1 - p)) / n + Z ** 2 / (4 * n ** 2))
  return { k, n, low: k === 0 ? 0 : Math.max(0, middle - half), high: k === n ? 1 : Math.min(1, middle + half) }
}

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`

/** `12/40 (30.0 %, 18.1–45.4)`. */
export function shareText({ k, n, low, high }: Share): string {
  if (n === 0) return 'no data'
  return `${k}/${n} (${percent(k / n)}, ${(100 * low).toFixed(1)}–${(100 * high).toFixed(1)})`
}

/** The q-quantile of some values, nearest rank; null without any. */
export function quantile(values: readonly number[], q: number): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? null
}

export interface Forecasted {
  confidence: number
  true: boolean
}

/** Mean squared distance of confidence and truth; null without any. */
export function brier(said: readonly Forecasted[]): number | null {
  if (said.length === 0) return null
  return said.reduce((sum, one) => sum + (one.confidence - Number(one.true)) ** 2, 0) / said.length
}

/** Expected calibration error over ten equal bins; null without any. */
export function ece(said: readonly Forecasted[]): number | null {
  if (said.length === 0) return null
  const bins = Map.groupBy(said, ({ confidence }) => Math.min(9, Math.floor(confidence * 10)))
  let sum = 0
  for (const some of bins.values()) {
    const confidence = some.reduce((total, one) => total + one.confidence, 0) / some.length
    const right = some.filter((one) => one.true).length / some.length
    sum += (some.length / said.length) * Math.abs(confidence - right)
  }
  return sum
}
