import {
  type Member,
  type Problem,
  type Service,
  type Shape,
  isFields,
  membersOf,
  patternOf,
  shapeOf,
} from './model.ts'

/** How a timestamp without a format of its own travels: seconds in JSON, text in a query or XML. */
export type Times = 'unixTimestamp' | 'iso8601'

/**
 * What the model has against a value, as it travels in JSON: blobs are base64, times are seconds or ISO text. A null
 * member is an absent one. No answer means that AWS's published model allows it.
 */
export function problemsOf(service: Service, name: string, value: unknown, times: Times, at = ''): Problem[] {
  const shape = shapeOf(service, name)
  const say = (rule: string, detail: string): Problem[] => [{ at: at === '' ? '/' : at, rule, detail }]
  const inner = (member: Member, held: unknown, key: string | number) =>
    problemsOf(service, member.shape, held, times, `${at}/${key}`)
  if (shape.document) return []
  switch (shape.type) {
    case 'structure':
      return isFields(value)
        ? [...structure(shape, value, say), ...held(shape, value, inner)]
        : say('type', 'no object')
    case 'list': {
      if (!Array.isArray(value)) return say('type', 'no list')
      const of = shape.member
      return [
        ...bounds(shape, value.length, say),
        ...value.flatMap((item, index) => (of ? inner(of, item, index) : [])),
      ]
    }
    case 'map': {
      if (!isFields(value)) return say('type', 'no map')
      const { key, value: of } = shape
      return [
        ...bounds(shape, Object.keys(value).length, say),
        ...Object.entries(value).flatMap(([word, item]) => [
          ...(key ? inner(key, word, word) : []),
          ...(of ? inner(of, item, word) : []),
        ]),
      ]
    }
    case 'string':
      return typeof value === 'string' ? text(shape, value, say) : say('type', 'no text')
    case 'blob':
      return typeof value === 'string' && isBase64(value)
        ? bounds(shape, Buffer.from(value, 'base64').length, say)
        : say('type', 'no base64')
    case 'boolean':
      return typeof value === 'boolean' ? [] : say('type', 'neither true nor false')
    case 'integer':
    case 'long':
      return Number.isSafeInteger(value) ? bounds(shape, Number(value), say) : say('type', 'no whole number')
    case 'float':
    case 'double':
      return typeof value === 'number' && Number.isFinite(value) ? bounds(shape, value, say) : say('type', 'no number')
    case 'timestamp':
      return isTime(value, shape.timestampFormat ?? times) ? [] : say('type', 'no time in its format')
  }
}

type Say = (rule: string, detail: string) => Problem[]

function structure(shape: Shape, value: Record<string, unknown>, say: Say): Problem[] {
  const present = membersOf(shape).filter(([name]) => value[name] !== undefined && value[name] !== null)
  const names = new Set(present.map(([name]) => name))
  const unknown = Object.keys(value).filter((name) => shape.members?.[name] === undefined)
  return [
    ...unknown.flatMap((name) => say('unknown', name)),
    ...(shape.required ?? []).filter((name) => !names.has(name)).flatMap((name) => say('required', name)),
    ...(shape.union && names.size !== 1 ? say('union', `${names.size} members instead of one`) : []),
  ]
}

function held(
  shape: Shape,
  value: Record<string, unknown>,
  inner: (member: Member, held: unknown, key: string) => Problem[],
): Problem[] {
  return membersOf(shape).flatMap(([name, member]) => {
    const part = value[name]
    return part === undefined || part === null ? [] : inner(member, part, name)
  })
}

function text(shape: Shape, value: string, say: Say): Problem[] {
  return [
    ...bounds(shape, codePoints(value), say),
    ...(shape.enum && !shape.enum.includes(value) ? say('enum', `not one of ${shape.enum.length} words`) : []),
    ...(shape.pattern !== undefined && !patternOf(shape.pattern).test(value) ? say('pattern', shape.pattern) : []),
  ]
}

/** Lengths are code points, as Smithy counts them. */
export function codePoints(value: string): number {
  let count = 0
  for (let at = 0; at < value.length; at += (value.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) count += 1
  return count
}

function bounds(shape: Shape, size: number, say: Say): Problem[] {
  if (shape.min !== undefined && size < shape.min) return say('min', `${size} is below ${shape.min}`)
  if (shape.max !== undefined && size > shape.max) return say('max', `${size} is above ${shape.max}`)
  return []
}

function isBase64(value: string): boolean {
  return value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value)
}

function isTime(value: unknown, format: 'iso8601' | 'rfc822' | 'unixTimestamp'): boolean {
  if (format === 'unixTimestamp') return typeof value === 'number' && Number.isFinite(value)
  if (typeof value !== 'string' || Number.isNaN(Date.parse(value))) return false
  return format === 'rfc822' || /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/.test(value)
}
