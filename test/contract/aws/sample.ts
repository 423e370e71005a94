import { sample as samplesOf, stringMatching } from 'fast-check'
import { type Fields, type Service, type Shape, isFields, membersOf, patternOf, shapeOf, structureOf } from './model.ts'
import { codePoints } from './validate.ts'

/** Texts of the forms that AWS's patterns ask for, tried before one is made from the pattern itself. */
const TEXTS = [
  'a',
  'abcdef',
  'ABCDEF1234',
  '1',
  '123456789012',
  'abcdefghijklmnopqrstuvwxyz0123456789',
  '0f8fad5b-d9cb-469f-a165-70867728950e',
  'application/json',
  '/services/checkout',
  'arn:aws:iam::123456789012:role/incident',
  'mem_abcdef-abcdefghij',
  '{}',
]
/** Texts made from a pattern before it is given up; the seed makes every run the same. */
const MADE_MAX = 300
const SEED = 5

/** The least value that the model allows: required members, shortest lists, one member of a union. */
export function sample(service: Service, name: string, times: 'unixTimestamp' | 'iso8601' = 'unixTimestamp'): unknown {
  return make(name, [])

  function make(of: string, within: string[]): unknown {
    const shape = shapeOf(service, of)
    if (shape.document) return {}
    const inside = [...within, of]
    switch (shape.type) {
      case 'structure': {
        const members = membersOf(shape)
        // Of a union the first member that does not lead back here and is no exception.
        const first = members.find(
          ([, member]) => !leads(member.shape, inside) && shapeOf(service, member.shape).exception !== true,
        )
        const kept = shape.union ? [first?.[0]] : (shape.required ?? [])
        return Object.fromEntries(
          members.filter(([key]) => kept.includes(key)).map(([key, member]) => [key, make(member.shape, inside)]),
        )
      }
      case 'list':
        return Array.from({ length: shape.min ?? 0 }, () => (shape.member ? make(shape.member.shape, inside) : null))
      case 'map': {
        const { key, value } = shape
        const held: Fields = {}
        if ((shape.min ?? 0) > 0 && key && value) held[String(make(key.shape, inside))] = make(value.shape, inside)
        return held
      }
      case 'string':
        return sampleText(shape)
      case 'blob':
        return Buffer.alloc(Math.max(shape.min ?? 0, 1), 'a').toString('base64')
      case 'boolean':
        return true
      case 'timestamp':
        return (shape.timestampFormat ?? times) === 'unixTimestamp' ? 1_795_000_000 : '2026-11-22T12:00:00Z'
      default:
        return shape.min ?? Math.min(1, shape.max ?? 1)
    }
  }

  function leads(to: string, within: string[]): boolean {
    return within.includes(to) || isRecursive(to, [])
  }

  /** True where a shape's least value would hold the shape itself. */
  function isRecursive(of: string, within: string[]): boolean {
    if (within.includes(of)) return true
    const shape = shapeOf(service, of)
    const next = [...within, of]
    if (shape.type === 'list')
      return (shape.min ?? 0) > 0 && shape.member !== undefined && isRecursive(shape.member.shape, next)
    if (shape.type !== 'structure') return false
    const members = membersOf(shape)
    if (shape.union) return members.every(([, member]) => isRecursive(member.shape, next))
    return members.some(([key, member]) => shape.required?.includes(key) === true && isRecursive(member.shape, next))
  }
}

/** An output that the model allows, with one event where it is a stream. */
export function sampleOutput(service: Service, name: string): Fields {
  const times = service.metadata.protocol === 'query' ? 'iso8601' : 'unixTimestamp'
  const output = service.operations[name]?.output
  if (!output) return {}
  const value = sample(service, output.shape, times) as Fields
  const stream = Object.entries(structureOf(service, output).members ?? {}).find(
    ([, member]) => service.shapes[member.shape]?.eventstream === true,
  )
  if (!stream) return value
  const [member, { shape }] = stream
  return { ...value, [member]: [sample(service, shape, times)] }
}

const made = new Map<string, string>()

/** A text that a string's bounds, words and pattern allow; throws where none is found. */
export function sampleText(shape: Shape): string {
  const key = JSON.stringify([shape.enum, shape.pattern, shape.min, shape.max])
  const known = made.get(key)
  if (known !== undefined) return known
  const found = shape.enum?.[0] ?? TEXTS.find((text) => allows(shape, text)) ?? longer(shape) ?? fromPattern(shape)
  if (found === undefined) throw new Error(`no text is allowed by ${key}`)
  made.set(key, found)
  return found
}

export function allows(shape: Shape, text: string): boolean {
  const length = codePoints(text)
  if (length < (shape.min ?? 0) || length > (shape.max ?? Infinity)) return false
  return shape.pattern === undefined || patternOf(shape.pattern).test(text)
}

function longer(shape: Shape): string | undefined {
  return ['a', '1', 'A'].map((mark) => mark.repeat(shape.min ?? 1)).find((text) => allows(shape, text))
}

function fromPattern(shape: Shape): string | undefined {
  if (shape.pattern === undefined) return undefined
  const texts = samplesOf(stringMatching(patternOf(shape.pattern)), { numRuns: MADE_MAX, seed: SEED })
  // Patterns seldom say how long: the end of a text goes on until it is long enough.
  return texts.map((text) => text.padEnd(shape.min ?? 0, text.at(-1))).find((text) => allows(shape, text))
}

/** A value of the wire as the SDK's clients take it: blobs as bytes, times as dates. */
export function forClient(service: Service, name: string, value: unknown): unknown {
  const shape = shapeOf(service, name)
  if (shape.document) return value
  if (shape.type === 'blob') return new Uint8Array(Buffer.from(String(value), 'base64'))
  if (shape.type === 'timestamp') return new Date(typeof value === 'number' ? value * 1000 : String(value))
  if (shape.type === 'list' && Array.isArray(value))
    return value.map((item: unknown) => (shape.member ? forClient(service, shape.member.shape, item) : item))
  if (!isFields(value)) return value
  const of = (key: string) => (shape.type === 'map' ? shape.value : shape.members?.[key])?.shape
  return Object.fromEntries(
    Object.entries(value).map(([key, held]) => {
      const inner = of(key)
      return [key, inner === undefined ? held : forClient(service, inner, held)]
    }),
  )
}
