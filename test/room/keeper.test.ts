import { env } from 'cloudflare:workers'
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { mayAsk } from '../../bridge/address.ts'
import type { Keeper } from '../../durable/keeper/index.ts'
import sample from '../../durable/directory/catalogue.json'
import type { Source } from '../../durable/protocol/domain.ts'
import type { SourceWatch } from '../../durable/protocol/keeper.ts'
import { readPull } from '../../worker/ingest/pull.ts'
import { alertOf, directoryNamed, post, rows, settled } from './directory.world.ts'
import { until } from './socket.ts'

type KeeperStub = DurableObjectStub<Keeper>
const keeper = () => (env as unknown as { KEEPER: { getByName(name: string): KeeperStub } }).KEEPER.getByName('live')
const live = directoryNamed('live')

let version = 0
async function catalogue(source: Partial<Source>): Promise<void> {
  version += 1
  const [first, ...others] = sample.sources
  const text = JSON.stringify({
    ...sample,
    version: `keeper-${version}`,
    sources: [{ ...first, ...source }, ...others],
  })
  const put = await live.putCatalogue({ text, ifMatch: null, by: 'ada' })
  if (!put.ok) throw new Error(JSON.stringify(put))
}

const name = sample.sources[0]?.name ?? ''
async function watch(): Promise<SourceWatch> {
  const found = (await keeper().watches()).find((one) => one.name === name)
  if (!found) throw new Error(`${name} is not watched`)
  return found
}

/** As if so much time had passed since the source was last heard of, watched and asked. */
async function past(ms: number): Promise<void> {
  await runInDurableObject(live, (_, { storage }) => {
    storage.sql.exec("DELETE FROM meta WHERE name = 'heard'")
  })
  await evictDurableObject(live)
  await runInDurableObject(keeper(), (_, { storage }) => {
    storage.sql.exec(
      `UPDATE watch SET json = json_set(json, '$.since', json_extract(json, '$.since') - ?, '$.heardAt', NULL,
       '$.pulledAt', json_extract(json, '$.pulledAt') - ?)`,
      ms,
      ms,
    )
  })
}

async function heartbeats() {
  return (await rows(live)).filter(({ title }) => title === `HeartbeatMissing on ${name}`)
}

afterEach(() => vi.unstubAllGlobals())

describe('heartbeats', () => {
  test('[NO20] silence longer than the heartbeat raises one alert by alarm, over a restart; its return resolves it', async () => {
    await catalogue({ heartbeatMs: 60_000 })
    await until(async () => (await watch()).heartbeat?.state === 'ok', 'it is watched')
    await runDurableObjectAlarm(keeper())
    expect(await heartbeats()).toEqual([])
    await past(61_000)
    await evictDurableObject(keeper())
    await runDurableObjectAlarm(keeper())
    await runDurableObjectAlarm(keeper())
    await settled(live)
    expect(await heartbeats()).toHaveLength(1)
    expect(await watch()).toMatchObject({ heartbeat: { everyMs: 60_000, state: 'missing' } })
    await live.intake(post(alertOf('back', { source: name, status: 'resolved', endsAt: 2_000 })))
    const missed = await live.intake({ ...post(alertOf('back', { source: name })), source: name })
    expect(missed.ok).toBe(true)
    await runDurableObjectAlarm(keeper())
    expect(await watch()).toMatchObject({ heartbeat: { state: 'ok' } })
    await until(async () => (await heartbeats()).every(({ state }) => state === 'resolved'), 'it resolved')
  })

  test('[NO20] a source that is watched no more has no missing heartbeat', async () => {
    await catalogue({ heartbeatMs: 60_000 })
    await until(async () => (await watch()).heartbeat !== null, 'it is watched')
    await past(61_000)
    await runDurableObjectAlarm(keeper())
    expect(await watch()).toMatchObject({ heartbeat: { state: 'missing' } })
    await catalogue({})
    await until(async () => (await heartbeats()).every(({ state }) => state === 'resolved'), 'it resolved')
    expect(await watch()).toMatchObject({ heartbeat: null, pull: null })
  })
})

describe('the pull', () => {
  const URL_AM = 'http://127.0.0.1:9'
  const ACTIVE = { fingerprint: '00000000000000aa', labels: { alertname: 'Lost', service: 'lost-one' } }
  const answer = (items: object[]) => JSON.stringify(items.map((item) => ({ status: { state: 'active' }, ...item })))

  /** The Alertmanager's answer, as the keeper's fetch gets it. */
  async function answering(make: () => Response): Promise<void> {
    await runInDurableObject(keeper(), () => {
      vi.stubGlobal('fetch', async (_url: string, init: RequestInit) => {
        expect(init.redirect).toBe('manual')
        return make()
      })
    })
  }

  async function asked(): Promise<SourceWatch['pull']> {
    await past(61_000)
    await runDurableObjectAlarm(keeper())
    return (await watch()).pull
  }

  test('[NO21] what is active and unknown fires, what is gone resolves, what is held back there is left alone', async () => {
    await answering(() => new Response(answer([ACTIVE])))
    await catalogue({ url: URL_AM })
    await until(async () => (await watch()).pull?.ok === true, 'it was asked')
    await settled(live)
    const lost = async () => (await rows(live)).filter(({ service }) => service === 'lost-one')
    expect(await lost()).toHaveLength(1)
    const received = (await live.counters()).received
    expect(await asked()).toMatchObject({ ok: true, fired: 0, resolved: 0 })
    await answering(() => new Response(answer([{ ...ACTIVE, status: { state: 'suppressed' } }])))
    expect(await asked()).toMatchObject({ ok: true, fired: 0, resolved: 0 })
    expect((await live.counters()).received).toBe(received)
    await answering(() => new Response('[]'))
    expect(await asked()).toMatchObject({ ok: true, fired: 0, resolved: 1 })
    await until(async () => (await lost())[0]?.state === 'resolved', 'it resolved')
    await answering(() => new Response(answer([ACTIVE])))
    expect(await asked()).toMatchObject({ ok: true, fired: 1, resolved: 0 })
    await until(async () => (await lost())[0]?.state === 'triggered', 'it fires again')
  })

  test.each([
    ['redirected', () => new Response(null, { status: 302, headers: { location: 'http://169.254.169.254/' } })],
    ['status', () => new Response('no', { status: 500 })],
    ['not-json', () => new Response('<html>')],
    ['not-a-list', () => new Response('{}')],
    ['too-large', () => new Response('x'.repeat(5_000_001))],
    [
      'unreachable',
      () => {
        throw new Error('refused')
      },
    ],
  ] as const)('[NO22] %s: nothing resolves by it, and the list says why', async (reason, make) => {
    await answering(() => new Response(answer([ACTIVE])))
    await catalogue({ url: URL_AM })
    await asked()
    const before = await live.counters()
    await answering(make)
    expect(await asked()).toMatchObject({ ok: false, reason })
    expect((await live.counters()).received).toBe(before.received)
  })

  test('[IN87] an Alertmanager in a private network is asked through the binding that the catalogue names, and nowhere else', async () => {
    const outside: string[] = []
    await runInDurableObject(keeper(), () => {
      vi.stubGlobal('fetch', async (url: string) => {
        outside.push(url)
        return new Response('[]')
      })
    })
    const url = 'http://alertmanager.internal:9093'
    await catalogue({ url, binding: 'OFFICE_NET' })
    expect(await asked()).toMatchObject({ ok: true })
    await settled(live)
    expect((await rows(live)).filter(({ service }) => service === 'office')).toHaveLength(1)
    const { received } = await live.counters()
    await catalogue({ url, binding: 'GONE_NET' })
    expect(await asked()).toMatchObject({ ok: false, reason: 'binding-missing', fired: 0, resolved: 0 })
    expect((await live.counters()).received).toBe(received)
    expect(outside).toEqual([])
  })

  test('[NO22] an answer is read by the webhook’s own parser; half of it is taken, none of it throws', () => {
    const items = [{ ...ACTIVE, status: { state: 'active' }, startsAt: '2026-11-22T10:00:00Z' }, null, 7, { labels: 1 }]
    const read = readPull(JSON.stringify(items), 'prometheus', [], Date.UTC(2026, 10, 22, 11))
    expect(read).toMatchObject({
      ok: true,
      active: [{ fingerprint: ACTIVE.fingerprint, status: 'firing' }],
      heldBack: [],
    })
  })

  test('[NO23] outside development only https to a public name is asked, whatever the spelling', () => {
    const refused = `http://am.example https://127.0.0.1 https://127.1 https://2130706433 https://0x7f000001 https://0177.0.0.1
      https://[::1] https://[::ffff:127.0.0.1] https://[fe80::1] https://10.0.0.1 https://192.168.1.1 https://172.16.0.1
      https://169.254.169.254 https://localhost https://localhost. https://LOCALHOST https://a.localhost https://printer.local
      https://x.internal https://metadata.google.internal https://metadata https://user@am.example https://user:pw@am.example
      https://am.example?x=1 https://am.example#x file:///etc/passwd ftp://am.example gopher://am.example javascript:alert(1)
      data:text/plain,x https:// https://. https://1 https://0 https://0.0.0.0 https://am.lan https://10.in-addr.arpa
      https://127.0.0.1.:443 https://①②⑦.⓪.⓪.① https://am.example@127.0.0.1 https://%31%32%37.0.0.1 //am.example am.example`
    const spellings = refused.split(/\s+/)
    expect(spellings.length).toBeGreaterThanOrEqual(40)
    for (const address of spellings) expect([address, mayAsk(address, false)]).toEqual([address, false])
    for (const address of ['https://am.example', 'https://am.example:9093/prefix'])
      expect([address, mayAsk(address, false)]).toEqual([address, true])
    expect(mayAsk('http://127.0.0.1:9093', true)).toBe(true)
    expect(mayAsk('file:///etc/passwd', true)).toBe(false)
  })
})
