/** The nearest-rank percentile of unordered values; NaN of none. */
export function percentile(values: number[], share: number): number {
  const ordered = values.toSorted((a, b) => a - b)
  return ordered[Math.min(ordered.length - 1, Math.ceil(share * ordered.length) - 1)] ?? Number.NaN
}

/** `name  p50 1.2 ms  p99 3.4 ms  n 100`; a figure without values reads `no data`. */
export function line(name: string, valuesMs: number[]): string {
  if (valuesMs.length === 0) return `${name.padEnd(44)} no data`
  const figure = (share: number) => `${percentile(valuesMs, share).toFixed(1)} ms`.padStart(12)
  return `${name.padEnd(44)} p50 ${figure(0.5)}  p99 ${figure(0.99)}  n ${valuesMs.length}`
}
