import { expect, test } from 'vitest'
import { type Credentials, canonical, verify } from './sigv4.ts'
import { needTier, readShared } from './tiers.ts'
import type { WireRequest } from './wire.ts'

interface Vector {
  name: string
  context: {
    credentials: { access_key_id: string; secret_access_key: string; token?: string }
    normalize: boolean
    region: string
    service: string
    timestamp: string
  }
  canonicalRequest: string
  stringToSign: string
  signature: string
  signedRequest: string
}

const KEY: Credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret-of-a-test' }
const SCOPE = { region: 'us-east-1', service: 'bedrock' }
const STAMP = '20261122T120000Z'
const NOW = Date.parse('2026-11-22T12:00:00Z')

test("[BD1] AWS's 38 signing vectors: 37 verify text for text, and the one that leaves its session token unsigned is refused", (context) => {
  needTier(context, 'full')
  const vectors = readShared('sigv4-header-vectors.json') as Vector[]
  const refused = vectors.flatMap((vector) => {
    const { credentials, normalize, region, service, timestamp } = vector.context
    const request = parse(vector.signedRequest)
    const by: Credentials = {
      accessKeyId: credentials.access_key_id,
      secretAccessKey: credentials.secret_access_key,
      ...(credentials.token !== undefined && { sessionToken: credentials.token }),
    }
    const names = /SignedHeaders=([^,]+)/.exec(vector.signedRequest)?.[1]?.split(';') ?? []
    const stamp = /X-Amz-Date:(\S+)/i.exec(vector.signedRequest)?.[1] ?? ''
    const scope = { region, service }
    expect(canonical(request, { names, stamp, scope, secret: by.secretAccessKey, normalize }), vector.name).toEqual({
      canonicalRequest: vector.canonicalRequest,
      stringToSign: vector.stringToSign,
      signature: vector.signature,
    })
    const verdict = verify(request, { find: () => by, scope, now: Date.parse(timestamp), normalize })
    return verdict.ok ? [] : [`${vector.name}: ${verdict.reason} ${verdict.detail}`]
  })
  expect(vectors).toHaveLength(38)
  expect(refused).toEqual(['post-sts-header-after: header-unsigned x-amz-security-token'])
})

test('[BD2] what is signed with another secret, for another service, region or time, or altered afterwards, is refused by its reason', () => {
  const good = signed({})
  const seen = (request: WireRequest, now = NOW, known: Credentials = KEY) => {
    const verdict = verify(request, { find: (id) => (id === known.accessKeyId ? known : undefined), scope: SCOPE, now })
    return verdict.ok ? 'verified' : verdict.reason
  }
  expect(seen(good)).toBe('verified')
  expect(seen({ ...good, headers: good.headers.filter(([name]) => name !== 'authorization') })).toBe('unsigned')
  expect(seen({ ...good, headers: [...good.headers.slice(0, -1), ['authorization', 'Bearer x']] })).toBe('malformed')
  expect(seen(good, NOW, { ...KEY, accessKeyId: 'AKIDANOTHER' })).toBe('unknown-key')
  expect(seen(good, NOW, { ...KEY, expiresAt: NOW })).toBe('expired')
  expect(seen(good, NOW, { ...KEY, sessionToken: 'one' })).toBe('wrong-session-token')
  expect(seen(signed({ scope: { ...SCOPE, service: 'bedrock-runtime' } }))).toBe('wrong-scope')
  expect(seen(signed({ scope: { ...SCOPE, region: 'eu-west-1' } }))).toBe('wrong-scope')
  expect(seen(good, NOW + 5 * 60_000 + 1)).toBe('wrong-time')
  expect(seen(good, NOW - 5 * 60_000 - 1)).toBe('wrong-time')
  expect(seen({ ...good, headers: [['x-amz-meta', '1'], ...good.headers] })).toBe('header-unsigned')
  expect(seen(signed({ digest: '0'.repeat(64) }))).toBe('wrong-body-digest')
  expect(seen({ ...good, body: Buffer.from('{"a":2}') })).toBe('wrong-signature')
  expect(seen({ ...good, target: '/model/b/converse' })).toBe('wrong-signature')
  expect(seen(signed({ secret: 'another' }))).toBe('wrong-signature')
})

function signed({ scope = SCOPE, secret = KEY.secretAccessKey, digest = '' }): WireRequest {
  const headers: [string, string][] = [
    ['host', '127.0.0.1:1'],
    ['x-amz-date', STAMP],
    ...(digest === '' ? [] : [['x-amz-content-sha256', digest] as [string, string]]),
  ]
  const request: WireRequest = { method: 'POST', target: '/model/a/converse', headers, body: Buffer.from('{"a":1}') }
  const names = headers.map(([name]) => name).sort()
  const { signature } = canonical(request, { names, stamp: STAMP, scope, secret, normalize: true })
  const range = `${KEY.accessKeyId}/20261122/${scope.region}/${scope.service}/aws4_request`
  const line = `AWS4-HMAC-SHA256 Credential=${range}, SignedHeaders=${names.join(';')}, Signature=${signature}`
  return { ...request, headers: [...headers, ['authorization', line]] }
}

/** A vector's request: lines that begin with white space go on with the header before them. */
function parse(text: string): WireRequest {
  const mark = text.indexOf('\n\n')
  const [head, body] = mark < 0 ? [text, ''] : [text.slice(0, mark), text.slice(mark + 2)]
  const [first = '', ...lines] = head.replace(/\n[ \t]+/g, ' ').split('\n')
  const [method = '', ...rest] = first.split(' ')
  return {
    method,
    target: rest.slice(0, -1).join(' '),
    headers: lines
      .filter((line) => line !== '')
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
    body: Buffer.from(body),
  }
}
