import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { nowhere } from '../../bridge/act/nowhere.ts'
import { type BridgeParts, createBridge } from '../../bridge/bridge.ts'
import { type Way, wayTo } from '../../bridge/way.ts'
import { OWN_BINDINGS, bindingName } from '../../durable/core/runbooks/binding.ts'
import type { Problem } from '../../durable/core/runbooks/shape.ts'
import { ROOT } from '../e2e/server.ts'

const PRIVATE = 'http://alertmanager.internal:9093'

/** A binding that notes what went through it. */
function office(): { fetch: (input: Request | string) => Promise<Response>; asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    fetch: async (input) => {
      asked.push(typeof input === 'string' ? input : input.url)
      return new Response('from inside')
    },
  }
}

/** The public net; whoever asks it is noted. */
function net(): string[] {
  const asked: string[] = []
  vi.stubGlobal('fetch', async (input: Request | string) => {
    asked.push(typeof input === 'string' ? input : input.url)
    return new Response('from outside')
  })
  return asked
}

afterEach(() => vi.unstubAllGlobals())

describe('an address that names a binding', () => {
  it('[IN87] is asked through that binding and never on the public net', async () => {
    const outside = net()
    const inside = office()
    const way = wayTo({ url: PRIVATE, binding: 'OFFICE' }, { bindings: { OFFICE: inside }, local: false })
    expect(way).toMatchObject({ ok: true, by: 'binding' })
    expect(way.ok && (await (await way.fetch(`${PRIVATE}/api/v2/alerts`)).text())).toBe('from inside')
    expect([inside.asked, outside]).toEqual([[`${PRIVATE}/api/v2/alerts`], []])
  })

  it('[IN87] has no way where the Worker has no such binding: nothing falls back to the public net', () => {
    const outside = net()
    for (const bindings of [
      {},
      { OFFICE: 'a text' },
      { OFFICE: null },
      { OFFICE: { fetch: 1 } },
      Object.create({ OFFICE: office() }),
    ])
      for (const local of [true, false])
        for (const url of [PRIVATE, 'https://am.example.com'])
          expect(wayTo({ url, binding: 'OFFICE' }, { bindings: bindings as Record<string, unknown>, local })).toEqual({
            ok: false,
            reason: 'binding-missing',
          })
    for (const url of ['file:///etc/passwd', 'https://user@am.internal', 'am.internal'])
      expect(wayTo({ url, binding: 'OFFICE' }, { bindings: { OFFICE: office() }, local: false })).toEqual({
        ok: false,
        reason: 'address-not-allowed',
      })
    expect(outside).toEqual([])
  })
})

describe('an address without a binding', () => {
  it('[IN88] is public, or this machine in local mode, or refused', () => {
    const of = (url: string, local: boolean) => {
      const way = wayTo({ url }, { bindings: {}, local })
      return way.ok ? way.by : way.reason
    }
    expect(of('https://am.example.com/prefix', false)).toBe('public')
    expect(of('http://127.0.0.1:9093', true)).toBe('local')
    expect(of('http://alertmanager:9093', true)).toBe('local')
    expect(of('https://am.example.com', true)).toBe('public')
    for (const url of [
      'http://am.example.com',
      'http://127.0.0.1:9093',
      PRIVATE,
      'https://10.0.0.1',
      'https://169.254.169.254',
    ])
      expect([url, of(url, false)]).toEqual([url, 'address-not-allowed'])
  })
})

describe('an action', () => {
  const parts = (way: Way): BridgeParts => ({
    fetch: () => Promise.reject(new Error('no call may be made')),
    way: () => way,
    archiveStore: { put: () => Promise.reject(new Error('no call may be made')) },
    endpoints: [{ name: 'orchestrator', url: PRIVATE, binding: 'OFFICE' }],
    secretNamed: () => Promise.resolve(null),
    tokenNamed: () => Promise.resolve(null),
    sink: null,
    loopback: false,
    actionSecret: 'k',
  })
  const order = { endpoint: 'orchestrator', key: 'prp_1.run', token: 1, digest: 'd'.repeat(64), body: {} as never }

  it('[IN89] without a way ends as not run, with the reason word; asked later, it is not known', async () => {
    const outside = net()
    const driver = createBridge(parts({ ok: false, reason: 'binding-missing' })).remediation('orchestrator')
    expect(await driver?.call(order)).toEqual({ outcome: 'failed', detail: 'binding-missing' })
    expect(await driver?.status(order)).toEqual({ outcome: 'unknown', detail: 'binding-missing' })
    expect(await nowhere('address-not-allowed').call(order)).toMatchObject({ outcome: 'failed' })
    expect(outside).toEqual([])
  })

  it('[IN89] goes through the binding of its endpoint', async () => {
    const inside = office()
    const way = wayTo({ url: PRIVATE, binding: 'OFFICE' }, { bindings: { OFFICE: inside }, local: false })
    await createBridge(parts(way)).remediation('orchestrator')?.call(order)
    expect(inside.asked).toEqual([`${PRIVATE}/`])
  })
})

describe('the name of a binding', () => {
  const problems = (name: unknown) => {
    const found: Problem[] = []
    bindingName(name, 'binding', found)
    return found.map(({ says }) => says)
  }

  it('[CA44] is one of wrangler’s, and none of this Worker’s own', () => {
    expect(problems('OFFICE_2')).toEqual([])
    for (const name of ['', 'office', '2OFFICE', 'OFFICE-NET', 7, null, 'X'.repeat(64)])
      expect([name, problems(name)]).toEqual([name, [expect.stringContaining('name of a binding')]])
    for (const name of ['ROOM', 'ASSETS', 'IC_MASTER_KEY'])
      expect(problems(name)).toEqual([expect.stringContaining("this Worker's own")])
  })

  it('[CA44] what is its own stands in wrangler.toml', () => {
    const toml = readFileSync(`${ROOT}/wrangler.toml`, 'utf8')
    const bound = [...toml.matchAll(/^(?:name|binding) = "([A-Z_]+)"/gm)].map(([, name]) => name ?? '')
    expect([...OWN_BINDINGS].sort()).toEqual(bound.sort())
  })
})
