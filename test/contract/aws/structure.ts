import { type Member, type Operation, type Service, type Shape, isFields } from './model.ts'
import { SERVED, UNSIGNED, type Served } from './services.ts'

/**
 * The structural tier: AWS's own schema objects, which each client's package exports (`Converse$`, `ConverseRequest$`),
 * read into the published form. They say addresses, members, their places on the wire, types, unions and what is
 * required; they say nothing of lengths, patterns and words.
 */
export async function structuralServices(): Promise<Service[]> {
  return Promise.all(SERVED.map(structural))
}

const SIMPLE = 0
const LIST = 1
const MAP = 2
const STRUCTURE = 3
const UNION = 4
const FAILURE = -3
const OPERATION = 9
/** A whole list or map of a simple type is one number: the type with one of these bits. */
const LIST_BIT = 64
const MAP_BIT = 128

/** Traits that are bits of one number, in the order of their bits. */
const HTTP_LABEL = 1
const HTTP_PAYLOAD = 16

async function structural(served: Served): Promise<Service> {
  const schemas = await served.schemas()
  const shapes: Record<string, Shape> = {}
  const operations: Record<string, Operation> = {}
  for (const name of served.operations) {
    const schema = schemas[`${name}$`]
    if (!Array.isArray(schema) || schema[0] !== OPERATION) throw new Error(`${served.name} has no schema of ${name}`)
    const http: unknown = traitsOf(schema[3])['http']
    const [method, requestUri, status] = Array.isArray(http) ? http : ['POST', '/', undefined]
    const [input, output] = [nameOf(schema[4], shapes), nameOf(schema[5], shapes)]
    operations[name] = {
      name,
      http: { method, requestUri, ...(status === undefined ? {} : { responseCode: status }) },
      ...(input === 'Unit' ? {} : { input: { shape: input } }),
      ...(output === 'Unit'
        ? {}
        : {
            output: { shape: output, ...(served.metadata.protocol === 'query' && { resultWrapper: `${name}Result` }) },
          }),
      ...(UNSIGNED.has(name) && { authtype: 'none' }),
    }
  }
  for (const schema of Object.values(schemas))
    if (Array.isArray(schema) && schema[0] === FAILURE) nameOf(schema, shapes)
  return { tier: 'structural', metadata: served.metadata, operations, shapes }
}

/** The name under which a schema stands among the shapes; it and what it refers to are added there. */
function nameOf(reference: unknown, shapes: Record<string, Shape>): string {
  const schema: unknown = typeof reference === 'function' ? reference() : reference
  if (schema === 'unit') return 'Unit'
  if (typeof schema === 'number') return simple(schema, shapes)
  if (!Array.isArray(schema)) throw new Error(`no schema: ${String(schema)}`)
  // [schema, traits] is a schema with the traits of this use of it.
  if (schema.length <= 2) return nameOf(schema[0], shapes)
  const [kind, , name, traits] = schema
  if (shapes[name] !== undefined) return name
  if (kind === SIMPLE) return nameOf(schema[4], shapes)
  const shape: Shape = { type: kind === LIST ? 'list' : kind === MAP ? 'map' : 'structure' }
  // Before its parts: shapes may hold themselves.
  shapes[name] = shape
  if (kind === LIST) shape.member = { shape: nameOf(schema[4], shapes) }
  if (kind === MAP) {
    shape.key = { shape: nameOf(schema[4], shapes) }
    shape.value = { shape: nameOf(schema[5], shapes) }
  }
  if (kind === STRUCTURE || kind === UNION || kind === FAILURE) members(shape, schema, shapes)
  if (kind === UNION) shape.union = true
  if (isFields(traits) && traits['streaming'] === 1) shape.eventstream = true
  if (kind === FAILURE) failure(shape, traitsOf(traits))
  return name
}

function members(shape: Shape, schema: unknown[], shapes: Record<string, Shape>): void {
  const [names, references, required] = [schema[4] as string[], schema[5] as unknown[], Number(schema[6] ?? 0)]
  shape.members = {}
  shape.required = names.slice(0, required)
  for (const [index, name] of names.entries()) {
    const reference = references[index]
    const traits = traitsOf(Array.isArray(reference) && reference.length === 2 ? reference[1] : 0)
    const member: Member = { shape: nameOf(reference, shapes) }
    const [query, header] = [traits['httpQuery'], traits['httpHeader']]
    if (traits['httpLabel'] === 1) Object.assign(member, { location: 'uri', locationName: name })
    else if (typeof query === 'string') Object.assign(member, { location: 'querystring', locationName: query })
    else if (typeof header === 'string') Object.assign(member, { location: 'header', locationName: header })
    if (traits['httpPayload'] === 1 || shapes[member.shape]?.eventstream === true) shape.payload = name
    shape.members[name] = member
  }
}

function failure(shape: Shape, traits: Record<string, unknown>): void {
  const [query, status] = [traits['awsQueryError'], traits['httpError']]
  shape.exception = true
  shape.fault = traits['error'] === 'server'
  shape.error = {
    ...(typeof status === 'number' && { httpStatusCode: status }),
    ...(Array.isArray(query) && { code: String(query[0]) }),
  }
}

/** Simple types by number; a number of unknown width is a double, which bounds it least. */
function simple(code: number, shapes: Record<string, Shape>): string {
  if ((code & LIST_BIT) !== 0) return named(`list-${code}`, { type: 'list', member: of(code & ~LIST_BIT) })
  if ((code & MAP_BIT) !== 0) return named(`map-${code}`, { type: 'map', key: of(0), value: of(code & ~MAP_BIT) })
  const types: Record<number, Shape> = {
    0: { type: 'string' },
    1: { type: 'double' },
    2: { type: 'boolean' },
    4: { type: 'timestamp' },
    5: { type: 'timestamp', timestampFormat: 'iso8601' },
    6: { type: 'timestamp', timestampFormat: 'rfc822' },
    7: { type: 'timestamp', timestampFormat: 'unixTimestamp' },
    15: { type: 'structure', members: {}, document: true },
    21: { type: 'blob' },
    42: { type: 'blob' },
  }
  const shape = types[code]
  if (!shape) throw new Error(`a simple type of number ${code} is not known`)
  return named(`simple-${code}`, shape)

  function of(part: number): Member {
    return { shape: simple(part, shapes) }
  }
  function named(name: string, made: Shape): string {
    shapes[name] ??= made
    return name
  }
}

function traitsOf(traits: unknown): Record<string, unknown> {
  if (isFields(traits)) return traits
  const bits = Number(traits)
  return { httpLabel: bits & HTTP_LABEL ? 1 : 0, httpPayload: bits & HTTP_PAYLOAD ? 1 : 0 }
}
