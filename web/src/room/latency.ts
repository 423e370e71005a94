/** Samples the shown round trip is the median of. */
export const RTT_SAMPLES_MAX = 5

/** The median of the last few round trips in ms; null before the first. */
export class Latency {
  private readonly samples: number[] = []

  add(ms: number): void {
    this.samples.push(ms)
    if (this.samples.length > RTT_SAMPLES_MAX) this.samples.shift()
  }

  median(): number | null {
    const sorted = [...this.samples].sort((a, b) => a - b)
    if (sorted.length === 0) return null
    const middle = sorted.length >> 1
    const high = sorted[middle] ?? 0
    return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? high) + high) / 2
  }
}
