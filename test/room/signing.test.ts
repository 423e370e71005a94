import { createHash } from 'node:crypto'
import { env } from 'cloudflare:workers'
import { runInDurableObject } from 'cloudflare:test'
import { describe, expect, test } from 'vitest'
import { nodeCrypto, signText, verifyText } from '../../bridge/ed25519.ts'
import { AGENTS, type AgentKey } from '../../durable/protocol/domain.ts'
import type { DrillRow, Page } from '../../durable/protocol/objects.ts'
import type { IncidentRow } from '../../durable/protocol/rows.ts'
import type { EventBody, RoomEvent } from '../../durable/protocol/events.ts'
import { fromBase64Url } from '../../durable/protocol/signed.ts'
import { verifyLog, webCrypto } from '../../durable/protocol/verify.ts'
import type { InstanceRegistry } from '../../durable/registry/index.ts'
import { publishedKeys, standingKeys } from '../../durable/registry/agent-keys.ts'
import { listSecrets } from '../../durable/registry/secrets.ts'
import type { RegistryPeer } from '../../durable/room/peers.ts'
import { Signer } from '../../durable/room/signer.ts'
import { alert, headOf, inside, openRoom, roomNamed } from './opening.ts'
import { api, found, untilProposed } from './playing.ts'

const WALL = Date.parse('2026-11-22T10:00:00Z')
const master = (letter: string) => ({ id: letter, bytes: new TextEncoder().encode(letter.repeat(32)) })

function inRegistry<T>(name: string, work: (sql: SqlStorage) => T): Promise<T> {
  return runInDurableObject(env.REGISTRY.getByName(`test/${name}`), (_, { storage }) => work(storage.sql))
}

describe('the keys of an instance', () => {
  test('[CN70] are made once, one pair an agent, and sign what their public half checks', async () => {
    await inRegistry('keys', (sql) => {
      const first = standingKeys(sql, master('a'), 'ins_one', WALL)
      expect(first.map(({ key }) => key.agent)).toEqual([...AGENTS])
      expect(standingKeys(sql, master('a'), 'ins_one', WALL + 1)).toEqual(first)
      for (const { key, privateKey } of first) {
        const [secret, shown] = [fromBase64Url(privateKey), fromBase64Url(key.publicKey)]
        if (!secret || !shown) throw new Error('no bytes')
        expect(key.id).toBe(createHash('sha256').update(shown).digest('hex').slice(0, 16))
        expect(verifyText(shown, 'said', fromBase64Url(signText(secret, 'said')) ?? new Uint8Array())).toBe(true)
      }
      const other = standingKeys(sql, master('a'), 'ins_two', WALL)
      expect(other.some(({ key }) => first.some((one) => one.key.id === key.id))).toBe(false)
    })
  })

  test('[CN70] lie sealed: in no list of secrets, not in what is published, and not in the clear in storage', async () => {
    await inRegistry('sealed', (sql) => {
      const made = standingKeys(sql, master('a'), 'ins_one', WALL)
      expect(listSecrets(sql, master('a'))).toEqual([])
      const shown = JSON.stringify(publishedKeys(sql, 'ins_one'))
      const stored = sql
        .exec<{ sealed: ArrayBuffer }>('SELECT sealed FROM agent_keys')
        .toArray()
        .map(({ sealed }) => Buffer.from(sealed).toString('latin1'))
        .join()
      for (const { privateKey } of made) {
        expect(shown).not.toContain(privateKey)
        expect(stored).not.toContain(privateKey)
      }
      expect(Object.keys(publishedKeys(sql, 'ins_one')[0] ?? {}).sort()).toEqual([
        'agent',
        'id',
        'instance',
        'publicKey',
        'since',
      ])
    })
  })

  test('[CN70] are made anew under another master key; the old ones stay published and stand again with theirs', async () => {
    await inRegistry('turned', (sql) => {
      const old = standingKeys(sql, master('a'), 'ins_one', WALL)
      const fresh = standingKeys(sql, master('b'), 'ins_one', WALL + 1)
      const ids = (keys: { key: AgentKey }[]) => keys.map(({ key }) => key.id)
      expect(ids(fresh).filter((id) => ids(old).includes(id))).toEqual([])
      expect(
        publishedKeys(sql, 'ins_one')
          .map(({ id }) => id)
          .sort(),
      ).toEqual([...ids(old), ...ids(fresh)].sort())
      expect(standingKeys(sql, master('a'), 'ins_one', WALL + 2)).toEqual(old)
      expect(standingKeys(sql, master('b'), 'ins_one', WALL + 2)).toEqual(fresh)
    })
  })
})

describe('a seat', () => {
  const keys = [
    { key: { ...keyStub(), agent: 'detection' as const }, privateKey: Buffer.alloc(32, 7).toString('base64url') },
  ]
  const registry = (answers: (() => Promise<typeof keys | null>)[]): (() => RegistryPeer) => {
    return () =>
      ({ signingKeys: answers.shift() ?? (() => Promise.reject(new Error('gone'))) }) as unknown as RegistryPeer
  }
  const gone = () => Promise.reject(new Error('gone'))

  test('[CN69] whose registry cannot be reached has no pen, and says so; later it has one, and asks once', async () => {
    const signer = new Signer()
    const first = registry([gone, gone])
    expect(await signer.penOf('detection', 'ins', first)).toBe('registry-unreachable')
    expect(await signer.penOf('detection', 'ins', registry([async () => null]))).toBe('no-key-to-seal-under')
    const pen = await signer.penOf('detection', 'ins', registry([gone, async () => keys]))
    expect(typeof pen === 'string' ? pen : pen.sign('said')).toBe(signText(Buffer.alloc(32, 7), 'said'))
    expect(await signer.penOf('detection', 'ins', first)).toBe(pen)
    expect(await signer.penOf('diagnosis', 'ins', first)).toBe('no-key-for-this-seat')
  })
})

describe('a room', () => {
  // First of all: nobody has asked for this instance's keys yet.
  test('[CN69] whose registry gives no keys opens all the same and its seats stay silent, with the reason; once it does, they sign', async () => {
    // As deployed before anybody set the master key; then as on one's own machine.
    const settings = (next: object) =>
      runInDurableObject(theRegistry(), (instance) => {
        ;(instance as unknown as { env: object }).env = next
      })
    await settings({ ...env, IC_MODE: 'production' })
    const { id: drill } = await api<DrillRow>('/api/v1/drills', { scenario: 'database-cascade', seed: 5, speed: 60 })
    const incident = await found('the incident', async () => {
      const page = await api<Page<IncidentRow>>('/api/v1/incidents?drill=true')
      return page.items.find((row) => row.drill === drill)
    })
    const room = roomNamed(`drill/${drill}/${incident.id}`)
    const bodies = async () => ((await room.events(0, 1_000))?.events ?? []).map(({ body }) => body as EventBody)
    const silent = await found('every seat is silent', async () => {
      const withheld = (await bodies()).flatMap((body) => (body.type === 'vote-withheld' ? [body] : []))
      return withheld.length >= AGENTS.length && withheld
    })
    expect(new Set(silent.map(({ reason }) => reason))).toEqual(new Set(['no-key-to-seal-under']))
    expect((await bodies())[0]).not.toHaveProperty('keys')
    await settings(env)
    await found('a proposal is carried', async () =>
      (await bodies()).some((body) => body.type === 'ballot-closed' && body.outcome === 'carried'),
    )
    const types = (await bodies()).map(({ type }) => type)
    expect(types.indexOf('keys-recorded')).toBeLessThan(types.indexOf('vote-cast'))
    expect(types.indexOf('keys-recorded')).toBeGreaterThan(0)
    const { events } = (await room.events(0, 1_000)) ?? { events: [] }
    expect(await verifyLog(events as RoomEvent[], null, nodeCrypto)).toMatchObject({ ok: true })
  }, 90_000)

  test('[CN68] opens with the public keys that the instance publishes', async () => {
    const { id, room } = await openRoom()
    const published = await theRegistry().agentKeys('ins_test')
    expect(published).toHaveLength(AGENTS.length)
    await inside(room, (_, { storage: { sql } }) => {
      const [first] = sql.exec<{ json: string }>('SELECT json FROM events WHERE seq = 1').toArray()
      const { body } = JSON.parse(first?.json ?? '{}') as RoomEvent
      expect(body).toMatchObject({
        type: 'incident-opened',
        head: { id, instance: headOf(id).instance },
        keys: published,
      })
    })
    expect(await room.deliver({ id: 'again', alerts: [{ alert: alert('fp-2'), reason: 'same-service' }] })).toEqual({
      ok: true,
    })
  })

  test('[CN60] of a drill signs with the keys of its instance, and its log holds by what that publishes', async () => {
    const play = await untilProposed(null, 19)
    await play.approve()
    const events = await play.events()
    const opened = events[0]?.body
    if (opened?.type !== 'incident-opened') throw new Error('not opened')
    const keys = await theRegistry().agentKeys(opened.head.instance)
    for (const crypto of [nodeCrypto, webCrypto(globalThis as unknown as Parameters<typeof webCrypto>[0])])
      expect(await verifyLog(events, keys, crypto)).toMatchObject({
        ok: true,
        checked: { proposals: 1, votes: 4, certificates: 1 },
        problems: [],
      })
    expect(events.filter(({ body }) => body.type === 'keys-recorded' || body.type === 'vote-withheld')).toEqual([])
    const clerk = events.find(({ body }) => body.type === 'clerk-spoke')?.body
    expect(clerk).toMatchObject({ word: { key: keys.find(({ agent }) => agent === 'communication')?.id } })
  })
})

function theRegistry(): DurableObjectStub<InstanceRegistry> {
  return (env.REGISTRY as unknown as DurableObjectNamespace<InstanceRegistry>).getByName('instance')
}

function keyStub(): AgentKey {
  return { id: 'k', agent: 'detection', instance: 'ins', publicKey: '', since: 0 }
}
