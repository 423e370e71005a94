import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { burst, stream } from '../bench/ingest-load.ts'
import { product } from '../bench/ingest-servers.ts'

const STREAM_MS = 2_000

test('[IN90] posts of many connections at once, some of which hang up, are answered, and what was answered is stored', async () => {
  const intake = await product()
  try {
    const loads = [await burst(intake, 500, 100, 100)]
    const [load] = await Promise.all([stream(intake, 64, 1, STREAM_MS), hangUp(intake.url, STREAM_MS)])
    loads.push(load)
    expect(loads.map(({ refused }) => refused)).toEqual([0, 0])
    const acknowledged = loads.reduce((sum, one) => sum + one.acknowledged, 0)
    expect(await intake.stored?.()).toBeGreaterThanOrEqual(acknowledged)
  } finally {
    await intake.end()
  }
})

/** Senders that post and hang up before they are answered, so that requests go away in the middle of a shared call. */
async function hangUp(url: string, ms: number): Promise<void> {
  const { hostname, port, pathname } = new URL(url)
  const until = Date.now() + ms
  for (let n = 0; Date.now() < until; n += 1) {
    const body = JSON.stringify([{ labels: { alertname: 'HungUp', service: 'hang-up', n: String(n) } }])
    const socket = connect({ host: hostname, port: Number(port) })
    socket.on('error', () => undefined)
    socket.write(
      `POST ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: Bearer dev\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
    await sleep(n % 4)
    socket.resetAndDestroy()
  }
}
