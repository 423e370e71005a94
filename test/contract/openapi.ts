import { readFileSync } from 'node:fs'

/** As much of JSON Schema as the pruned documents beside this file use. */
export interface Schema {
  type?: 'object' | 'array' | 'string' | 'integer' | 'boolean'
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
  items?: Schema
  enum?: unknown[]
  maxProperties?: number
  $ref?: string
}

interface Parameter {
  name: string
  in: 'path' | 'query'
  required?: boolean
  schema: Schema
}

interface Operation {
  operationId: string
  parameters?: Parameter[]
  requestBody?: { required: boolean; content: Record<string, { schema: Schema }> }
}

interface Document {
  info: { title: string; version: string; description: string }
  paths: Record<string, { parameters?: Parameter[] } & Record<string, Operation>>
  components?: { schemas?: Record<string, Schema> }
}

export interface Asked {
  method: string
  url: string
  contentType: string | undefined
  body: string
}

/** What a request is by the description, or what about it the description does not allow. */
export type Judged =
  | { ok: true; operation: string; path: Record<string, string>; query: URLSearchParams; body: unknown }
  | { ok: false; says: string }

/** Judges requests by a pruned copy of a published description: path, query, content type and body. */
export function contract(file: string): (asked: Asked) => Judged {
  const document = JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as Document
  return (asked) => judge(document, asked)
}

function judge(document: Document, { method, url, contentType, body }: Asked): Judged {
  const { pathname, searchParams } = new URL(url, 'http://fake')
  for (const [template, item] of Object.entries(document.paths)) {
    const path = placed(template, pathname)
    const operation = path ? item[method.toLowerCase()] : undefined
    if (!path || !operation) continue
    const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].filter((one) => one.in === 'query')
    const unknown = [...searchParams.keys()].find((name) => !parameters.some((one) => one.name === name))
    if (unknown !== undefined) return { ok: false, says: `${operation.operationId} has no query parameter ${unknown}` }
    for (const { name, required, schema } of parameters) {
      const value = searchParams.get(name)
      if (value === null && required) return { ok: false, says: `query parameter ${name} is missing` }
      const wrong = value === null ? null : fault(document, schema, queryValue(schema, value), name)
      if (wrong) return { ok: false, says: wrong }
    }
    const read = bodyOf(document, operation, contentType, body)
    if (!read.ok) return read
    return { ok: true, operation: operation.operationId, path, query: searchParams, body: read.body }
  }
  return { ok: false, says: `no operation at ${method} ${pathname}` }
}

function bodyOf(
  document: Document,
  { operationId, requestBody }: Operation,
  contentType: string | undefined,
  text: string,
): { ok: true; body: unknown } | { ok: false; says: string } {
  if (!requestBody) return text === '' ? { ok: true, body: null } : { ok: false, says: `${operationId} takes no body` }
  const media = requestBody.content[contentType?.split(';')[0] ?? '']
  if (!media) return { ok: false, says: `${operationId} does not take ${contentType}` }
  const body: unknown = JSON.parse(text)
  const wrong = fault(document, media.schema, body, 'body')
  return wrong === null ? { ok: true, body } : { ok: false, says: wrong }
}

function placed(template: string, pathname: string): Record<string, string> | null {
  const [want, have] = [template.split('/'), pathname.split('/')]
  if (want.length !== have.length) return null
  const path: Record<string, string> = {}
  for (const [index, part] of want.entries()) {
    const given = have[index] ?? ''
    const name = /^\{(.+)\}$/.exec(part)?.[1]
    if (name === undefined ? part !== given : given === '') return null
    if (name !== undefined) path[name] = decodeURIComponent(given)
  }
  return path
}

function queryValue(schema: Schema, value: string): unknown {
  if (schema.type === 'integer') return Number(value)
  return schema.type === 'boolean' ? value === 'true' : value
}

/** The first thing that a value breaks, or null. */
function fault(document: Document, schema: Schema, value: unknown, at: string): string | null {
  if (schema.$ref !== undefined) {
    const named = document.components?.schemas?.[schema.$ref.split('/').at(-1) ?? '']
    return named ? fault(document, named, value, at) : `${schema.$ref} is not in the document`
  }
  if (schema.enum && !schema.enum.includes(value)) return `${at} must be one of ${schema.enum.join(', ')}`
  switch (schema.type) {
    case 'string':
    case 'boolean':
      return typeof value === schema.type ? null : `${at} must be a ${schema.type}`
    case 'integer':
      return Number.isInteger(value) ? null : `${at} must be an integer`
    case 'array':
      if (!Array.isArray(value)) return `${at} must be an array`
      return first(value.map((item, index) => fault(document, schema.items ?? {}, item, `${at}[${index}]`)))
    case 'object':
      return objectFault(document, schema, value, at)
    case undefined:
      return null
    default:
      return schema.type satisfies never
  }
}

function objectFault(document: Document, schema: Schema, value: unknown, at: string): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${at} must be an object`
  const members = Object.entries(value)
  if (schema.maxProperties !== undefined && members.length > schema.maxProperties) return `${at} has too many members`
  const missing = schema.required?.find((name) => !Object.hasOwn(value, name))
  if (missing !== undefined) return `${at}.${missing} is missing`
  return first(
    members.map(([name, item]) => {
      const known = schema.properties?.[name] ?? schema.additionalProperties
      if (known === false || (known === undefined && schema.properties)) return `${at}.${name} is not known`
      return typeof known === 'object' ? fault(document, known, item, `${at}.${name}`) : null
    }),
  )
}

function first(faults: (string | null)[]): string | null {
  return faults.find((one) => one !== null) ?? null
}
