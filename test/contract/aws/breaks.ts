import { type Fields, type Member, type Service, type Shape, isFields, membersOf, patternOf, shapeOf } from './model.ts'
import { allows, sample, sampleText } from './sample.ts'

/** One input with exactly one thing wrong in it. */
export interface Break {
  /** JSON pointer of the place. */
  at: string
  rule: string
  input: Fields
}

/** A place of the model: how one gets there from the input, and the shape that stands there. */
interface Site {
  steps: Step[]
  shape: Shape
  /** set where the value travels as text: in the address or a header. */
  location: Member['location']
}

type Step = { kind: 'member'; name: string; shape: string } | { kind: 'item' | 'key' | 'value'; shape: string }

type Times = 'unixTimestamp' | 'iso8601'

/** Bodies larger than this are broken once in an operation, not at each of their places. */
const LARGE = 1_000_000
/** Marks of which a text is made that a pattern may not allow. */
const ODD = ['!', ' ', '\n', '\u0001', '#', '/', '_', '-', 'é', '😀', 'a', 'Z', '0', '{', '"']

/** Every constraint that an operation's input has, at every place of it, broken once; recursive shapes are entered once. */
export function breaks(service: Service, input: string, times: Times): Break[] {
  const large = new Set<Shape>()
  return sites(service, input).flatMap((site) => {
    const { shape } = site
    if ((shape.max ?? 0) > LARGE && shape.type !== 'integer' && shape.type !== 'long') {
      if (large.has(shape)) return []
      large.add(shape)
    }
    return wrongs(service, site, times).map(({ rule, value }) => ({
      at: pointer(site.steps),
      rule,
      input: put(service, input, site.steps, value, times) as Fields,
    }))
  })
}

function sites(service: Service, input: string): Site[] {
  const found: Site[] = []
  visit(input, [], [], undefined)
  return found

  function visit(name: string, steps: Step[], within: string[], location: Member['location']): void {
    const shape = shapeOf(service, name)
    found.push({ steps, shape, location })
    if (within.includes(name)) return
    const inside = [...within, name]
    for (const [member, of] of membersOf(shape))
      visit(of.shape, [...steps, { kind: 'member', name: member, shape: name }], inside, of.location ?? location)
    if (shape.member) visit(shape.member.shape, [...steps, { kind: 'item', shape: name }], inside, location)
    if (shape.key) visit(shape.key.shape, [...steps, { kind: 'key', shape: name }], inside, location)
    if (shape.value) visit(shape.value.shape, [...steps, { kind: 'value', shape: name }], inside, location)
  }
}

/** The least input that has this value at this place. */
function put(service: Service, name: string, steps: Step[], value: unknown, times: Times): unknown {
  const [step, ...rest] = steps
  if (!step) return value
  const shape = shapeOf(service, name)
  const least = sample(service, name, times)
  const inner = (of: Member | undefined) => (of ? put(service, of.shape, rest, value, times) : value)
  switch (step.kind) {
    case 'member': {
      const held = shape.union || !isFields(least) ? {} : least
      return { ...held, [step.name]: inner(shape.members?.[step.name]) }
    }
    case 'item':
      return [inner(shape.member), ...(Array.isArray(least) ? least.slice(1) : [])]
    case 'key':
      return { [String(inner(shape.key))]: shape.value ? sample(service, shape.value.shape, times) : null }
    case 'value':
      return { [String(shape.key ? sample(service, shape.key.shape) : 'key')]: inner(shape.value) }
  }
}

interface Wrong {
  rule: string
  value: unknown
}

function wrongs(service: Service, site: Site, times: Times): Wrong[] {
  const { shape, location, steps } = site
  if (shape.document) return []
  const isText = location !== undefined || times === 'iso8601' || steps.at(-1)?.kind === 'key'
  switch (shape.type) {
    case 'structure':
      return [
        ...structures(service, shape, times),
        ...(isText || steps.length === 0 ? [] : [{ rule: 'type', value: 'x' }]),
      ]
    case 'list': {
      const item = shape.member ? visible(service, shape.member.shape, times) : null
      // A list of an address, a header or a form says with nothing that it is not there.
      const sizes = counts(shape).filter(({ size }) => size > 0 || !isText)
      return [
        ...sizes.map(({ rule, size }) => ({ rule, value: Array.from({ length: size }, () => item) })),
        ...(isText ? [] : [{ rule: 'type', value: 'x' }]),
      ]
    }
    case 'map':
      return [...maps(service, shape, times), ...(isText ? [] : [{ rule: 'type', value: 'x' }])]
    case 'string':
      return [...texts(shape), ...(isText ? [] : [{ rule: 'type', value: 7 }])]
    case 'blob':
      return [
        ...counts(shape).map(({ rule, size }) => ({ rule, value: Buffer.alloc(size, 'a').toString('base64') })),
        // A blob that is the whole body is bytes, and any bytes will do.
        ...(steps.length === 1 && isPayload(service, site) ? [] : [{ rule: 'type', value: 7 }]),
      ]
    case 'boolean':
    case 'timestamp':
      return [{ rule: 'type', value: isText ? 'x' : {} }]
    default:
      return [
        ...(shape.min === undefined ? [] : [{ rule: 'min', value: shape.min - 1 }]),
        ...(shape.max === undefined ? [] : [{ rule: 'max', value: shape.max + 1 }]),
        { rule: 'type', value: 'x' },
        ...(shape.type === 'integer' || shape.type === 'long' ? [{ rule: 'type', value: 1.5 }] : []),
      ]
  }
}

/** The least value that a form can carry: a structure that asks for nothing still has a member. */
function visible(service: Service, name: string, times: Times): unknown {
  const least = sample(service, name, times)
  const [first] = membersOf(shapeOf(service, name))
  if (!first || !isFields(least) || Object.keys(least).length > 0) return least
  return { [first[0]]: sample(service, first[1].shape, times) }
}

function isPayload(service: Service, { steps }: Site): boolean {
  const [step] = steps
  return step?.kind === 'member' && shapeOf(service, step.shape).payload === step.name
}

function structures(service: Service, shape: Shape, times: Times): Wrong[] {
  const members = membersOf(shape)
  const all = Object.fromEntries(
    members
      .filter(([name]) => shape.union !== true && shape.required?.includes(name) === true)
      .map(([name, member]) => [name, sample(service, member.shape, times)]),
  )
  const two = members.slice(0, 2).map(([name, member]) => [name, sample(service, member.shape, times)] as const)
  const one = shape.union ? Object.fromEntries(two.slice(0, 1)) : all
  return [
    { rule: 'unknown', value: { ...one, noSuchMember: 'x' } },
    ...(shape.required ?? []).map((name) => ({
      rule: 'required',
      value: Object.fromEntries(Object.entries(all).filter(([key]) => key !== name)),
    })),
    ...(shape.union ? [{ rule: 'union', value: {} }] : []),
    ...(shape.union && two.length === 2 ? [{ rule: 'union', value: Object.fromEntries(two) }] : []),
  ]
}

function maps(service: Service, shape: Shape, times: Times): Wrong[] {
  const { key, value } = shape
  if (!key || !value) return []
  const name = sampleText(shapeOf(service, key.shape))
  const held = sample(service, value.shape, times)
  return counts(shape).map(({ rule, size }) => ({
    rule,
    value: Object.fromEntries(
      Array.from({ length: size }, (_, index) => [index === 0 ? name : `${name}${index}`, held]),
    ),
  }))
}

function counts(shape: Shape): { rule: 'min' | 'max'; size: number }[] {
  return [
    ...((shape.min ?? 0) > 0 ? [{ rule: 'min' as const, size: (shape.min ?? 0) - 1 }] : []),
    ...(shape.max === undefined ? [] : [{ rule: 'max' as const, size: shape.max + 1 }]),
  ]
}

function texts(shape: Shape): Wrong[] {
  const fine = sampleText(shape)
  const bounds = shape.enum
    ? []
    : counts(shape).map(({ rule, size }) => ({ rule, value: fine.slice(0, size).padEnd(size, fine.at(-1) ?? 'a') }))
  const odd = shape.pattern === undefined ? undefined : unlike(shape, fine)
  return [
    ...bounds,
    ...(shape.enum ? [{ rule: 'enum', value: `${fine}-or-not` }] : []),
    ...(odd === undefined ? [] : [{ rule: 'pattern', value: odd }]),
  ]
}

/** A text within the bounds that the pattern does not allow; undefined for a pattern that allows everything. */
function unlike(shape: Shape, fine: string): string | undefined {
  const pattern = patternOf(shape.pattern ?? '')
  const free: Shape = { ...shape }
  delete free.pattern
  return ODD.flatMap((mark) => [
    mark.repeat(Math.max(shape.min ?? 1, 1)),
    `${fine}${mark}`,
    `${mark}${fine.slice(1)}`,
  ]).find((text) => allows(free, text) && !pattern.test(text))
}

/** Patterns of an operation's input that no text within the bounds breaks: they ask for nothing. */
export function patternsOfNothing(service: Service, input: string): string[] {
  return sites(service, input).flatMap(({ shape, steps }) =>
    shape.pattern !== undefined && unlike(shape, sampleText(shape)) === undefined
      ? [`${pointer(steps)} ${shape.pattern}`]
      : [],
  )
}

function pointer(steps: Step[]): string {
  return steps.map((step) => `/${step.kind === 'member' ? step.name : `<${step.kind}>`}`).join('')
}
