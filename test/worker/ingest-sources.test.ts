import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, expect, test, vi } from 'vitest'
import type { Bindings } from '../../worker/env.ts'
import worker from '../../worker/index.ts'
import { withSources } from './ingest-catalogue.ts'

const live = env as unknown as Bindings

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** The real bindings, with each question for the catalogue counted or failed; all else goes through. */
function watched(fail = false): { bindings: Bindings; asked: () => number } {
  let asked = 0
  const getByName = (name: string) =>
    new Proxy(live.DIRECTORY.getByName(name), {
      get(target, key) {
        if (key !== 'catalogue') return Reflect.get(target, key) as unknown
        asked += 1
        return fail ? () => Promise.reject(new Error('unreachable')) : () => target.catalogue()
      },
    })
  return { bindings: { ...live, DIRECTORY: { getByName } }, asked: () => asked }
}

function post(bindings: Bindings): Promise<Response> {
  const headers = { authorization: 'Bearer dev' }
  const request = new Request('http://127.0.0.1/api/v1/ingest/webhook', {
    method: 'POST',
    headers,
    body: '{"title":"t"}',
  })
  return Promise.resolve(worker.fetch(request, bindings, createExecutionContext()))
}

test('[IN84] the sources are asked for once a second, by one request of many', async () => {
  await withSources({ name: 'one', intakes: ['webhook'] })
  const { bindings, asked } = watched()
  const first = await post(bindings)
  expect([first.status, asked()]).toEqual([200, 1])
  vi.useFakeTimers({ now: Date.now() + 5_000, toFake: ['Date'] })
  const answers = await Promise.all(Array.from({ length: 20 }, () => post(bindings)))
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  expect(asked()).toBe(2)
})

test('[IN84] while the catalogue cannot be read, what was known of the sources stands', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ['Date'] })
  const { bindings, asked } = watched(true)
  expect((await post(bindings)).status).toBe(200)
  expect(asked()).toBe(1)
})
