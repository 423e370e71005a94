/**
 * AWS's service models as the contract fake reads them: the form that AWS publishes ("service-2", API version 2.0), no
 * more of it than the bridge's operations need. Both tiers are brought to this form; the structural one leaves out what
 * it does not know.
 */
export type Tier = 'full' | 'structural'

export interface Service {
  tier: Tier
  metadata: Metadata
  operations: Record<string, Operation>
  shapes: Record<string, Shape>
}

export interface Metadata {
  endpointPrefix: string
  /** the service's name in the scope of a signature; AWS leaves it out where it is the endpoint's prefix. */
  signingName?: string
  protocol: 'rest-json' | 'json' | 'query'
  jsonVersion?: string
  targetPrefix?: string
  apiVersion: string
  xmlNamespace?: string
}

export interface Operation {
  name: string
  http: { method: string; requestUri: string; responseCode?: number }
  input?: { shape: string }
  output?: { shape: string; resultWrapper?: string }
  /** absent where the tier does not know: then any error of the service may be said. */
  errors?: { shape: string }[]
  authtype?: string
}

export interface Member {
  shape: string
  location?: 'uri' | 'querystring' | 'header' | 'headers' | 'statusCode'
  locationName?: string
}

export interface Shape {
  type:
    | 'structure'
    | 'list'
    | 'map'
    | 'string'
    | 'blob'
    | 'boolean'
    | 'integer'
    | 'long'
    | 'float'
    | 'double'
    | 'timestamp'
  members?: Record<string, Member>
  required?: string[]
  union?: boolean
  document?: boolean
  payload?: string
  eventstream?: boolean
  exception?: boolean
  fault?: boolean
  error?: { httpStatusCode?: number; code?: string; senderFault?: boolean }
  member?: Member
  key?: Member
  value?: Member
  enum?: string[]
  min?: number
  max?: number
  pattern?: string
  timestampFormat?: 'iso8601' | 'rfc822' | 'unixTimestamp'
}

export type Fields = Record<string, unknown>

/** What is wrong with a value, and where: a JSON pointer and the word of the constraint. */
export interface Problem {
  at: string
  rule: string
  detail: string
}

export function signingName(service: Service): string {
  return service.metadata.signingName ?? service.metadata.endpointPrefix
}

/** Throws on a name that the model does not hold: then the model is broken, not the request. */
export function shapeOf(service: Service, name: string): Shape {
  const shape = service.shapes[name]
  if (!shape) throw new Error(`the model of ${service.metadata.endpointPrefix} has no shape ${name}`)
  return shape
}

/** The structure of an operation's input or output; an empty one where it has none. */
export function structureOf(service: Service, side: { shape: string } | undefined): Shape {
  return side ? shapeOf(service, side.shape) : { type: 'structure', members: {} }
}

export function membersOf(shape: Shape): [string, Member][] {
  return Object.entries(shape.members ?? {})
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An unanchored pattern is a full match. Some of AWS's do not compile with the `u` flag. */
export function patternOf(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u')
  } catch {
    return new RegExp(`^(?:${pattern})$`)
  }
}
