import { type Fields, type Operation, type Service, isFields, membersOf, shapeOf, structureOf } from './model.ts'
import { type WireRequest, encode } from './wire.ts'

/** The request of an operation with this input, right or wrong: the way back of `understand`, for tests of it. Unsigned. */
export function requestOf(service: Service, operation: Operation, input: Fields): WireRequest {
  const { protocol, targetPrefix, jsonVersion } = service.metadata
  if (protocol === 'query') return formRequest(service, operation, input)
  if (protocol === 'rest-json') return restRequest(service, operation, input)
  return {
    method: 'POST',
    target: '/',
    headers: [
      ['content-type', `application/x-amz-json-${jsonVersion}`],
      ['x-amz-target', `${targetPrefix}.${operation.name}`],
    ],
    body: Buffer.from(JSON.stringify(input)),
  }
}

function restRequest(service: Service, operation: Operation, input: Fields): WireRequest {
  const shape = structureOf(service, operation.input)
  const headers: [string, string][] = []
  const query: string[] = []
  const body: Fields = { ...input }
  let target = operation.http.requestUri
  for (const [name, member] of membersOf(shape)) {
    const value = body[name]
    const wire = member.locationName ?? name
    if (member.location === undefined) {
      if (value !== undefined && wire !== name) {
        delete body[name]
        body[wire] = value
      }
      continue
    }
    delete body[name]
    const texts = (Array.isArray(value) ? value : value === undefined ? [] : [value]).map(String)
    if (member.location === 'uri') target = target.replace(`{${wire}}`, encode(texts[0] ?? ''))
    if (member.location === 'querystring') query.push(...texts.map((text) => `${wire}=${encode(text)}`))
    if (member.location === 'header') headers.push(...texts.map((text): [string, string] => [wire, text]))
  }
  // Where the body has no members of its own, a member that nobody knows can only come in the address.
  const bare = membersOf(shape).every(([name, member]) => member.location !== undefined || name === shape.payload)
  for (const [name, value] of Object.entries(body)) {
    if (!bare || shape.members?.[name] !== undefined) continue
    delete body[name]
    query.push(`${name}=${encode(String(value))}`)
  }
  if (query.length > 0) target += `${target.includes('?') ? '&' : '?'}${query.join('&')}`
  const payload = shape.payload === undefined ? undefined : input[shape.payload]
  const bytes = typeof payload === 'string' ? Buffer.from(payload, 'base64') : bodyOf(service, operation, body)
  if (!headers.some(([name]) => name.toLowerCase() === 'content-type'))
    headers.push(['content-type', 'application/json'])
  return { method: operation.http.method, target, headers, body: bytes }
}

function bodyOf(service: Service, operation: Operation, body: Fields): Buffer {
  const members = membersOf(structureOf(service, operation.input))
  const none = members.every(([, member]) => member.location !== undefined) && Object.keys(body).length === 0
  return Buffer.from(none ? '' : JSON.stringify(body))
}

function formRequest(service: Service, operation: Operation, input: Fields): WireRequest {
  const form = new URLSearchParams({ Action: operation.name, Version: service.metadata.apiVersion })
  write(operation.input?.shape, input, '')
  return {
    method: 'POST',
    target: '/',
    headers: [['content-type', 'application/x-www-form-urlencoded']],
    body: Buffer.from(form.toString()),
  }

  function write(name: string | undefined, value: unknown, key: string): void {
    const shape = name === undefined ? undefined : shapeOf(service, name)
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) write(shape?.member?.shape, item, `${key}.member.${index + 1}`)
    } else if (isFields(value)) {
      for (const [member, held] of Object.entries(value))
        write(shape?.members?.[member]?.shape, held, key === '' ? member : `${key}.${member}`)
    } else if (value !== undefined) form.set(key, `${value as string | number}`)
  }
}
