import { createHmac } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { verifyGrafana } from '../../worker/ingest/grafana/verify.ts'
import { verifySentry } from '../../worker/ingest/sentry/verify.ts'
import type { SignedPost } from '../../worker/ingest/signed.ts'
import { verifyStandardWebhook } from '../../worker/ingest/standard-webhooks/verify.ts'
import down from '../captures/am-webhook-instancedown-firing.json'
import vector from '../captures/standard-webhooks-vector.json'
import { api, json, problem } from './api.ts'
import { withSources } from './ingest-catalogue.ts'

const NOW = Number(vector.headers['webhook-timestamp']) * 1_000
const NONE = { secret: 'unused' }

function post(body: string, headers: Record<string, string>, now = NOW): SignedPost {
  return { bytes: new TextEncoder().encode(body), header: (name) => headers[name.toLowerCase()] ?? null, now }
}
const hex = (secret: string, text: string) => createHmac('sha256', secret).update(text).digest('hex')

test('[SE61] Grafana signs the body, or time and body where a header for the time is configured', () => {
  const body = '{"alerts":[]}'
  const head = 'x-grafana-alerting-signature'
  expect(verifyGrafana(post(body, { [head]: hex('s', body) }), 's', NONE)).toBeNull()
  expect(verifyGrafana(post(`${body} `, { [head]: hex('s', body) }), 's', NONE)).toBe('signature-wrong')
  expect(verifyGrafana(post(body, { [head]: hex('t', body) }), 's', NONE)).toBe('signature-wrong')
  for (const none of ['', 'zz', hex('s', body).slice(2)])
    expect(verifyGrafana(post(body, { [head]: none }), 's', NONE)).toBe('signature-missing')

  const timed = { secret: 'unused', timestampHeader: 'X-Grafana-Time' }
  const time = String(NOW / 1_000)
  const sent = { [head]: hex('s', `${time}:${body}`), 'x-grafana-time': time }
  expect(verifyGrafana(post(body, sent), 's', timed)).toBeNull()
  expect(verifyGrafana(post(body, sent, NOW + 300_001), 's', timed)).toBe('signature-too-old')
  expect(verifyGrafana(post(body, { ...sent, 'x-grafana-time': String(NOW / 1_000 + 1) }), 's', timed)).toBe(
    'signature-wrong',
  )
  expect(verifyGrafana(post(body, { [head]: hex('s', body) }), 's', timed)).toBe('signature-missing')
})

test('[SE62] Standard Webhooks: the vector holds, one of several signatures is enough, five minutes and not more', () => {
  const { body, headers, secret } = vector
  const judge = (more: Record<string, string> = {}, now = NOW, text = body, key = secret) =>
    verifyStandardWebhook(post(text, { ...headers, ...more }, now), key, NONE)
  expect(judge()).toBeNull()
  expect(judge({}, NOW + 300_000)).toBeNull()
  expect(judge({}, NOW + 300_001)).toBe('signature-too-old')
  expect(judge({}, NOW - 300_001)).toBe('signature-too-old')
  expect(judge({ 'webhook-signature': `v1,AAAA v1a,zzzz ${headers['webhook-signature']}` })).toBeNull()
  expect(judge({ 'webhook-signature': headers['webhook-signature'].slice(0, -4) })).toBe('signature-wrong')
  expect(judge({ 'webhook-signature': headers['webhook-signature'].replace('v1,', 'v2,') })).toBe('signature-wrong')
  expect(judge({ 'webhook-signature': '' })).toBe('signature-wrong')
  expect(judge({ 'webhook-id': 'msg_2' })).toBe('signature-wrong')
  expect(judge({ 'webhook-timestamp': '1795332668' })).toBe('signature-wrong')
  expect(judge({}, NOW, JSON.stringify({ ...(JSON.parse(body) as object), more: 1 }))).toBe('signature-wrong')
  expect(judge({}, NOW, body, `whsec_${btoa('another secret of 24 bytes')}`)).toBe('signature-wrong')
  for (const key of ['whsec_', 'whsec_short', 'not base64!'])
    expect(judge({}, NOW, body, key)).toBe('signature-secret-unusable')
  expect(verifyStandardWebhook(post(body, {}), secret, NONE)).toBe('signature-missing')
})

test('[SE63] Sentry signs the body under its client secret', () => {
  const head = 'sentry-hook-signature'
  expect(verifySentry(post('{}', { [head]: hex('s', '{}') }), 's', NONE)).toBeNull()
  expect(verifySentry(post('{} ', { [head]: hex('s', '{}') }), 's', NONE)).toBe('signature-wrong')
  expect(verifySentry(post('{}', {}), 's', NONE)).toBe('signature-missing')
})

// ---------------------------------------------------------------------------------------------- over HTTP

const SECRET = 'a secret of grafana'

beforeAll(async () => {
  await withSources(
    { name: 'grafana-one', intakes: ['grafana'], signature: { secret: 'grafana-hmac' } },
    { name: 'grafana-two', intakes: ['grafana'], signature: { secret: 'never-set' } },
    { name: 'grafana-three', intakes: ['grafana'] },
    { name: 'hooks', intakes: ['standard-webhooks'], signature: { secret: 'hooks' } },
  )
  for (const [name, value] of [
    ['grafana-hmac', SECRET],
    ['hooks', vector.secret],
  ])
    await json(await api(`/api/v1/secrets/${name}`, { method: 'PUT', token: 'dev@admin', body: { value } }))
})

const body = JSON.stringify(down.request.body)
const signature = { 'x-grafana-alerting-signature': hex(SECRET, body) }
const grafana = (source: string, headers: Record<string, string>, token: string | null = null, text = body) =>
  api(`/api/v1/ingest/grafana${source}`, { method: 'POST', token, headers, body: text })

test('[SE60] where the catalogue names a secret the signature must hold: 401 with the reason, and a token does not help', async () => {
  expect(await json(await grafana('/grafana-one', signature))).toMatchObject({ received: 1, quarantined: false })
  for (const token of [null, 'dev']) await problem(await grafana('/grafana-one', {}, token), 401, 'signature-missing')
  await problem(await grafana('/grafana-one', signature, null, `${body} `), 401, 'signature-wrong')
  await problem(await grafana('/grafana-two', signature), 401, 'signature-secret-missing')
})

test('[SE60] where it names none the token counts; an undecodable body that is signed is kept', async () => {
  await problem(await grafana('/grafana-three', signature), 401, 'unauthenticated')
  expect(await json(await grafana('/grafana-three', {}, 'dev'))).toMatchObject({ received: 1 })
  const torn = '{"alerts":['
  const headers = { 'x-grafana-alerting-signature': hex(SECRET, torn) }
  expect(await json(await grafana('/grafana-one', headers, null, torn), 202)).toMatchObject({ quarantined: true })
})

test('[IN80] several sources of one intake are told apart by the address; one that is not named there is refused', async () => {
  await problem(await grafana('', {}, 'dev'), 400, 'source-not-named')
  for (const source of ['/hooks', '/nobody', '/__proto__'])
    await problem(await grafana(source, {}, 'dev'), 404, 'no-such-source')
  for (const source of ['', '/nobody']) await problem(await grafana(source, {}), 401, 'unauthenticated')
})

test('[SE62] over HTTP a Standard Webhook is taken with its signature and refused when it is old', async () => {
  const send = (seconds: number) => {
    const text = JSON.stringify({ type: 'alert.firing', data: { id: 'sw', title: 'by webhook', service: 'sw' } })
    const key = Buffer.from(vector.secret.slice('whsec_'.length), 'base64')
    const made = createHmac('sha256', key).update(`msg_9.${seconds}.${text}`).digest('base64')
    const headers = { 'webhook-id': 'msg_9', 'webhook-timestamp': String(seconds), 'webhook-signature': `v1,${made}` }
    return api('/api/v1/ingest/standard-webhooks', { method: 'POST', token: null, headers, body: text })
  }
  const now = Math.floor(Date.now() / 1_000)
  expect(await json(await send(now))).toMatchObject({ received: 1, deduplicated: 0 })
  // The same signed message again is the same words: nothing new.
  expect(await json(await send(now))).toMatchObject({ received: 1, deduplicated: 1 })
  await problem(await send(now - 400), 401, 'signature-too-old')
})
