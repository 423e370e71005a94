import { expect, test } from 'vitest'
import worker from '../../worker/index.ts'
import { CODES } from '../../worker/openapi/codes.ts'
import { openapi } from '../../worker/openapi/document.ts'
import { codesOf, OPERATIONS } from '../../worker/openapi/operations.ts'
import { DOCS_POLICY } from '../../worker/routes/docs.ts'
import { api, json, problem } from './api.ts'

type Json = Record<string, unknown>

interface Document {
  openapi: string
  paths: Record<string, Record<string, Described>>
  components: { schemas: Json; responses: Json }
  'x-problem-codes': { code: string; status: number; says: string }[]
}
interface Described {
  operationId: string
  summary: string
  security: Record<string, unknown>[]
  parameters: { name: string; in: string; schema: Json }[]
  requestBody?: { content: Record<string, { schema: Json }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: Json }> }>
}

const document = async () => json<Document>(await api('/openapi.json', { token: null }))

test('[AP1] each route of the map has one row, and each row is a route', () => {
  const routes = worker.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`)
  const rows = OPERATIONS.map(({ method, path }) => `${method} ${path}`)
  expect(rows.toSorted()).toEqual([...new Set(routes)].sort())
})

test('[AP2] every reference resolves, every id is unique, every parameter of a path is declared', async () => {
  const { openapi: version, paths, components } = await document()
  expect(version).toBe('3.1.0')
  const ids = new Set<string>()
  for (const [path, methods] of Object.entries(paths))
    for (const [method, { operationId, summary, parameters, responses, security }] of Object.entries(methods)) {
      const at = `${method} ${path}`
      expect([at, ids.has(operationId), summary.length > 3]).toEqual([at, false, true])
      ids.add(operationId)
      const declared = parameters.filter((one) => one.in === 'path').map(({ name }) => `{${name}}`)
      expect([at, path.match(/\{\w+\}/g) ?? []]).toEqual([at, declared])
      expect(new Set(parameters.map((one) => `${one.in} ${one.name}`)).size).toBe(parameters.length)
      expect(Object.keys(responses).some((status) => Number(status) < 400)).toBe(true)
      for (const one of Object.values(responses)) expect([at, one]).not.toEqual([at, { description: '' }])
      expect(security.every((one) => Object.keys(one).length === 1)).toBe(true)
    }
  expect(ids.size).toBe(OPERATIONS.length)
  for (const [, ref] of JSON.stringify({ paths, components }).matchAll(/"\$ref":"([^"]+)"/g))
    expect(
      ref
        ?.split('/')
        .slice(2)
        .reduce((at: unknown, step) => (at as Json)[step], components),
    ).toBeTypeOf('object')
})

test('[AP2] bodies and queries are what validates: members, bounds and choices are there', async () => {
  const { paths } = await document()
  const declare = paths['/api/v1/incidents']?.['post']?.requestBody?.content['application/json']?.schema
  expect(declare).toMatchObject({
    type: 'object',
    required: ['title', 'severity', 'service'],
    additionalProperties: false,
    properties: { title: { type: 'string', minLength: 1, maxLength: 200 }, severity: { enum: expect.any(Array) } },
  })
  const list = paths['/api/v1/incidents']?.['get']?.parameters ?? []
  expect(list.map(({ name }) => name)).toEqual(['state', 'drill', 'cursor', 'limit'])
  for (const operation of OPERATIONS)
    if (operation.body?.schema) {
      const path = operation.path.replaceAll(/:([a-z]+)/g, '{$1}')
      const content = paths[path]?.[operation.method.toLowerCase()]?.requestBody?.content['application/json']
      expect([operation.path, Object.keys(content?.schema ?? {})]).not.toEqual([operation.path, []])
    }
})

test('[AP4] every code of every row is listed, and the list is the document’s', async () => {
  for (const operation of OPERATIONS)
    for (const code of codesOf(operation)) expect([operation.path, CODES]).toHaveProperty(['1', code])
  const listed = (await document())['x-problem-codes']
  expect(listed.map(({ code }) => code)).toEqual(Object.keys(CODES))
  for (const { code, says } of listed) expect([code, says.length > 10]).toEqual([code, true])
})

test('[AP4] every code that is written in the Worker’s source is listed with that status', () => {
  const sources = import.meta.glob<string>('../../worker/**/*.ts', { query: '?raw', import: 'default', eager: true })
  const found = Object.values(sources).flatMap((text) => [
    ...[...text.matchAll(/new ProblemError\(\s*(\d{3}),\s*'([a-z-]+)'/g)].map((match) => [match[2], Number(match[1])]),
    ...[...text.matchAll(/unavailable\(\s*'([a-z-]+)'/g)].map((match) => [match[1], 503]),
  ])
  expect(found.length).toBeGreaterThan(60)
  for (const [code, status] of found) expect([code, CODES[String(code)]?.status]).toEqual([code, status])
})

test('[AP5] the page names every address, runs nothing and loads its own style alone', async () => {
  const answer = await api('/docs', { token: null })
  expect(answer.headers.get('content-security-policy')).toBe(DOCS_POLICY)
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
  const page = await answer.text()
  for (const { path, method } of OPERATIONS) expect(page).toContain(`${method}</b> <code>${path}</code>`)
  expect(page).not.toMatch(/<script|\son\w+=|\sstyle=|https?:\/\//)
  expect([...page.matchAll(/(?:src|href)="([^"#][^"]*)"/g)].map((match) => match[1])).toEqual([
    '/docs/style.css',
    '/openapi.json',
  ])
  const style = await (await api('/docs/style.css', { token: null })).text()
  expect(style).not.toMatch(/url\(|@import/)
})

test('[AP5] whoever holds this build’s description is answered 304', async () => {
  const first = await api('/openapi.json', { token: null })
  const etag = first.headers.get('etag') ?? ''
  expect(await first.json()).toEqual(JSON.parse(JSON.stringify(openapi())))
  const again = await api('/openapi.json', { token: null, headers: { 'if-none-match': etag } })
  expect([again.status, await again.text()]).toEqual([304, ''])
  await problem(await api('/openapi.json', { method: 'POST' }), 405, 'method-not-allowed')
})
