import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { bareWorkerd } from '../bench/bare.ts'
import { burst, stream } from '../bench/ingest-load.ts'
import { product } from '../bench/ingest-servers.ts'
import { ROOT, removeFolder, tempFolder } from '../e2e/server.ts'

const STREAM_MS = 2_000
const SLOW_MS = 1_500
const BUNDLE = process.env['IC_BENCH_BUNDLE'] ?? join(ROOT, 'dist/worker/index.js')

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

test('[IN90] posts that wait for a directory that takes long are answered when it has, none taken for hung', async () => {
  const folder = tempFolder('slow-directory')
  const bundle = join(folder, 'worker.js')
  // The product, with a disk that takes its time.
  const code = readFileSync(BUNDLE, 'utf8')
  // In a minified bundle the class has a name of its own; its export says which.
  const directory = /([\w$]+) as IncidentDirectory\b/.exec(code)?.[1] ?? 'IncidentDirectory'
  const slow = `const atOnce = ${directory}.prototype.intakeAll
    ${directory}.prototype.intakeAll = async function (posts) {
      await new Promise((resolve) => setTimeout(resolve, ${SLOW_MS}))
      return atOnce.call(this, posts)
    }`
  writeFileSync(bundle, `${code}\n${slow}\n`)
  const server = await bareWorkerd(bundle, 'wrangler.toml')
  try {
    const post = async (n: number) => {
      const body = JSON.stringify([{ labels: { alertname: `Slow-${n}`, service: 'slow' } }])
      const headers = { authorization: 'Bearer dev' }
      return (await fetch(`${server.url}/api/v2/alerts`, { method: 'POST', headers, body })).status
    }
    const statuses = await Promise.all(Array.from({ length: 20 }, async (_, n) => sleep(n * 20).then(() => post(n))))
    expect(statuses).toEqual(statuses.map(() => 200))
  } finally {
    await server.end()
    removeFolder(folder)
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
