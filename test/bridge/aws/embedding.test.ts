import { afterEach, expect, test } from 'vitest'
import { EMBEDDED_DIMENSIONS, embeddedEmbedding } from '../../../bridge/embedded/embedding.ts'
import { embeddedModel } from '../../../bridge/embedded/model.ts'
import type { EmbeddedText } from '../../../durable/protocol/ports.ts'
import { MATERIAL } from './asks.ts'
import { type World, worldOf } from './world.ts'

const worlds: World[] = []

afterEach(async () => {
  await Promise.all(worlds.splice(0).map(({ fake }) => fake.stop()))
})

const vector = Array.from({ length: 256 }, (_, index) => (index === 3 ? 1 : 0))
const invoke = (body: unknown) => [
  { operation: 'InvokeModel', replies: [{ output: { body, contentType: 'application/json' } }] },
]

test('[BD39] Titan gives a unit vector of 256 figures and is billed by its tokens', async () => {
  const made = await worldOf(invoke({ embedding: vector, inputTextTokenCount: 5000 }))
  worlds.push(made)
  const said = await made.drivers.embedding.embed({ incident: 'inc_abcdef', text: 'pool exhausted' })
  expect(said).toMatchObject({
    ok: true,
    value: { space: 'amazon.titan-embed-text-v2:0/256', vector, cut: false },
    provenance: { operation: 'embed', tokens: { input: 5000 } },
  })
  expect(said.provenance.cost.usd).toBeCloseTo(0.0001, 12)
  const [call] = made.fake.calls()
  expect([call?.problems, call?.signature]).toEqual([[], 'verified'])
  const body = JSON.parse(Buffer.from(String(call?.input['body']), 'base64').toString())
  expect(body).toEqual({ inputText: 'pool exhausted', dimensions: 256, normalize: true })
})

test.each([
  ['too short', { embedding: vector.slice(1), inputTextTokenCount: 3 }],
  ['no figures', { embedding: vector.map(String), inputTextTokenCount: 3 }],
  ['no count', { embedding: vector }],
  ['no list', { embedding: { 0: 1 }, inputTextTokenCount: 3 }],
])('[BD39] a vector that is %s is no answer', async (_, body) => {
  const made = await worldOf(invoke(body))
  worlds.push(made)
  expect(await made.drivers.embedding.embed({ incident: 'inc_abcdef', text: 'x' })).toMatchObject({
    ok: false,
    reason: 'wrong-shape',
  })
})

test('[BD39] a text that is longer than what is embedded says so', async () => {
  const made = await worldOf(invoke({ embedding: vector, inputTextTokenCount: 5000 }))
  worlds.push(made)
  const long = 'pool '.repeat(10_000)
  for (const port of [made.drivers.embedding, embeddedEmbedding()])
    expect(await port.embed({ incident: 'inc_abcdef', text: long })).toMatchObject({ ok: true, value: { cut: true } })
})

async function embedded(text: string): Promise<EmbeddedText> {
  const said = await embeddedEmbedding().embed({ incident: 'inc_abcdef', text })
  if (!said.ok) throw new Error(said.reason)
  return said.value
}

function cosine(a: EmbeddedText, b: EmbeddedText): number {
  return a.vector.reduce((sum, value, index) => sum + value * (b.vector[index] ?? 0), 0)
}

test('[BD40] texts that share words are near in the embedded space, others are not, and nothing is near nothing', async () => {
  const [pool, same, alike, other, none] = await Promise.all(
    [
      'database pool exhausted',
      'database pool exhausted',
      'pool of the database exhausted',
      'marketing email sent twice',
      '',
    ].map(embedded),
  )
  if (!pool || !same || !alike || !other || !none) throw new Error('five were asked for')
  expect(pool).toEqual(same)
  expect(pool.vector).toHaveLength(EMBEDDED_DIMENSIONS)
  expect(cosine(pool, pool)).toBeCloseTo(1, 12)
  expect(cosine(pool, alike)).toBeGreaterThan(0.4)
  expect(cosine(pool, other)).toBeLessThan(0.3)
  expect(cosine(pool, none)).toBe(0)
})

test('[BD40] the embedded engine says only what code minted, cites it, and leaves tainted words to responders', async () => {
  const model = embeddedModel()
  const texts = new Map(MATERIAL.evidence.map(({ id, text }) => [id, text]))
  const analysis = await model.analyse(MATERIAL)
  expect(analysis).toMatchObject({
    ok: true,
    value: { causes: [{ kind: 'configuration', service: 'db-proxy', says: texts.get('E-02') }, expect.anything()] },
    provenance: { driver: 'embedded', cost: { usd: 0, unpriced: null }, attempts: 0 },
  })
  const wording = await model.write({ ...MATERIAL, audience: 'customers' })
  expect(wording.ok && wording.value.sentences.map(({ says, cites }) => [texts.get(cites[0] ?? ''), says])).toEqual([
    [texts.get('E-02'), texts.get('E-02')],
    [texts.get('E-01'), texts.get('E-01')],
  ])
  expect(await model.classify(MATERIAL)).toMatchObject({ value: { kind: 'configuration', severity: 'error' } })
  expect(await model.classify({ ...MATERIAL, title: 'quiet', evidence: [] })).toMatchObject({
    value: { kind: 'unknown', severity: 'info', because: [] },
  })
  const patterns = [
    { id: 'p-1', title: 'db-proxy pool limit lowered by config' },
    { id: 'p-2', title: 'certificate expired' },
  ]
  expect(await model.matchPatterns({ ...MATERIAL, patterns })).toMatchObject({
    value: { matches: [{ pattern: 'p-1', cites: ['E-02'] }] },
  })
  expect((await model.analyse(MATERIAL)).ok && analysis).toMatchObject({ ok: true })
})
