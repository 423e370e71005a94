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
  // Plain loops: every event of every room and every label set goes through here.
  if (Array.isArray(value)) {
    let items = ''
    for (const item of value as unknown[])
      items += (items === '' ? '' : ',') + canonical(item === undefined ? null : item)
    return `[${items}]`
  }
  if (typeof value === 'object') {
    const record = value as Record<string, unknown>
    let members = ''
    for (const key of Object.keys(record).sort()) {
      const member = record[key]
      if (member !== undefined) members += `${members === '' ? '' : ','}${JSON.stringify(key)}:${canonical(member)}`
    }
    return `{${members}}`
  }
  throw new TypeError(`no canonical JSON for a ${typeof value}`)
}
