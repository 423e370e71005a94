/** How numbers stand in sentences. Every figure is followed by its unit; ratios read as per cent. */

/** A level of a series: three significant digits, ratios as per cent. */
export function levelText(value: number, unit: string): string {
  if (unit === 'ratio') return `${significant(value * 100)} %`
  return unit === '' ? significant(value) : `${significant(value)} ${unit}`
}

export function significant(value: number): string {
  if (value === 0) return '0'
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  return String(Number(value.toFixed(Math.min(6, digits))))
}

/** A duration as people say it: `40 s`, `3 min`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1_000)
  return Math.abs(seconds) < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}

/** `a`, `a and b`, `a, b and c`; beyond `max` the rest is counted. */
export function listText(words: readonly string[], max = 4): string {
  const shown = words.length > max ? [...words.slice(0, max - 1), `${words.length - max + 1} more`] : [...words]
  const last = shown.pop()
  if (last === undefined) return ''
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`
}

/** Words of a signal or setting name: `pool_limit` and `poolLimit` both speak of `pool` and `limit`. */
export function tokensOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((token) => token !== '')
}
