import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { IntakeCounters, Page, QuarantineRow } from '../../durable/protocol/objects.ts'
import { Certificates, certificateAddress } from '../../worker/ingest/sns/certificate.ts'
import { confirmSubscription } from '../../worker/ingest/sns/confirm.ts'
import { type SnsMessage, snsMessage } from '../../worker/ingest/sns/message.ts'
import { hostOfTopic } from '../../worker/ingest/sns/topic.ts'
import { verifySns } from '../../worker/ingest/sns/verify.ts'
import self from '../captures/sns-signed-v2-selfmade.json'
import sns from '../captures/sns-signed-v2-more.json'
import { api, json, problem } from './api.ts'
import { at } from './bodies.ts'
import { withSources } from './ingest-catalogue.ts'

const PATH = '/api/v1/ingest/sns'
const NOW = at(sns.now)
const HOST = 'sns.us-east-1.amazonaws.com'
const PEM = '/SimpleNotificationService-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.pem'

function messageOf(body: unknown): SnsMessage {
  const message = snsMessage(body)
  if (!message) throw new Error('no message')
  return message
}

/** The trust root: what is served at an address, and a record of every address that was asked. */
function network(served: Record<string, string | Response> = { [sns.address]: sns.certificate }) {
  const asked: string[] = []
  const fetch = async (url: string) => {
    asked.push(url)
    const found = served[url]
    if (found instanceof Response) return found.clone()
    return new Response(found ?? '', { status: found === undefined ? 404 : 200 })
  }
  return { asked, fetch, certificates: new Certificates(fetch) }
}

async function judged(
  body: unknown,
  options: { now?: number; topics?: string[]; served?: Record<string, string | Response> } = {},
) {
  const { asked, certificates } = network(options.served)
  const fault = await verifySns(messageOf(body), options.topics ?? [sns.topic], certificates, options.now ?? NOW)
  return { fault, asked }
}

test('[SE64] what SNS signed is believed, with and without a subject, and so are its confirmations', async () => {
  for (const good of Object.values(sns.good)) expect(await judged(good)).toEqual({ fault: null, asked: [sns.address] })
  const served = { [self.note.SigningCertURL]: self.cert }
  for (const good of [self.note, self.sub, self.unsub])
    expect((await judged(good, { served, now: at('2026-11-22T07:50:00Z') })).fault).toBeNull()
})

const { alarm } = sns.good
const forgeries: [string, unknown, string, { now?: number; served?: Record<string, string | Response> }?][] = [
  ['another Message', { ...alarm, Message: alarm.Message.replace('ALARM', 'OK') }, 'sns-signature'],
  ['no Subject any more', { ...alarm, Subject: undefined }, 'sns-signature'],
  ['a Subject that was none', { ...sns.good.withoutSubject, Subject: 'x' }, 'sns-signature'],
  ['another MessageId', { ...alarm, MessageId: '9' }, 'sns-signature'],
  ['a newer Timestamp', { ...alarm, Timestamp: '2026-11-22T07:32:07.449Z' }, 'sns-signature'],
  ['a confirmation made of a notification', { ...sns.good.confirm, Type: 'UnsubscribeConfirmation' }, 'sns-signature'],
  ['another Token', { ...sns.good.confirm, Token: 'x' }, 'sns-signature'],
  ['a signature of somebody else', sns.signedByAnother, 'sns-signature'],
  ['a signature cut short', { ...alarm, Signature: alarm.Signature.slice(0, 40) }, 'sns-signature'],
  ['no signature', { ...alarm, Signature: '' }, 'sns-signature'],
  ['SHA-1 called version 2', sns.sha1CalledTwo, 'sns-signature'],
  ['version 1', sns.sha1, 'sns-signature-version'],
  ['version 2.0', { ...alarm, SignatureVersion: '2.0' }, 'sns-signature-version'],
  ['a topic of another account, signed', sns.otherTopic, 'sns-topic-not-allowed'],
  ['a topic that is no ARN', { ...alarm, TopicArn: 'alarms' }, 'sns-topic-not-allowed'],
  ['an hour too late', alarm, 'sns-timestamp', { now: at('2026-11-22T08:31:08Z') }],
  ['an hour too early', alarm, 'sns-timestamp', { now: at('2026-11-22T06:31:07Z') }],
  ['a certificate that has ended', alarm, 'sns-certificate', { served: { [sns.address]: sns.expiredCertificate } }],
  ['a certificate of another key', alarm, 'sns-signature', { served: { [sns.address]: sns.foreignCertificate } }],
  ['a certificate that is not RSA', alarm, 'sns-signature', { served: { [sns.address]: sns.ellipticCertificate } }],
  ['a page where the certificate should be', alarm, 'sns-certificate', { served: { [sns.address]: '<html>' } }],
  ['no certificate there', alarm, 'sns-certificate', { served: {} }],
  [
    'a redirect to the certificate',
    alarm,
    'sns-certificate',
    {
      served: {
        [sns.address]: new Response(null, { status: 302, headers: { location: 'https://evil.example/x.pem' } }),
      },
    },
  ],
]

test.each(forgeries)('[SE64] a forgery is refused: %s', async (_name, body, fault, options) => {
  const answer = await judged(body, options)
  expect(answer.fault).toBe(fault)
  expect(answer.asked.filter((address) => address !== sns.address)).toEqual([])
})

const addresses = [
  `http://${HOST}${PEM}`,
  `https://sns.s3-us-west-2.amazonaws.com${PEM}`,
  `https://sns.us-west-2.amazonaws.com${PEM}`,
  `https://${HOST}.evil.example${PEM}`,
  `https://evil-${HOST}${PEM}`,
  `https://${HOST}@evil.example${PEM}`,
  `https://evil.example\\@${HOST}${PEM}`,
  `https://user:pass@${HOST}${PEM}`,
  `https://${HOST}:8443${PEM}`,
  `https://${HOST}:443${PEM}`,
  `https://${HOST}.${PEM}`,
  `https://SNS.us-east-1.amazonaws.com${PEM}`,
  `https://${HOST}${PEM}?x=1`,
  `https://${HOST}${PEM}#x`,
  `https://${HOST}/x/..${PEM}`,
  `https://${HOST}/%2e%2e${PEM}`,
  `https://${HOST}/SimpleNotificationService-short.pem`,
  `https://${HOST}/other.pem`,
  `https://${HOST}//evil.example${PEM}`,
  `https://169.254.169.254${PEM}`,
  `file:///etc/passwd`,
  ` https://${HOST}${PEM}`,
  `https://${HOST}${PEM}\n`,
  '',
]

test.each(addresses)(
  '[SE64] a certificate is not asked for at %s, whoever signed the message',
  async (SigningCertURL) => {
    expect(await judged({ ...alarm, SigningCertURL })).toEqual({ fault: 'sns-certificate-address', asked: [] })
    expect(certificateAddress(SigningCertURL, HOST)).toBeNull()
  },
)

test('[SE64] what has not the members of a message is none', () => {
  for (const name of Object.keys(alarm).filter((one) => one !== 'Subject' && one !== 'UnsubscribeURL'))
    expect(snsMessage({ ...alarm, [name]: undefined })).toBeNull()
  for (const more of [{ Type: 'Other' }, { Subject: 5 }, { Timestamp: 'now' }, { Message: {} }])
    expect(snsMessage({ ...alarm, ...more })).toBeNull()
  for (const body of [null, [], 'x', {}]) expect(snsMessage(body)).toBeNull()
})

test('[SE64] a certificate is asked for once an hour, and no verdict is given while nobody answers', async () => {
  const { asked, certificates } = network()
  for (const now of [NOW, NOW + 60_000]) await verifySns(messageOf(alarm), [sns.topic], certificates, now)
  expect(asked).toEqual([sns.address])
  const down = new Certificates(() => Promise.reject(new Error('unreachable')))
  await expect(verifySns(messageOf(alarm), [sns.topic], down, NOW)).rejects.toThrow('unreachable')
})

test('[SE65] a confirmation goes to the host of the region of the topic, never to the SubscribeURL', async () => {
  const { asked, fetch } = network()
  expect(await confirmSubscription(messageOf(sns.good.confirm), fetch)).toBe(false)
  const [url = ''] = asked
  expect(new URL(url).host).toBe(HOST)
  expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
    Action: 'ConfirmSubscription',
    Version: '2010-03-31',
    TopicArn: sns.topic,
    Token: '2336412f37f',
  })
  expect(hostOfTopic('arn:aws-cn:sns:cn-north-1:123456789012:a')).toBe('sns.cn-north-1.amazonaws.com.cn')
  expect(hostOfTopic('arn:aws-us-gov:sns:us-gov-west-1:123456789012:a')).toBe('sns.us-gov-west-1.amazonaws.com')
  for (const arn of [
    '',
    'arn:aws:sqs:us-east-1:123456789012:a',
    'arn:aws:sns:evil.example/:123456789012:a',
    `${sns.topic}/x`,
  ])
    expect(hostOfTopic(arn)).toBeNull()
})

// ---------------------------------------------------------------------------------------------- over HTTP

const asked: string[] = []

beforeAll(async () => {
  await withSources({ name: 'cloudwatch', intakes: ['sns', 'eventbridge'], topics: [sns.topic] })
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  asked.length = 0
})

/** Posts as SNS does, on the day of the vectors, with the network of AWS as the test has it. */
async function post(
  body: unknown,
  served: Record<string, string> = { [sns.address]: sns.certificate },
): Promise<Response> {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] })
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const url = input instanceof Request ? input.url : String(input)
    asked.push(url)
    const found = url.startsWith(`https://${HOST}/?Action=ConfirmSubscription&`) ? 'ok' : served[url]
    return new Response(found ?? '', { status: found === undefined ? 404 : 200 })
  })
  const headers = { 'content-type': 'text/plain; charset=UTF-8' }
  return api(PATH, { method: 'POST', token: null, headers, body: JSON.stringify(body) })
}

test('[SE64] over HTTP a forgery is 401 with its reason, nothing of it is kept and no address of it is asked', async () => {
  const before = await json<IntakeCounters>(await api('/api/v1/intake'))
  for (const [, body, fault, options] of forgeries)
    if (options === undefined) await problem(await post(body), 401, fault)
  for (const SigningCertURL of addresses) await problem(await post({ ...alarm, SigningCertURL }), 401)
  await problem(await post({ raw: 'delivery' }), 401, 'unauthenticated')
  vi.restoreAllMocks()
  expect(asked.filter((address) => address !== sns.address)).toEqual([])
  expect(await json<IntakeCounters>(await api('/api/v1/intake'))).toEqual(before)
})

test('[IN65] over HTTP an alarm fires, is over, and an INSUFFICIENT_DATA between changes nothing; a repeat is one', async () => {
  expect(await json(await post(sns.good.alarm))).toMatchObject({ received: 1, deduplicated: 0 })
  expect(await json(await post(sns.good.alarm))).toMatchObject({ received: 1, deduplicated: 1 })
  expect(await json(await post(sns.good.insufficient))).toMatchObject({
    received: 0,
    skipped: { 'insufficient-data': 1 },
  })
  expect(await json(await post(sns.good.ok))).toMatchObject({ received: 1, deduplicated: 0 })
})

test('[SE65] over HTTP a confirmation is confirmed, and no address of the message is asked but the certificate', async () => {
  expect(await json(await post(sns.good.confirm))).toMatchObject({ confirmed: true })
  expect(asked.every((address) => address.startsWith(`https://${HOST}/`))).toBe(true)
  expect(asked.filter((address) => address.includes('ConfirmSubscription'))).toHaveLength(1)
})

test('[IN13] words that are no alert, and the end of a subscription, are kept where people look', async () => {
  expect(await json(await post(sns.good.words), 202)).toMatchObject({ quarantined: true })
  expect(await json(await post(sns.good.unsubscribe), 202)).toMatchObject({ reason: 'sns-unsubscribed' })
  vi.useRealTimers()
  vi.restoreAllMocks()
  const { items } = await json<Page<QuarantineRow>>(await api('/api/v1/intake/quarantined'))
  expect(items.map(({ source, reason }) => [source, reason])).toContainEqual(['cloudwatch', 'sns-unsubscribed'])
})
