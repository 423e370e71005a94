import { randomUUID } from 'node:crypto'
import { escapeXml, writeXml } from './form.ts'
import {
  type Fields,
  type Problem,
  type Service,
  type Shape,
  isFields,
  membersOf,
  shapeOf,
  structureOf,
} from './model.ts'
import { frame } from './stream.ts'
import { timesOf } from './understand.ts'
import { problemsOf } from './validate.ts'

/** An answer as it goes out: a body in pieces, because events and bytes may stop in between. */
export interface Answer {
  status: number
  headers: Record<string, string>
  pieces: Buffer[]
}

/** AWS's "Common errors": every service may say them, and no model declares them. */
const COMMON: Record<string, number> = {
  AccessDenied: 403,
  AccessDeniedException: 403,
  ExpiredTokenException: 403,
  IncompleteSignatureException: 400,
  InternalFailure: 500,
  InvalidSignatureException: 403,
  MissingAuthenticationTokenException: 403,
  ServiceUnavailable: 503,
  SignatureDoesNotMatch: 403,
  ThrottlingException: 400,
  UnknownOperationException: 404,
  UnrecognizedClientException: 403,
  ValidationError: 400,
  ValidationException: 400,
}

/** What AWS's model has against an output: its shape, its events one by one, an exception that is not the last. */
export function outputProblems(service: Service, operation: string, output: Fields): Problem[] {
  const declared = service.operations[operation]?.output
  const shape = structureOf(service, declared)
  const ready = withPayload(service, shape, output)
  const stream = streamOf(service, shape)
  if (!declared) return Object.keys(output).map((name) => ({ at: `/${name}`, rule: 'unknown', detail: name }))
  if (!stream) return problemsOf(service, declared.shape, ready, timesOf(service))
  const { [stream.member]: events, ...rest } = ready
  if (!Array.isArray(events)) return [{ at: `/${stream.member}`, rule: 'type', detail: 'no list of events' }]
  return [
    // The events are judged one by one: to the structure they count as there.
    ...problemsOf(service, declared.shape, rest, timesOf(service)).filter(
      ({ rule, detail }) => rule !== 'required' || detail !== stream.member,
    ),
    ...events.flatMap((event: unknown, index) => {
      const at = `/${stream.member}/${index}`
      const names = isFields(event) ? Object.keys(event) : []
      const early = index < events.length - 1 && names.find((name) => isException(service, stream.shape, name))
      return [
        ...problemsOf(service, stream.shape, event, timesOf(service), at),
        ...(early ? [{ at, rule: 'after-exception', detail: early }] : []),
      ]
    }),
  ]
}

/** The wire's answer of a checked output. */
export function answerOutput(service: Service, operation: string, output: Fields): Answer {
  const declared = service.operations[operation]
  const shape = structureOf(service, declared?.output)
  const ready = withPayload(service, shape, output)
  const status = declared?.http.responseCode ?? 200
  if (service.metadata.protocol === 'query') return xml(200, queryBody(service, operation, shape, ready))
  const headers: Record<string, string> = { 'x-amzn-requestid': randomUUID() }
  const body: Fields = {}
  for (const [name, member] of membersOf(shape)) {
    const value = ready[name]
    if (value === undefined || value === null) continue
    if (member.location === 'header')
      headers[(member.locationName ?? name).toLowerCase()] = `${value as string | number}`
    else body[member.locationName ?? name] = value
  }
  const stream = streamOf(service, shape)
  if (stream) {
    const events = (ready[stream.member] ?? []) as Fields[]
    return {
      status,
      headers: { ...headers, 'content-type': 'application/vnd.amazon.eventstream' },
      pieces: events.map((event) => eventFrame(service, stream.shape, event)),
    }
  }
  const payload = shape.payload === undefined ? undefined : ready[shape.payload]
  if (typeof payload === 'string')
    return {
      status,
      headers: { 'content-type': 'application/json', ...headers },
      pieces: [Buffer.from(payload, 'base64')],
    }
  return json(service, status, headers, body)
}

/** Name, status and shape of an error that the operation may end with; null where it may not. */
export function errorOf(
  service: Service,
  operation: string,
  name: string,
): { code: string; status: number; shape: string | null } | null {
  const errors = service.operations[operation]?.errors
  const shape = service.shapes[name]
  const declared = errors === undefined ? shape?.exception === true : errors.some((error) => error.shape === name)
  if (declared && shape) {
    const status = shape.error?.httpStatusCode ?? (shape.fault ? 500 : 400)
    return { code: shape.error?.code ?? name, status, shape: name }
  }
  const status = COMMON[name]
  return status === undefined ? null : { code: name, status, shape: null }
}

/** The wire's answer of an error that `errorOf` knows; throws on another one. */
export function answerError(
  service: Service,
  operation: string,
  name: string,
  message: string,
  more: Fields = {},
): Answer {
  const error = errorOf(service, operation, name)
  if (!error) throw new Error(`${operation} does not declare ${name}`)
  if (service.metadata.protocol === 'query') {
    const body = `<Error><Type>${error.status < 500 ? 'Sender' : 'Receiver'}</Type><Code>${error.code}</Code><Message>${escapeXml(message)}</Message></Error>`
    const space = service.metadata.xmlNamespace
    return xml(
      error.status,
      `<ErrorResponse xmlns="${space}">${body}<RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
    )
  }
  const members = error.shape === null ? [] : membersOf(shapeOf(service, error.shape)).map(([member]) => member)
  const body = { [members.includes('Message') ? 'Message' : 'message']: message, ...more }
  if (service.metadata.protocol === 'rest-json')
    return json(service, error.status, { 'x-amzn-errortype': error.code, 'x-amzn-requestid': randomUUID() }, body)
  const type = { __type: `com.amazonaws.${service.metadata.endpointPrefix}#${error.code}` }
  return json(service, error.status, { 'x-amzn-requestid': randomUUID() }, { ...type, ...body })
}

function json(service: Service, status: number, headers: Record<string, string>, body: Fields): Answer {
  const { protocol, jsonVersion } = service.metadata
  const type = protocol === 'json' ? `application/x-amz-json-${jsonVersion}` : 'application/json'
  return { status, headers: { 'content-type': type, ...headers }, pieces: [Buffer.from(JSON.stringify(body))] }
}

function xml(status: number, text: string): Answer {
  return { status, headers: { 'content-type': 'text/xml' }, pieces: [Buffer.from(text)] }
}

function queryBody(service: Service, operation: string, shape: Shape, output: Fields): string {
  const wrapper = service.operations[operation]?.output?.resultWrapper ?? `${operation}Result`
  const result = `<${wrapper}>${writeXml(service, shape, output)}</${wrapper}>`
  const meta = `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata>`
  return `<${operation}Response xmlns="${service.metadata.xmlNamespace}">${result}${meta}</${operation}Response>`
}

/** A payload blob that the script gives as JSON, as the base64 that the model speaks of. */
function withPayload(service: Service, shape: Shape, output: Fields): Fields {
  const name = shape.payload
  const member = name === undefined ? undefined : shape.members?.[name]
  if (name === undefined || !member || shapeOf(service, member.shape).type !== 'blob') return output
  const held = output[name]
  return isFields(held) ? { ...output, [name]: Buffer.from(JSON.stringify(held)).toString('base64') } : output
}

/** The member of an output that is an event stream, and the shape of its events. */
export function streamOf(service: Service, shape: Shape): { member: string; shape: string } | null {
  const found = membersOf(shape).find(([, member]) => shapeOf(service, member.shape).eventstream === true)
  return found ? { member: found[0], shape: found[1].shape } : null
}

function isException(service: Service, stream: string, name: string): boolean {
  const member = shapeOf(service, stream).members?.[name]
  return member !== undefined && shapeOf(service, member.shape).exception === true
}

function eventFrame(service: Service, stream: string, event: Fields): Buffer {
  const [name = '', body] = Object.entries(event)[0] ?? []
  return frame(isException(service, stream, name) ? 'exception' : 'event', name, JSON.stringify(body))
}
