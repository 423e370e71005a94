/** The form of an answer: the part of JSON Schema that every model understands, and the same thing checks what comes back. */
export type Shape =
  | { type: 'string'; enum?: readonly string[]; maxLength?: number; description?: string }
  | { type: 'array'; items: Shape; maxItems?: number; description?: string }
  | ObjectShape

export interface ObjectShape {
  type: 'object'
  properties: Readonly<Record<string, Shape>>
  required: readonly string[]
  additionalProperties: false
  description?: string
}

/** An object of which every member is required. */
export function object(properties: Readonly<Record<string, Shape>>): ObjectShape {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false }
}

/** A value with the members of its shape and no other, or the place that does not fit. */
export type Fitted = { ok: true; value: unknown } | { ok: false; at: string; says: string }

/**
 * Holds a value from outside against a shape. Members that the shape does not name are left out of the value and not of the
 * count of its faults: a model that adds a confidence is read without it.
 */
export function fit(shape: Shape, value: unknown, at = 'answer'): Fitted {
  switch (shape.type) {
    case 'string': {
      if (typeof value !== 'string') return no(at, 'must be a text')
      if (shape.enum && !shape.enum.includes(value)) return no(at, `must be one of ${shape.enum.join(', ')}`)
      if (shape.maxLength !== undefined && value.length > shape.maxLength)
        return no(at, `must not be longer than ${shape.maxLength}`)
      return { ok: true, value: value.toWellFormed() }
    }
    case 'array': {
      if (!Array.isArray(value)) return no(at, 'must be a list')
      if (shape.maxItems !== undefined && value.length > shape.maxItems)
        return no(at, `must not hold more than ${shape.maxItems}`)
      const items: unknown[] = []
      for (const [index, item] of value.entries()) {
        const fitted = fit(shape.items, item, `${at}[${index}]`)
        if (!fitted.ok) return fitted
        items.push(fitted.value)
      }
      return { ok: true, value: items }
    }
    case 'object': {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return no(at, 'must be an object')
      const clean: Record<string, unknown> = {}
      for (const [name, member] of Object.entries(shape.properties)) {
        if (!Object.hasOwn(value, name)) {
          if (shape.required.includes(name)) return no(`${at}.${name}`, 'is missing')
          continue
        }
        const fitted = fit(member, (value as Record<string, unknown>)[name], `${at}.${name}`)
        if (!fitted.ok) return fitted
        clean[name] = fitted.value
      }
      return { ok: true, value: clean }
    }
    default:
      return shape satisfies never
  }
}

function no(at: string, says: string): Fitted {
  return { ok: false, at, says }
}

/** The same shape without bounds on length: native JSON schemas refuse those words. They still hold for what comes back. */
export function unbounded(shape: Shape): Shape {
  switch (shape.type) {
    case 'string': {
      const { maxLength: _, ...rest } = shape
      return rest
    }
    case 'array': {
      const { maxItems: _, items, ...rest } = shape
      return { ...rest, items: unbounded(items) }
    }
    case 'object': {
      const members = Object.entries(shape.properties).map(([name, member]) => [name, unbounded(member)] as const)
      return { ...shape, properties: Object.fromEntries(members) }
    }
    default:
      return shape satisfies never
  }
}
