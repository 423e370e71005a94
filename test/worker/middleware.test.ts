import { expect, test } from 'vitest'
import { isIntake } from '../../worker/middleware/intakes.ts'
import { traceOf, traceparent } from '../../worker/middleware/trace.ts'
import { addresses, isIntake as isSenders } from './addresses.ts'
import { api, json, problem } from './api.ts'
import { ask, deployed, makeToken } from './deployed.ts'

test('[AP20] a page says where the next one is, whatever else was asked kept; the last one does not', async () => {
  for (const title of ['one', 'two', 'three'])
    await json(await api('/api/v1/incidents', { body: { title, severity: 'SEV-4', service: title } }), 201)
  let path: string | undefined = '/api/v1/incidents?limit=2&drill=false'
  const titles: string[] = []
  let pages = 0
  while (path !== undefined) {
    const answer: Response = await api(path)
    const link: string | null = answer.headers.get('link')
    const { items, next } = await json<{ items: { title: string }[]; next: string | null }>(answer)
    titles.push(...items.map(({ title }) => title))
    expect(link === null).toBe(next === null)
    path = /^<(\/api\/v1\/incidents\?[^>]+)>; rel="next"$/.exec(link ?? '')?.[1]
    if (path !== undefined) expect(path).toContain('limit=2&drill=false')
    pages += 1
  }
  expect([pages, titles.sort()]).toEqual([2, ['one', 'three', 'two']])
})

test('[AP21] an incident’s ETag is its seq: 304 while nothing has happened, and another one after', async () => {
  const body = { title: 'x', severity: 'SEV-4', service: 'quiet' }
  const { id } = await json<{ id: string }>(await api('/api/v1/incidents', { body }), 201)
  const path = `/api/v1/incidents/${id}`
  const noted = await json<{ seq: number }>(await api(`${path}/notes`, { body: { text: 'seen' } }))
  const read = await api(path)
  const { seq } = await json<{ seq: number }>(read)
  expect(read.headers.get('etag')).toBe(`"${seq}"`)
  expect(seq).toBeGreaterThanOrEqual(noted.seq)
  const old = await api(path, { headers: { 'if-none-match': `"${noted.seq - 1}"` } })
  expect(old.status).toBe(200)
  await old.text()
  for (let tries = 0; tries < 20; tries += 1) {
    const etag = (await api(path)).headers.get('etag') ?? ''
    const held = await api(path, { headers: { 'if-none-match': etag } })
    const text = await held.text()
    // The agents may say something in between; then the tag has moved on, and so has the answer.
    if (held.status === 304) return expect([text, held.headers.get('etag')]).toEqual(['', etag])
    expect(held.headers.get('etag')).not.toBe(etag)
  }
  expect.unreachable('it never stood still')
})

test('[AP30] each answer says quota and rest; beyond it 429 with Retry-After, for that token alone', async () => {
  const bindings = deployed({ IC_RATE_PER_MINUTE: '3' })
  const mine = await makeToken({ role: 'viewer' })
  const theirs = await makeToken({ role: 'viewer' })
  const rests: (string | undefined)[] = []
  for (let n = 0; n < 3; n += 1) {
    const answer = await ask(bindings, '/api/v1/me', { token: mine.token })
    expect(answer.headers.get('ratelimit-policy')).toBe('"default";q=3;w=60')
    rests.push(/^"default";r=(\d+);t=\d+$/.exec(answer.headers.get('ratelimit') ?? '')?.[1])
    await json(answer)
  }
  expect(rests).toEqual(['2', '1', '0'])
  const over = await ask(bindings, '/api/v1/me', { token: mine.token })
  expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(0)
  await problem(over, 429, 'rate-limited')
  await json(await ask(bindings, '/api/v1/me', { token: theirs.token }))
})

test('[AP30] who guesses tokens is counted like anybody: each guess for itself, none for nothing', async () => {
  const bindings = deployed({ IC_RATE_PER_MINUTE: '2' })
  const from = { 'cf-connecting-ip': '192.0.2.7' }
  for (const status of [401, 401, 429]) await problem(await ask(bindings, '/api/v1/me', { headers: from }), status)
})

test('[AP31] no intake is limited, and every other address is', async () => {
  for (const { method, path } of addresses())
    expect([method, path, isIntake(method, path)]).toEqual([method, path, isSenders(path, method)])
  const answer = await api('/api/v1/ingest/alertmanager', { body: '{}' })
  expect([answer.status, answer.headers.get('ratelimit')]).toEqual([202, null])
  await answer.text()
})

test('[AP40] a trace that comes in goes on with a span of ours; anything else begins one', async () => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
  const given = await api('/livez', { headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01` } })
  const [version, id, span, flags] = (given.headers.get('traceparent') ?? '').split('-')
  expect([version, id, flags]).toEqual(['00', trace, '01'])
  expect(span).toMatch(/^(?!00f067aa0ba902b7)[0-9a-f]{16}$/)
  await given.text()
  for (const bad of [
    undefined,
    '',
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `ff-${trace}-00f067aa0ba902b7-01`,
    `00-${trace.toUpperCase()}-00f067aa0ba902b7-01`,
    `00-${trace}-00f067aa0ba902b7-01-x`,
  ]) {
    const made = traceOf(bad)
    expect(made.traceId).not.toBe(trace)
    expect(traceparent(made)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/)
  }
})
