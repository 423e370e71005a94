import * as z from 'zod/mini'
import { version } from '../../package.json'
import { CODES } from './codes.ts'
import { codesOf, OPERATIONS } from './operations.ts'
import type { Answer, Body, Operation } from './operation.ts'
import * as shapes from './shapes.ts'

type Json = Record<string, unknown>

const SCHEMAS = '#/components/schemas/'
const RESPONSES = '#/components/responses/'

const INTRODUCTION = `Everything ours is under \`/api/v1\`; what stands elsewhere is where foreign clients look for it.

A refusal is RFC 9457 problem+json. Branch on its \`code\`: codes keep their meaning and their status (\`x-problem-codes\`).
Objects may grow members; pass over those you do not know. Lists are \`{items, next}\` with \`Link: …; rel="next"\`.
Send \`Idempotency-Key\` with whatever may be repeated; send \`If-Match\` with the \`ETag\` you have read.
Answers carry \`X-Request-Id\` and \`traceparent\`; those for people also \`RateLimit\`.`

let made: Json | null = null

/** The OpenAPI 3.1 document of this build, made once from the rows and the schemas that validate. */
export function openapi(): Json {
  made ??= make()
  return made
}

function make(): Json {
  const paths: Record<string, Json> = {}
  const shared = new Shared()
  for (const operation of OPERATIONS) {
    const path = operation.path.replaceAll(/:([a-z]+)/g, '{$1}')
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: described(operation, shared) }
  }
  return {
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: 'Incident Commander',
      version,
      description: INTRODUCTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(OPERATIONS.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries([...NAMED].map(([schema, name]) => [name, schemaOf(schema, 'output')])),
      responses: shared.components,
      securitySchemes: {
        person: { type: 'http', scheme: 'bearer', description: 'An API token, or a token of the identity provider.' },
        sender: {
          type: 'http',
          scheme: 'bearer',
          description: "A source's ingest token; where a source signs, its signature.",
        },
        init: { type: 'http', scheme: 'bearer', description: 'The Worker secret IC_INIT_TOKEN.' },
      },
    },
    'x-problem-codes': Object.entries(CODES).map(([code, { status, says }]) => ({ code, status, says })),
  }
}

function described(operation: Operation, shared: Shared): Json {
  const { method, path, who, summary, tag, query, body, answers } = operation
  return {
    operationId: operationId(method, path),
    summary,
    tags: [tag],
    'x-role': who,
    ...(who === 'anyone' ? { security: [] } : { security: [{ [schemeOf(who)]: [] }] }),
    parameters: [...pathParameters(path), ...(query ? queryParameters(query) : []), ...headerParameters(operation)],
    ...(body && { requestBody: requestBody(body) }),
    responses: { ...good(answers), ...problems(operation, shared) },
  }
}

function schemeOf(who: Operation['who']): 'sender' | 'init' | 'person' {
  return who === 'sender' || who === 'init' ? who : 'person'
}

function operationId(method: string, path: string): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
  return [method.toLowerCase(), ...words.map((word) => word.charAt(0).toUpperCase() + word.slice(1))].join('')
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/:([a-z]+)/g)].map((match) => ({
    name: match[1],
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}

function queryParameters(query: z.ZodMiniType): Json[] {
  const { properties = {}, required = [] } = schemaOf(query, 'input') as {
    properties?: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    ...(required.includes(name) && { required: true }),
    schema,
  }))
}

function headerParameters({ method, who, codes, answers }: Operation): Json[] {
  const header = (name: string, description: string) => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
  })
  const changes = method !== 'GET' && method !== 'OPTIONS' && who !== 'sender' && who !== 'init'
  return [
    ...(changes ? [header('Idempotency-Key', 'Repeated within a day it is answered with the first answer.')] : []),
    ...(codes.includes('invalid-if-match') ? [header('If-Match', 'Refused with 412 unless this is what stands.')] : []),
    ...(304 in answers ? [header('If-None-Match', 'Answered 304 where this is what stands.')] : []),
  ]
}

function requestBody({ schema, says, types = ['application/json'], optional }: Body): Json {
  const content = Object.fromEntries(types.map((type) => [type, { schema: schema ? schemaOf(schema, 'input') : {} }]))
  return { required: !optional, ...(says !== undefined && { description: says }), content }
}

function good(answers: Readonly<Record<number, Answer>>): Json {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { says, schema, types }]) => {
      const names = types ?? (schema ? ['application/json'] : [])
      const media = (type: string) => ({ schema: schema && type.endsWith('json') ? referred(schema) : {} })
      const content = Object.fromEntries(names.map((type) => [type, media(type)]))
      return [status, { description: says, ...(names.length > 0 && { content }) }]
    }),
  )
}

/** One response for each status, with the codes it may carry. */
function problems(operation: Operation, shared: Shared): Json {
  const byStatus = new Map<number, string[]>()
  for (const code of codesOf(operation)) {
    const status = CODES[code]?.status ?? 500
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return Object.fromEntries(
    [...byStatus]
      .filter(([status]) => !(status in operation.answers))
      .map(([status, codes]) => [status, shared.problem(status, codes)]),
  )
}

/** Responses that several addresses have in common, each written once. */
class Shared {
  readonly components: Json = {}
  #names = new Map<string, string>()

  problem(status: number, codes: readonly string[]): Json {
    const key = `${status} ${codes.toSorted().join(' ')}`
    const known = this.#names.get(key)
    if (known !== undefined) return { $ref: `${RESPONSES}${known}` }
    const name = codes.length === 1 ? `${status}-${codes[0]}` : `${status}-${this.#names.size + 1}`
    this.#names.set(key, name)
    const schema = { allOf: [{ $ref: `${SCHEMAS}Problem` }, { properties: { code: { enum: codes } } }] }
    this.components[name] = {
      description: codes.join(' · '),
      content: { 'application/problem+json': { schema } },
    }
    return { $ref: `${RESPONSES}${name}` }
  }
}

/** The shapes that are told by name. */
const NAMED: ReadonlyMap<z.ZodMiniType, string> = new Map(
  Object.entries(shapes).flatMap(([name, shape]) =>
    typeof shape === 'function' ? [] : [[shape as z.ZodMiniType, name.charAt(0).toUpperCase() + name.slice(1)]],
  ),
)

function referred(schema: z.ZodMiniType): Json {
  const name = NAMED.get(schema)
  if (name !== undefined) return { $ref: `${SCHEMAS}${name}` }
  const item = shapes.itemOf(schema)
  if (!item) return schemaOf(schema, 'output')
  return {
    type: 'object',
    required: ['items', 'next'],
    properties: { items: { type: 'array', items: referred(item) }, next: { type: ['string', 'null'] } },
  }
}

function schemaOf(schema: z.ZodMiniType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' })
  return rest
}
