import { readForm, typed } from './form.ts'
import {
  type Fields,
  type Member,
  type Operation,
  type Problem,
  type Service,
  type Shape,
  isFields,
  membersOf,
  shapeOf,
  structureOf,
} from './model.ts'
import { type Times, problemsOf } from './validate.ts'
import { type WireRequest, decode, header, parts } from './wire.ts'

export interface Understood {
  service: Service
  operation: Operation
  input: Fields
  problems: Problem[]
}

interface Bound {
  input: Fields
  problems: Problem[]
}

/** Which operation a request asks for, its input, and everything that AWS's model has against it; null for none. */
export function understand(services: readonly Service[], request: WireRequest): Understood | null {
  const found = byTarget(services, request) ?? byAction(services, request) ?? byAddress(services, request)
  if (!found) return null
  const { service, operation, bind } = found
  const { input, problems } = bind()
  const judged = operation.input ? problemsOf(service, operation.input.shape, input, timesOf(service)) : []
  return { service, operation, input, problems: [...problems, ...judged] }
}

export function timesOf(service: Service): Times {
  return service.metadata.protocol === 'query' ? 'iso8601' : 'unixTimestamp'
}

interface Found {
  service: Service
  operation: Operation
  bind: () => Bound
}

/** The json protocols: `X-Amz-Target: <prefix>.<operation>`, the whole input in the body. */
function byTarget(services: readonly Service[], request: WireRequest): Found | undefined {
  const target = header(request, 'x-amz-target')
  const [prefix, name] = target?.split('.') ?? []
  const service = services.find(
    ({ metadata }) => metadata.targetPrefix !== undefined && metadata.targetPrefix === prefix,
  )
  const operation = service?.operations[name ?? '']
  if (!service || !operation) return undefined
  const kind = `application/x-amz-json-${service.metadata.jsonVersion}`
  return {
    service,
    operation,
    bind: () => {
      const { input, problems } = readJson(request.body)
      return { input, problems: [...problems, ...contentType(request, kind), ...method(request, 'POST')] }
    },
  }
}

/** The query protocol: a form with `Action` and `Version`. */
function byAction(services: readonly Service[], request: WireRequest): Found | undefined {
  if (header(request, 'content-type')?.startsWith('application/x-www-form-urlencoded') !== true) return undefined
  const pairs = new Map(new URLSearchParams(request.body.toString('utf8')))
  const service = services.find(
    ({ metadata, operations }) => metadata.protocol === 'query' && operations[pairs.get('Action') ?? ''] !== undefined,
  )
  const operation = service?.operations[pairs.get('Action') ?? '']
  if (!service || !operation) return undefined
  const version = service.metadata.apiVersion
  return {
    service,
    operation,
    bind: () => ({
      input: readForm(service, structureOf(service, operation.input), pairs),
      problems: [
        ...(pairs.get('Version') === version ? [] : [{ at: '/', rule: 'version', detail: `not ${version}` }]),
        ...method(request, 'POST'),
      ],
    }),
  }
}

/** rest-json: method and path; where two fit, the one whose query says more. */
function byAddress(services: readonly Service[], request: WireRequest): Found | undefined {
  const { path, query } = parts(request.target)
  const fits = services
    .filter(({ metadata }) => metadata.protocol === 'rest-json')
    .flatMap((service) => Object.values(service.operations).map((operation) => ({ service, operation })))
    .flatMap(({ service, operation }) => {
      if (operation.http.method !== request.method) return []
      const template = parts(operation.http.requestUri)
      if (!template.query.every(([name]) => query.some(([held]) => held === name))) return []
      const labels = match(template.path, path)
      return labels ? [{ service, operation, labels, literal: template.query.map(([name]) => name) }] : []
    })
  const best = fits.sort((a, b) => b.literal.length - a.literal.length)[0]
  if (!best) return undefined
  const { service, operation, labels, literal } = best
  return { service, operation, bind: () => bindRest(service, operation, request, labels, literal) }
}

/** The values of the template's labels, one path segment each, still encoded; null where the path is another one. */
function match(template: string, path: string): Map<string, string> | null {
  const [wanted, given] = [template.split('/'), path.split('/')]
  if (wanted.length !== given.length) return null
  const labels = new Map<string, string>()
  for (const [index, part] of wanted.entries()) {
    const held = given[index] ?? ''
    const label = /^\{(\w+)\}$/.exec(part)?.[1]
    if (label === undefined ? held !== part : held === '') return null
    if (label !== undefined) labels.set(label, held)
  }
  return labels
}

function bindRest(
  service: Service,
  operation: Operation,
  request: WireRequest,
  labels: Map<string, string>,
  literal: string[],
): Bound {
  const shape = structureOf(service, operation.input)
  const { query } = parts(request.target)
  const { input, problems } = readBody(service, shape, request)
  const known = new Set(literal)
  for (const [name, member] of membersOf(shape)) {
    const wire = member.locationName ?? name
    const text = (encoded: string) => typed(scalarOf(service, member), decode(encoded) ?? encoded)
    if (member.location === 'uri') input[name] = text(labels.get(wire) ?? '')
    else if (member.location === 'querystring') {
      known.add(wire)
      const values = query.filter(([key]) => decode(key) === wire).map(([, value]) => text(value))
      if (values.length > 1 && shapeOf(service, member.shape).type !== 'list')
        problems.push({ at: `/${name}`, rule: 'repeated', detail: wire })
      if (values.length > 0) input[name] = shapeOf(service, member.shape).type === 'list' ? values : values[0]
    } else if (member.location === 'header') {
      const value = header(request, wire.toLowerCase())
      if (value !== undefined) input[name] = typed(scalarOf(service, member), value)
    }
  }
  for (const [key] of query) {
    if (!known.has(decode(key) ?? key)) problems.push({ at: '/', rule: 'unknown-query', detail: key })
  }
  return { input, problems }
}

function scalarOf(service: Service, member: Member): Shape {
  const shape = shapeOf(service, member.shape)
  return shape.type === 'list' && shape.member ? shapeOf(service, shape.member.shape) : shape
}

/** The members that the body carries: one as the whole body, or all that have no other place in a JSON object. */
function readBody(service: Service, shape: Shape, request: WireRequest): Bound {
  if (shape.payload !== undefined) {
    const member = shape.members?.[shape.payload]
    if (member && shapeOf(service, member.shape).type === 'blob')
      return { input: { [shape.payload]: request.body.toString('base64') }, problems: [] }
  }
  const inBody = membersOf(shape).filter(([, member]) => member.location === undefined)
  if (inBody.length === 0) {
    const stray = request.body.length > 0 && request.body.toString() !== '{}'
    return { input: {}, problems: stray ? [{ at: '/', rule: 'body', detail: 'no body is expected' }] : [] }
  }
  const { input, problems } = readJson(request.body)
  const taken: Fields = {}
  for (const [key, value] of Object.entries(input)) {
    const name = inBody.find(([held, member]) => (member.locationName ?? held) === key)?.[0]
    // A member of the address has no place in the body: as the service would, it is called unknown.
    if (name === undefined) problems.push({ at: '/', rule: 'unknown', detail: key })
    else taken[name] = value
  }
  return { input: taken, problems: [...problems, ...contentType(request, 'application/json')] }
}

function readJson(body: Buffer): Bound {
  if (body.length === 0) return { input: {}, problems: [] }
  try {
    const input: unknown = JSON.parse(body.toString('utf8'))
    if (isFields(input)) return { input, problems: [] }
    return { input: {}, problems: [{ at: '/', rule: 'body', detail: 'no JSON object' }] }
  } catch {
    return { input: {}, problems: [{ at: '/', rule: 'body', detail: 'no JSON' }] }
  }
}

function contentType(request: WireRequest, wanted: string): Problem[] {
  const given = header(request, 'content-type') ?? ''
  if (given.split(';')[0] === wanted) return []
  // Without a body a service that takes only optional members asks for no type.
  if (given === '' && request.body.length === 0) return []
  return [{ at: '/', rule: 'content-type', detail: `${given === '' ? 'none' : given} instead of ${wanted}` }]
}

function method(request: WireRequest, wanted: string): Problem[] {
  return request.method === wanted ? [] : [{ at: '/', rule: 'method', detail: request.method }]
}
