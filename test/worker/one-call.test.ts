import { env } from 'cloudflare:workers'
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { expect, test } from 'vitest'
import type { Bindings } from '../../worker/env.ts'
import worker from '../../worker/index.ts'
import { stormGroup } from '../captures/storm.ts'

/** The real bindings, with every call to an object noted. */
function counting(): { bindings: Bindings; calls: string[] } {
  const calls: string[] = []
  const watched = (binding: string, namespace: object) =>
    new Proxy(namespace, {
      get(target, member) {
        if (member !== 'getByName') return Reflect.get(target, member) as unknown
        return (name: string) =>
          new Proxy((target as { getByName(name: string): object }).getByName(name), {
            get(stub, method) {
              calls.push(`${binding} ${name} ${String(method)}`)
              const found = Reflect.get(stub, method) as unknown
              return typeof found === 'function'
                ? (...args: unknown[]) => Reflect.apply(found, stub, args) as unknown
                : found
            },
          })
      },
    })
  const bindings = Object.fromEntries(
    Object.entries(env as unknown as Record<string, unknown>).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null && 'getByName' in value ? watched(name, value) : value,
    ]),
  )
  return { bindings: bindings as unknown as Bindings, calls }
}

async function post(bindings: Bindings, path: string, body: unknown): Promise<number> {
  const ctx = createExecutionContext()
  const request = new Request(`http://127.0.0.1${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer dev', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answer = await worker.fetch(request, bindings, ctx)
  await answer.arrayBuffer()
  await waitOnExecutionContext(ctx)
  return answer.status
}

test('[IN102] a post is at most one call to one object, however many alerts it carries', async () => {
  const { bindings, calls } = counting()
  // The first one learns which source speaks for the intake; an isolate remembers that for a second.
  expect(await post(bindings, '/api/v1/ingest/alertmanager', stormGroup(1, Date.now()))).toBe(200)
  calls.length = 0
  expect(await post(bindings, '/api/v1/ingest/alertmanager', stormGroup(1_000, Date.now()))).toBe(200)
  expect(await post(bindings, '/api/v2/alerts', [{ labels: { alertname: 'One', service: 'one-call' } }])).toBe(200)
  expect(calls.filter((call) => !call.endsWith(' catalogue'))).toEqual([
    'DIRECTORY live intakeAll',
    'DIRECTORY live intakeAll',
  ])
  expect(calls.length).toBeLessThanOrEqual(3)
})
