/** Digits that a reader can compare at a glance. */
const SIGNIFICANT = 3

const plain = new Intl.NumberFormat('en', { maximumSignificantDigits: SIGNIFICANT })
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat('en', { maximumSignificantDigits: SIGNIFICANT, notation: 'compact' })

/** A number as text; what is not known says so. */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return 'no data'
  const size = Math.abs(value)
  if (size >= 100_000) return short.format(value)
  return size >= 100 ? whole.format(value) : plain.format(value)
}

/** A number with its unit; a ratio is shown in per cent. */
export function measured(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return 'no data'
  if (unit === 'ratio' || unit === '1') return `${figure(value * 100)} %`
  return unit === '' ? figure(value) : `${figure(value)} ${unit}`
}

/** A parameter's value: a figure, or the word that it is. */
export function setting(value: number | string | undefined): string {
  return typeof value === 'string' ? value : figure(value)
}

/** Two decimals; a confidence is neither good nor bad. */
export function confidence(value: number | null): string {
  return value === null ? 'not settled' : value.toFixed(2)
}

/** `1 alert`, `3 alerts`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${whole.format(n)} ${n === 1 ? one : many}`
}

/** `9f3c51d0…a71e`: enough to compare by eye; the whole is in the title. */
export function shortDigest(digest: string): string {
  return digest.length <= 14 ? digest : `${digest.slice(0, 8)}…${digest.slice(-4)}`
}

/** `pool_limit` or `rollback-present` as words. */
export function words(name: string): string {
  return name.replaceAll(/[_-]+/g, ' ')
}

/** `a, b and c`. */
export function list(items: readonly string[]): string {
  return new Intl.ListFormat('en').format(items)
}
