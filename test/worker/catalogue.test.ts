import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import type { Catalogue } from '../../durable/protocol/domain.ts'
import { yamlDocument } from '../../worker/catalogue/document.ts'
import { api, json, problem } from './api.ts'

const PATH = '/api/v1/catalogue'
const ADMIN = 'dev:ada@admin'

interface Put {
  revision: number
  version: string
  by: string
  changes: { kind: string; at: string; says: string }[]
  beyond: number
}

async function standing(): Promise<{ catalogue: Catalogue; etag: string }> {
  const answer = await api(PATH)
  const etag = answer.headers.get('etag') ?? ''
  return { catalogue: await json<Catalogue>(answer), etag }
}

function put(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return api(PATH, { method: 'PUT', token: ADMIN, body, headers })
}

let count = 0

/** What stands, with a version of its own and one thing changed. */
async function next(change: (catalogue: Catalogue) => void): Promise<Catalogue> {
  const { catalogue } = await standing()
  catalogue.version = `test-${(count += 1)}`
  change(catalogue)
  return catalogue
}

const first = (catalogue: Catalogue) => catalogue.services[0] as Catalogue['services'][number]

test('[CA1] a document that is put is what stands, with who put it and what changed', async () => {
  const wanted = await next((it) => (first(it).owner = 'shop'))
  const answer = await json<Put>(await put(wanted))
  expect(answer).toMatchObject({ version: wanted.version, by: 'ada', beyond: 0 })
  expect(answer.changes.map(({ says }) => says)).toEqual([
    expect.stringMatching(/^~ version: /),
    '~ services/storefront/owner: "web" → "shop"',
  ])
  expect((await standing()).catalogue).toEqual(wanted)
  await problem(await api(PATH, { method: 'PUT', token: 'dev@commander', body: wanted }), 403, 'role-too-low')
})

test('[CA1] what is not valid is 422 with every place, and changes nothing', async () => {
  const before = await standing()
  const bad = await next((it) => {
    Object.assign(first(it), { tier: 9, ownr: 'x' })
    Object.assign(it, { 'a/b': 1 })
  })
  const said = await problem(await put(bad), 422, 'invalid-catalogue')
  expect(said.errors?.map(({ at }) => at)).toEqual(['/services/0/tier', '/services/0/ownr', '/a~1b'])
  const ghost = await next((it) => it.services.push({ ...first(it), dependencies: ['ghost'] }))
  expect((await problem(await put(ghost), 422, 'invalid-catalogue')).errors?.map(({ says }) => says)).toEqual([
    'storefront stands there twice',
    'ghost is no service of this catalogue',
  ])
  for (const body of ['[]', 'null', '"x"', '1e999', `${'['.repeat(50_000)}${']'.repeat(50_000)}`])
    await problem(await put(body), 422, 'invalid-catalogue')
  for (const body of ['', '{', 'a: 1']) await problem(await put(body), 400, 'invalid-body')
  await problem(await put(' '.repeat(262_145)), 413, 'body-too-large')
  expect(await standing()).toEqual(before)
})

test('[CA2] YAML means what its JSON means, and a wrong place has its line', async () => {
  const headers = { 'content-type': 'application/yaml' }
  const wanted = await next((it) => (first(it).title = 'Shop: front # 1'))
  await json(await put(stringify(wanted), headers))
  expect((await standing()).catalogue).toEqual(wanted)
  const bad = await next((it) => Object.assign(first(it), { tier: 'one' }))
  const text = stringify(bad)
  const said = await problem(await put(text, headers), 422, 'invalid-catalogue')
  const [error] = said.errors as unknown as { at: string; line: number }[]
  expect(error?.at).toBe('/services/0/tier')
  expect(text.split('\n')[(error?.line ?? 0) - 1]).toContain('tier: one')
})

test('[CA58] a step that leads back is told with its line', async () => {
  const wanted = await next((it) => {
    const [runbook] = it.runbooks
    if (runbook)
      runbook.steps = [
        { kind: 'manual', id: 'look', says: 'look' },
        {
          kind: 'branch',
          id: 'fork',
          when: { of: 'target', signal: 'errors', is: 'above', value: 1 },
          then: 'look',
          otherwise: 'act',
        },
        { kind: 'http', id: 'act' },
      ]
  })
  const text = stringify(wanted)
  const said = await problem(await put(text, { 'content-type': 'application/yaml' }), 422, 'invalid-catalogue')
  const [error] = said.errors as unknown as { at: string; says: string; line: number }[]
  expect(error).toMatchObject({
    at: '/runbooks/0/steps/1/then',
    says: 'look is no later step: branches lead forward only',
  })
  expect(text.split('\n')[(error?.line ?? 0) - 1]).toContain('then: look')
})

test('[CA2] what only YAML could do is refused with its line, and never read for ever', async () => {
  const levels = Array.from({ length: 30 }, (_, n) => `l${n}: &l${n} [*l${n - 1}, *l${n - 1}, *l${n - 1}]`)
  const laughs = [`l0: &l0 [x]`, ...levels.slice(1)].join('\n')
  for (const text of [
    laughs,
    'a: &a [*a]',
    'a: 1\na: 2',
    'a: !!js/function x',
    'a: [',
    '\tx: 1',
    '? [1]\n: 2',
    '---\na\n---\nb',
  ])
    expect([text, yamlDocument(text).ok]).toEqual([text, false])
  const deep = 100_000
  for (const text of [
    '['.repeat(deep),
    '{a: '.repeat(deep),
    `${'['.repeat(deep)}${']'.repeat(deep)}`,
    '- '.repeat(deep),
  ])
    expect([text.slice(0, 9), yamlDocument(text).ok]).toEqual([text.slice(0, 9), false])
  const wide = Array.from({ length: 40_000 }, (_, n) => `k${n}:`).join('\n')
  expect([yamlDocument(wide).ok, yamlDocument(`${wide}\nk7:`).ok]).toEqual([true, false])
  const twice = yamlDocument('version: a\nservices: []\nversion: b\n')
  expect(twice.ok || twice.problems[0]).toMatchObject({ line: 3 })
  await problem(await put('a: [', { 'content-type': 'text/yaml' }), 422, 'invalid-catalogue')
  await problem(await put(laughs, { 'content-type': 'application/x-yaml' }), 422, 'invalid-catalogue')
})

test('[CA2] no text makes the reader throw, and every place of what it reads is found', async () => {
  const whole = stringify((await standing()).catalogue)
  const cut = fc
    .tuple(fc.nat(whole.length), fc.nat(40), fc.string({ maxLength: 12, unit: 'binary' }))
    .map(([at, length, put]) => whole.slice(0, at) + put + whole.slice(at + length))
  const marks = fc.array(
    fc.constantFrom('&a ', '*a', '!!', '? ', ': ', '- ', '[', '{', '|', '>', '"', "'", '\n', '\t', '#', '%'),
  )
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    cut,
    marks.map((all) => all.join('')),
  )
  fc.assert(
    fc.property(text, fc.constantFrom('', '/services/0/tier', '/x/~1/0', '/a/b/c/d'), (sent, pointer) => {
      const read = yamlDocument(sent)
      if (!read.ok) {
        expect(read.problems.length).toBeGreaterThan(0)
        return
      }
      expect(read.place(pointer)?.line).toBeGreaterThan(0)
      expect(() => JSON.parse(read.json) as unknown).not.toThrow()
    }),
    { numRuns: 500 },
  )
})

test('[CA1] no body of this address is answered 500', async () => {
  const bodies = fc.sample(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), { numRuns: 60, seed: 7 })
  for (const body of bodies)
    for (const type of ['application/json', 'application/yaml']) {
      const answer = await put(body, { 'content-type': type })
      expect([body, type, [400, 422].includes(answer.status), answer.status]).toEqual([body, type, true, answer.status])
      await answer.text()
    }
})

test('[CA3] a secret is refused with its place and is not said again, by diff as by put', async () => {
  const secret = ['whsec', '_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'].join('')
  const leaky = await next((it) => {
    first(it).owner = secret
    first(it).dependencies.push(secret)
  })
  for (const path of [PATH, `${PATH}/diff`]) {
    const answer = await api(path, { method: path === PATH ? 'PUT' : 'POST', token: ADMIN, body: leaky })
    const text = await answer.clone().text()
    const said = await problem(answer, 422, 'secret-in-catalogue')
    expect(said.errors?.map(({ at }) => at)).toEqual(['/services/0/owner', '/services/0/dependencies/3'])
    expect(text).not.toContain(secret)
  }
  expect(JSON.stringify(await standing())).not.toContain(secret)
})

test('[CA4] a diff says what putting would change, and changes nothing', async () => {
  const before = await standing()
  const wanted = await next((it) => it.services.splice(1, 0, { ...first(it), id: 'kiosk' }))
  const diff = await json<Put>(await api(`${PATH}/diff`, { body: wanted }))
  expect(diff.changes.map(({ kind, at }) => `${kind} ${at}`)).toEqual(['changed version', 'added services/kiosk'])
  expect(await standing()).toEqual(before)
  await problem(await api(`${PATH}/diff`, { body: { version: 'x' } }), 422, 'invalid-catalogue')
})

test('[CA5] of two who edit the same document one wins, the other is told what stands', async () => {
  const { etag } = await standing()
  const [mine, theirs] = [await next((it) => (first(it).tier = 2)), await next((it) => (first(it).tier = 3))]
  const won = await put(mine, { 'if-match': etag })
  const now = won.headers.get('etag')
  await json(won)
  const lost = await put(theirs, { 'if-match': etag })
  expect(lost.headers.get('etag')).toBe(now)
  await problem(lost, 412, 'precondition-failed')
  expect((await standing()).catalogue.version).toBe(mine.version)
  await problem(await put(theirs, { 'if-match': `W/${now}` }), 412, 'precondition-failed')
  await problem(await put(theirs, { 'if-match': 'no quotes' }), 400, 'invalid-if-match')
  await json(await put(theirs, { 'if-match': `"other", ${now}` }))
})

test('[CA5] who holds what stands is answered 304 without it', async () => {
  const { etag } = await standing()
  const held = await api(PATH, { headers: { 'if-none-match': `"x", W/${etag}` } })
  expect([held.status, await held.text(), held.headers.get('etag')]).toEqual([304, '', etag])
  await json(await api(PATH, { headers: { 'if-none-match': '"x"' } }))
})

test('[CA6] a version names one content: other content is refused, the same is no change, an old one comes back', async () => {
  const one = await next((it) => (first(it).owner = 'one'))
  const two = await next((it) => (first(it).owner = 'two'))
  await json(await put(one))
  await json(await put(two))
  await problem(await put({ ...one, services: two.services }), 409, 'version-taken')
  await problem(await put({ ...two, services: one.services }), 409, 'version-taken')
  await problem(await put({ ...one, version: 'sample-1' }), 409, 'version-taken')
  const reordered = Object.fromEntries(Object.entries(two).toReversed())
  expect((await json<Put>(await put(reordered))).changes).toEqual([])
  expect((await json<Put>(await put(one))).version).toBe(one.version)
  expect((await standing()).catalogue).toEqual(one)
})

test('[CA7] what was put is listed newest first and can be read again, the shipped one too', async () => {
  const wanted = await next((it) => (first(it).owner = 'kept'))
  const { revision } = await json<Put>(await put(wanted))
  const { items } = await json<{ items: Put[] }>(await api(`${PATH}/versions`))
  expect(items[0]).toMatchObject({ revision, version: wanted.version, by: 'ada' })
  expect(items.at(-1)).toMatchObject({ revision: 1, version: 'sample-1', by: 'shipped' })
  expect(await json(await api(`${PATH}/versions/${revision}`))).toEqual(wanted)
  expect(await json(await api(`${PATH}/versions/1`))).toMatchObject({ version: 'sample-1' })
  for (const unknown of ['999', '0', '-1', 'x', '1e3']) await problem(await api(`${PATH}/versions/${unknown}`), 404)
})

test('[CA8] an open room keeps the catalogue it opened with; the next one opens with what was put', async () => {
  const declare = async () => {
    const body = { title: 'slow', severity: 'SEV-3', service: 'storefront' }
    return (await json<{ id: string }>(await api('/api/v1/incidents', { body }), 201)).id
  }
  const versionOf = async (id: string) =>
    (await json<{ catalogue: string }>(await api(`/api/v1/incidents/${id}`))).catalogue
  const [before, earlier] = [(await standing()).catalogue.version, await declare()]
  const wanted = await next((it) => (first(it).owner = 'later'))
  await json(await put(wanted))
  const later = await declare()
  expect([await versionOf(earlier), await versionOf(later)]).toEqual([before, wanted.version])
})
