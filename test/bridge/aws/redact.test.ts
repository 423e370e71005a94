import { afterEach, expect, test } from 'vitest'
import * as fc from 'fast-check'
import { redactForModel } from '../../../bridge/redact.ts'
import type { ModelMaterial } from '../../../durable/protocol/models.ts'
import { CAUSE, MATERIAL, answer, causes, tool } from './asks.ts'
import { type World, worldOf } from './world.ts'

const worlds: World[] = []

afterEach(async () => {
  await Promise.all(worlds.splice(0).map(({ fake }) => fake.stop()))
})

/** Put together here, so that no scanner takes this file for a leak. */
const SIGNED = ['eyJhbGciOiJSUzI1NiJ9', 'eyJzdWIiOiJjYW5hcnkifQ', 'CANARYsignature'].join('.')
const PEM = ['-----BEGIN RSA PRIVATE', 'KEY-----\nCANARYcanary\nCANARY+/=\n-----END RSA PRIVATE', 'KEY-----'].join(' ')

/** What must not leave, each with CANARY where the secret is. */
const SECRETS: [kind: string, text: string][] = [
  ['private-key', PEM],
  ['private-key', PEM.slice(0, 50)],
  ['token', `auth failed for ${SIGNED} at 12:04`],
  ['token', 'Authorization: Bearer CANARY.abc-def_1234'],
  ['token', '"authorization": "Digest username=CANARY"'],
  ['token', 'Cookie: sid=CANARY; theme=dark'],
  ['token', 'sent bearer CANARY1234567'],
  ['cloud-key', `key AKIA${'CANARY'.padEnd(16, 'A')} denied`],
  ['cloud-key', `aws said ${'CANARYabc123'.padEnd(39, 'Zx9')}Z was wrong`],
  ['cloud-key', `AIza${'CANARY'.padEnd(35, 'x')}`],
  ['token', `push with ghp_${'CANARY'.padEnd(36, 'x')}`],
  ['token', `github_pat_${'CANARY'.padEnd(30, 'x')}`],
  ['token', `glpat-${'CANARY'.padEnd(20, 'x')}`],
  ['token', ['xoxb', '1234', 'CANARY', 'abcd'].join('-')],
  ['token', ['sk', 'live', 'CANARY1234567890'].join('_')],
  ['token', `npm_${'CANARY'.padEnd(36, 'x')}`],
  ['token', 'icw_CANARY_drill_abc123'],
  ['token', 'https://hooks.slack.com/services/T00/B00/CANARY'],
  ['token', 'GET https://x.s3.amazonaws.com/k?a=1&X-Amz-Signature=CANARY&b=2'],
  ['token', 'GET /login?access_token=CANARY HTTP/1.1'],
  ['connection-string', 'cannot connect to postgres://app:CANARY@db.internal:5432/shop?sslmode=require'],
  ['connection-string', 'redis://:CANARY@cache:6379/0 refused'],
  ['connection-string', 'Server=db;Database=shop;User Id=app;Password=CANARY;'],
  ['connection-string', 'DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=CANARY=='],
  ['secret', 'password=CANARY'],
  ['secret', 'DB_PASSWORD: "CANARY with spaces"'],
  ['secret', '{"client_secret":"CANARY","n":1}'],
  ['secret', "api-key => 'CANARY'"],
  ['secret', 'export AWS_SECRET_ACCESS_KEY=CANARY/x+y'],
  ['email', 'user CANARY.person+shop@example.co.uk could not pay'],
]

test.each(SECRETS)('[BD33] a %s is taken out of: %s', (kind, text) => {
  const { text: clean, counts } = redactForModel(`before ${text} after`)
  expect(clean).not.toContain('CANARY')
  expect(clean).toContain(`[${kind}]`)
  expect(counts[kind]).toBeGreaterThan(0)
  expect(clean.startsWith('before ')).toBe(true)
})

test('[BD33] a card number goes, an order number and a time stay', () => {
  expect(redactForModel('card 4111 1111 1111 1111 declined').text).toBe('card [card] declined')
  for (const text of ['order 4111111111111112', 'at 1763812345678', 'trace 12345678901234567890'])
    expect(redactForModel(text)).toEqual({ text, counts: {} })
})

test('[BD34] what people need to work stays: names, figures, paths, digests', () => {
  for (const text of [
    'db-proxy pool_in_use at 24 of 24 since 12:04',
    'checkout: p99 latency 1,840 ms (limit 800), error ratio 0.31',
    'GET https://shop.example.com/api/v1/orders?id=42&page=2 answered 503',
    'deploy checkout@v2.14.1 commit 3f786850e387550fdab836ed7e6dc881de23001b by ci',
    'sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'pod checkout-6d4cf56db6-x7k2p OOMKilled, restarts 4, node ip-10-0-3-17',
    'retry budget spent; token bucket is empty, 0 of 500 tokens left',
    'flag new-auth-flow on for 5%, incident inc_abcdef, evidence E-01',
    'java.lang.OutOfMemoryError: Java heap space at com.shop.cart.CartStore.put(CartStore.java:88)',
  ])
    expect(redactForModel(text)).toEqual({ text, counts: {} })
})

test('[BD34] redacting twice changes nothing more, whatever the text', () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(...SECRETS.map(([, text]) => text), ' ', '\n', '=', ':', '"', '@', 'password', '://'),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const once = redactForModel(pieces.join('')).text
      return redactForModel(once).text === once
    }),
    { numRuns: 500 },
  )
})

test('[BD34] a hostile text is read in time that grows with its length', () => {
  for (const unit of [
    'a',
    'password',
    '-----BEGIN PRIVATE KEY-----',
    'x@',
    'eyJ',
    '1 ',
    'Server=',
    'a.',
    '://:',
    '"=\\',
  ])
    expect(redactForModel(unit.repeat(Math.ceil(30_000 / unit.length))).text.length).toBeLessThan(400_000)
})

test('[BD33] no canary in any field of a question reaches AWS, by any task, in a repair or in a check', async () => {
  const canaries = SECRETS.map(([, text]) => text)
  const all = canaries.toReversed().join(' | ')
  const ask: ModelMaterial = {
    ...MATERIAL,
    title: `checkout fails: ${canaries.slice(3, 9).join(' ')}`,
    evidence: [
      ...MATERIAL.evidence,
      ...canaries.map((text, n) => ({ id: `E-1${n}`, kind: 'log' as const, text, tainted: n % 2 === 0 })),
    ],
  }
  const bad = answer([{ text: `no JSON here` }])
  for (const [settings, first] of [
    [{}, answer([tool(causes(CAUSE))])],
    [{ IC_MODEL_ANALYSIS: 'us.example.own-v1:0', IC_GUARDRAIL_ID: '', IC_GUARDRAIL_VERSION: '' }, bad],
  ] as const) {
    const made = await worldOf(
      [
        { operation: 'Converse', replies: [first] },
        { operation: 'InvokeGuardrailChecks', replies: [{ output: { results: {}, usage: {} } }] },
        { operation: 'InvokeModel', replies: [{ error: 'ThrottlingException' }] },
      ],
      settings,
    )
    worlds.push(made)
    const { model, embedding, guardrail } = made.drivers
    const said = await model.analyse(ask)
    await model.classify(ask)
    await model.write({ ...ask, audience: 'responders' })
    await model.matchPatterns({ ...ask, patterns: canaries.map((title, n) => ({ id: `p-${n}`, title })) })
    await embedding.embed({ incident: ask.incident, text: all })
    await guardrail.check({ incident: ask.incident, direction: 'in', text: all })
    expect(made.fake.calls().length).toBeGreaterThan(5)
    // Bodies of InvokeModel stand in the record as base64.
    const sent = made.fake
      .calls()
      .map(({ input }) => [JSON.stringify(input), Buffer.from(String(input['body']), 'base64')])
    expect(sent.join('\n')).not.toContain('CANARY')
    expect(Object.keys(said.provenance.redacted).sort()).toEqual(
      said.ok ? ['cloud-key', 'connection-string', 'email', 'private-key', 'secret', 'token'] : expect.anything(),
    )
  }
})

test('[BD33] an address or a key in what a model says goes no further either', async () => {
  const says = 'The pool of db-proxy is full, ask jane.doe@example.com.'
  const made = await worldOf([{ operation: 'Converse', replies: [answer([tool(causes({ ...CAUSE, says }))])] }])
  worlds.push(made)
  expect(await made.drivers.model.analyse(MATERIAL)).toMatchObject({
    value: { causes: [{ says: 'The pool of db-proxy is full, ask [email].' }] },
  })
})
