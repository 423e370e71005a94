import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sinkDriver } from '../../../bridge/notify/sink.ts'
import { refusedAddress } from '../../../bridge/notify/webhook/address.ts'
import { MESSAGE_BYTES_MAX, webhookDriver } from '../../../bridge/notify/webhook/index.ts'
import { keyOf } from '../../../bridge/notify/webhook/sign.ts'
import type { NotifyMessage } from '../../../durable/protocol/ports.ts'
import { Receiver } from './server.ts'

const SECRET = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`
const MESSAGE: NotifyMessage = {
  id: 'msg_inc_abcdef_P-01_0',
  type: 'incident.triggered',
  timestamp: '2026-01-05T09:00:00.000Z',
  data: { incident: 'inc_abcdef', title: 'checkout fails — „quoted“' },
}

let receiver: Receiver
let url: string
let calls: string[]

beforeEach(async () => {
  receiver = new Receiver()
  url = await receiver.listen()
  calls = []
})
afterEach(() => receiver.close())

function driver(said: Partial<Parameters<typeof webhookDriver>[0]> = {}) {
  return webhookDriver({
    fetch: (request) => {
      calls.push(request.url)
      return fetch(request)
    },
    url,
    secret: 'pager',
    secretNamed: () => Promise.resolve(SECRET),
    loopback: true,
    timeoutMs: 300,
    ...said,
  })
}

describe('what is sent', () => {
  test('[NT1] is verified by the receivers’ own library: id, time of the try, signature, body', async () => {
    expect(await driver().send(MESSAGE)).toEqual({ outcome: 'sent', detail: 'answered 204' })
    const [got] = receiver.got
    const headers = got?.headers as Record<string, string>
    const { type, timestamp, data } = MESSAGE
    expect(new Webhook(SECRET).verify(got?.body ?? '', headers)).toEqual({ type, timestamp, data })
    expect(headers['content-type']).toBe('application/json')
    for (const [name, value] of [
      ['webhook-id', 'msg_other'],
      ['webhook-timestamp', String(Number(headers['webhook-timestamp']) + 1)],
    ] as const)
      expect(() => new Webhook(SECRET).verify(got?.body ?? '', { ...headers, [name]: value })).toThrow()
    expect(() => new Webhook(SECRET).verify(`${got?.body} `, headers)).toThrow()
  })

  test('[NT1] keeps its id over tries and has the time of each', async () => {
    let now = Date.now() - 3_600_000
    const late = driver({ now: () => now })
    receiver.answers = { status: 503 }
    await late.send(MESSAGE)
    now = Date.now()
    receiver.answers = { status: 200 }
    await late.send(MESSAGE)
    const [first, second] = receiver.got.map(({ headers }) => headers)
    expect(first?.['webhook-id']).toBe(second?.['webhook-id'])
    expect(first?.['webhook-timestamp']).not.toBe(second?.['webhook-timestamp'])
    expect(() =>
      new Webhook(SECRET).verify(receiver.got[1]?.body ?? '', second as Record<string, string>),
    ).not.toThrow()
    // Signed anew: the first try's signature would be refused as too old.
    expect(() => new Webhook(SECRET).verify(receiver.got[0]?.body ?? '', first as Record<string, string>)).toThrow()
  })
})

describe('what is answered', () => {
  test.each([200, 201, 202, 204, 299])('[NT2] %i is sent', async (status) => {
    receiver.answers = { status }
    expect(await driver().send(MESSAGE)).toMatchObject({ outcome: 'sent' })
  })

  test.each([400, 401, 404, 408, 429, 500, 502, 503])('[NT2] %i has failed, and is asked once', async (status) => {
    receiver.answers = { status, body: 'whatever it says is not read' }
    expect(await driver().send(MESSAGE)).toEqual({
      outcome: 'failed',
      reason: `answered-${status}`,
      retryAfterMs: null,
    })
    expect(receiver.got).toHaveLength(1)
  })

  test.each([301, 302, 303, 307, 308])('[NT2] a redirect (%i) is never followed', async (status) => {
    const other = new Receiver()
    const elsewhere = await other.listen()
    receiver.answers = { status, headers: { location: elsewhere } }
    expect(await driver().send(MESSAGE)).toMatchObject({ outcome: 'failed', reason: 'redirected' })
    expect([receiver.got.length, other.got.length, calls.length]).toEqual([1, 0, 1])
    await other.close()
  })

  test('[NT3] 410: the target wants nothing any more', async () => {
    receiver.answers = { status: 410 }
    expect(await driver().send(MESSAGE)).toEqual({ outcome: 'gone', reason: 'target-gone' })
  })

  test('[NT4] Retry-After as seconds or as a date, a day at most; nonsense is none', async () => {
    const now = Date.UTC(2026, 0, 5, 9)
    const asked = async (retryAfter: string) => {
      receiver.answers = { status: 429, headers: { 'retry-after': retryAfter } }
      const answer = await driver({ now: () => now }).send(MESSAGE)
      return answer.outcome === 'failed' ? answer.retryAfterMs : null
    }
    expect(await asked('7')).toBe(7_000)
    expect(await asked(new Date(now + 90_000).toUTCString())).toBe(90_000)
    expect(await asked('999999999')).toBe(86_400_000)
    for (const nonsense of ['soon', '-5', '0', new Date(now - 1_000).toUTCString()])
      expect(await asked(nonsense)).toBeNull()
  })

  test('[NT5] a hanging, resetting or absent receiver has failed; nothing is thrown', async () => {
    receiver.answers = 'hang'
    expect(await driver().send(MESSAGE)).toMatchObject({ outcome: 'failed', reason: 'timeout' })
    receiver.answers = 'reset'
    expect(await driver().send(MESSAGE)).toMatchObject({ outcome: 'failed', reason: 'unreachable' })
    await receiver.close()
    expect(await driver().send(MESSAGE)).toMatchObject({ outcome: 'failed', reason: 'unreachable' })
    receiver = new Receiver()
    await receiver.listen()
  })

  test('[NT5] a transport that is deaf to the deadline does not hold it up', async () => {
    const deaf = driver({ fetch: () => new Promise(() => undefined), timeoutMs: 50 })
    expect(await deaf.send(MESSAGE)).toMatchObject({ outcome: 'failed', reason: 'timeout' })
  })
})

describe('what is not sent', () => {
  test('[NT6] without a secret that can sign, with the reason and never its value', async () => {
    const without = async (secretNamed: () => Promise<string | null>) => {
      const answer = await driver({ secretNamed }).send(MESSAGE)
      expect(JSON.stringify(answer)).not.toContain('c2hvcnQ')
      return answer.outcome === 'failed' ? answer.reason : answer.outcome
    }
    expect(await without(() => Promise.resolve(null))).toBe('secret-missing')
    expect(await without(() => Promise.resolve('whsec_c2hvcnQ='))).toBe('secret-unusable')
    expect(await without(() => Promise.resolve('not base64 at all'))).toBe('secret-unusable')
    expect(await without(() => Promise.reject(new Error('no key c2hvcnQ')))).toBe('secret-unreadable')
    expect(calls).toEqual([])
    expect([keyOf(`whsec_${btoa('x'.repeat(64))}`)?.length, keyOf(`whsec_${btoa('x'.repeat(65))}`)]).toEqual([64, null])
  })

  test('[NT6] more than the specification advises', async () => {
    const huge = { ...MESSAGE, data: { title: 'x'.repeat(MESSAGE_BYTES_MAX) } }
    expect(await driver().send(huge)).toMatchObject({ outcome: 'failed', reason: 'message-too-large' })
    expect(calls).toEqual([])
  })

  const REFUSED = [
    'http://example.com/',
    'https://user@example.com/',
    'https://user:pw@example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'nonsense',
    '',
    'https://localhost/',
    'https://localhost./',
    'https://LOCALHOST/',
    'https://a.localhost/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0177.0.0.1/',
    'https://127.0.0.1./',
    'https://0.0.0.0/',
    'https://10.1.2.3/',
    'https://172.16.0.1/',
    'https://172.31.255.255/',
    'https://192.168.1.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://0xa9fea9fe/',
    'https://100.64.0.1/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
    'https://[::1]/',
    'https://[::]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:a9fe:a9fe]/',
    'https://[fe80::1]/',
    'https://[fd00::1]/',
    'https://[2002:7f00:1::]/',
    'https://[2001:db8::1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://metadata.google.internal/',
    'https://printer.local/',
    'https://intranet/',
    'https://１２７.0.0.1/',
  ]
  test.each(REFUSED)('[NT7] to %s', async (address) => {
    expect(refusedAddress(address, { loopback: false })).not.toBeNull()
    expect(await driver({ url: address, loopback: false }).send(MESSAGE)).toMatchObject({ outcome: 'failed' })
    expect(calls).toEqual([])
  })

  test('[NT7] public names and numbers over https are taken; this machine in local mode alone', () => {
    for (const address of [
      'https://hooks.pager.net/x?y=z',
      'https://8.8.8.8/',
      'https://[2606:4700::1]/',
      'https://172.32.0.1/',
    ])
      expect(refusedAddress(address, { loopback: false })).toBeNull()
    for (const address of ['http://127.0.0.1:9/', 'http://localhost/', 'http://[::1]:9/', 'https://127.0.0.1/'])
      expect([
        refusedAddress(address, { loopback: true }),
        refusedAddress(address, { loopback: false }) === null,
      ]).toEqual([null, false])
    expect(refusedAddress('http://10.0.0.1/', { loopback: true })).toBe('not-https')
  })
})

test('[NT11] a drill’s messages go to its sink, and what the sink throws is tried again', async () => {
  const kept: NotifyMessage[] = []
  const sink = sinkDriver((message) => Promise.resolve(void kept.push(message)))
  expect(await sink.send(MESSAGE)).toMatchObject({ outcome: 'sent' })
  expect(kept).toEqual([MESSAGE])
  await expect(sinkDriver(() => Promise.reject(new Error('gone'))).send(MESSAGE)).rejects.toThrow('gone')
})
