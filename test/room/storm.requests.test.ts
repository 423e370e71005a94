import { expect, test } from 'vitest'
import * as objects from '../../durable/index.ts'
import type { IntakeCounters, Page } from '../../durable/protocol/objects.ts'
import type { IncidentRow } from '../../durable/protocol/rows.ts'
import { stormGroup } from '../captures/storm.ts'
import { json } from '../worker/api.ts'
import { adminToken, ask, deployed, makeToken } from '../worker/deployed.ts'

const POSTS = 100
const ALERTS_PER_POST = 100
/** What the platform takes of one object in a second is 1,000; a storm of half a minute stays far below on each. */
const REQUESTS_PER_OBJECT_MAX = 200
/** Nothing was asked for so long: the storm is worked off. */
const QUIET_MS = 3_000

interface Asked {
  ctx: { id: { name?: string } }
}

/**
 * Every request to an object is a call of a method of its class: each is counted, by class and name, with what the object
 * calls of itself. That counts too many rather than too few.
 */
function counting(): { calls: Map<string, Map<string, number>>; lastAt: () => number } {
  const calls = new Map<string, Map<string, number>>()
  let lastAt = 0
  for (const [className, { prototype }] of Object.entries(objects)) {
    for (const [method, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (method === 'constructor' || typeof value !== 'function') continue
      const real = value as (...args: unknown[]) => unknown
      Object.defineProperty(prototype, method, {
        configurable: true,
        writable: true,
        value(this: Asked, ...args: unknown[]) {
          const object = `${className} ${this.ctx.id.name ?? ''}`
          const methods = calls.get(object) ?? new Map<string, number>()
          calls.set(object, methods.set(method, (methods.get(method) ?? 0) + 1))
          lastAt = Date.now()
          return Reflect.apply(real, this, args)
        },
      })
    }
  }
  return { calls, lastAt: () => lastAt }
}

test('[LM67] a storm of 10,000 alerts in 100 posts asks no object more than 200 times, alarms and all, and loses nothing', async () => {
  const { token } = await makeToken({ source: 'prometheus' })
  const admin = await adminToken()
  const { calls, lastAt } = counting()
  const now = Date.now()
  for (let post = 0; post < POSTS; post += 1) {
    const body = stormGroup(ALERTS_PER_POST, now, `Storm${post}`)
    expect((await ask(deployed(), '/api/v1/ingest/alertmanager', { token, body })).status).toBe(200)
  }
  await expect.poll(() => Date.now() - lastAt() > QUIET_MS, { timeout: 100_000, interval: 250 }).toBe(true)
  const asked = [...calls].map(([object, methods]) => ({ object, n: sum(methods.values()), methods: said(methods) }))
  asked.sort((a, b) => b.n - a.n)
  console.log(asked.map(({ object, n, methods }) => `${String(n).padStart(5)}  ${object}: ${methods}`).join('\n'))
  const counters = await json<IntakeCounters>(await ask(deployed(), '/api/v1/intake', { token: admin }))
  expect(counters).toMatchObject({ received: POSTS * ALERTS_PER_POST, attached: POSTS * ALERTS_PER_POST, pending: 0 })
  const { items } = await json<Page<IncidentRow>>(await ask(deployed(), '/api/v1/incidents', { token: admin }))
  expect(items.length).toBeGreaterThan(0)
  expect(items.length).toBeLessThanOrEqual(20)
  // Each object that the storm reaches was seen: the count is of something.
  expect(asked.find(({ object }) => object === 'IncidentDirectory live')?.n).toBeGreaterThanOrEqual(POSTS)
  expect(asked.filter(({ object }) => object.startsWith('IncidentRoom ')).length).toBe(items.length)
  expect(asked.filter(({ n }) => n > REQUESTS_PER_OBJECT_MAX)).toEqual([])
}, 150_000)

function sum(counts: Iterable<number>): number {
  return [...counts].reduce((total, n) => total + n, 0)
}

function said(methods: ReadonlyMap<string, number>): string {
  return [...methods]
    .sort(([, a], [, b]) => b - a)
    .map(([method, n]) => `${method} ${n}`)
    .join(', ')
}
