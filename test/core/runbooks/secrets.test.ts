import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { pointerOf, within } from '../../../durable/core/runbooks/catalogue-place.ts'
import { looksSecret, secretsIn } from '../../../durable/core/runbooks/catalogue-secrets.ts'

// Put together here, so that no scanner takes this file for a leak.
const SECRETS = [
  ['ici', '_0123456789abcdefghijklmnop'],
  ['whsec', '_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
  ['sk_live', '_4eC39HqLyjWDarjtT1zdp7dc'],
  ['ghp', '_16C7e42F292c6912E7710c838347Ae178B4a'],
  ['AKIA', 'IOSFODNN7EXAMPLE'],
  ['wJ4lrX9tnF3MI', 'K7MD2NGbPx8fiCY1XAMPL3'],
  ['eyJhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiIxIn0.c2ln'],
  ['-----BEGIN ', 'PRIVATE KEY-----\nMC4CAQ'],
  ['https://ops:', 'hunter2@am.example/api'],
  ['https://hooks.slack.com/', 'services/T0/B0/x'],
  ['Bearer ', 'abcdefghijklmnopqrst'],
  ['password=', 'correct-horse'],
  ['b1946ac92492d234', '7c6235b4d2611184'],
].map((parts) => parts.join(''))

const WORDS = [
  'checkout',
  'connection pool of the database proxy is used up, raise its limit',
  'arn:aws:sns:eu-west-1:123456789012:alarms',
  'https://runbooks.example/db/raise-pool-limit?tab=steps#top',
  'http_server_request_duration_seconds_p99',
  'prometheus20241122production',
  '/alerts/0/labels/service',
  'pagerduty-routing-key-payments',
  'kubernetes_deployment_status_replicas_unavailable',
  'Internationalization team, second floor',
  'a1a1a1a1a1a1a1a1a1a1a1a1a1a1',
]

test('[CA3] what has the form of a key, or of long chance, is a secret; names, addresses and sentences are none', () => {
  expect(SECRETS.filter((text) => !looksSecret(text))).toEqual([])
  expect(WORDS.filter(looksSecret)).toEqual([])
})

test('[CA3] nothing of the shipped catalogue is taken for a secret', () => {
  const file = new URL('../../../durable/directory/catalogue.json', import.meta.url)
  expect(secretsIn(JSON.parse(readFileSync(file, 'utf8')))).toEqual([])
})

test('[CA3] a secret is named by its place, wherever it stands, and never said', () => {
  const secret = SECRETS[0] ?? ''
  const value = { services: [{ id: 'a' }, { owner: secret }], 'any name': { 'x.y': [secret] } }
  const found = secretsIn(value)
  expect(found.map(({ at }) => pointerOf(at))).toEqual(['/services/1/owner', '/any name/x.y/0'])
  expect(JSON.stringify(found)).not.toContain(secret)
})

test('[CA2] a place becomes a JSON pointer, whatever the names on its way hold', () => {
  expect(pointerOf('')).toBe('')
  expect(pointerOf('services[12].slos[0].limit')).toBe('/services/12/slos/0/limit')
  for (const name of ['a.b', 'a/b', 'a~b', 'x[0]', '"', '\\', '', '0', 'ü'])
    expect(pointerOf(within('map', name))).toBe(`/map/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)
})
