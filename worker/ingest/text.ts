/** A value as text where it has one: text, numbers and booleans, well-formed and trimmed; null for anything else and for "". */
export function textIn(value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'string') return null
  const text = value.trim().toWellFormed()
  return text === '' ? null : text
}

/** The first of an object's own members that has a text. */
export function firstText(object: Record<string, unknown>, names: readonly string[]): string | null {
  for (const name of names) {
    const text = Object.hasOwn(object, name) ? textIn(object[name]) : null
    if (text !== null) return text
  }
  return null
}
