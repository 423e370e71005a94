/**
 * Canonical JSON: keys sorted by code unit, no white space, `undefined` members left out. Numbers print as JavaScript
 * prints them (RFC 8785 does too); a number that is not finite throws, for it has no JSON.
 */
export function canonical(value: unknown): string {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`no canonical JSON for ${value}`)
    return JSON.stringify(value)
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item === undefined ? null : item)).join(',')}]`
  if (typeof value === 'object') {
    const record = value as Record<string, unknown>
    const members = Object.keys(record)
      .filter((key) => record[key] !== undefined)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonical(record[key])}`)
    return `{${members.join(',')}}`
  }
  throw new TypeError(`no canonical JSON for a ${typeof value}`)
}
