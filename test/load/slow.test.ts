import { expect, test } from 'vitest'
import { WINDOW_BYTES_MAX } from '../../durable/protocol/limits.ts'
import { CLOSE } from '../../durable/protocol/messages.ts'
import { apiOf } from '../e2e/api.ts'
import { until } from '../e2e/until.ts'
import { bareProduct } from '../bench/bare.ts'
import { watchPresence } from './presence.ts'
import { Tally, Viewer, marked } from '../bench/fanout-viewer.ts'

const EVENTS = 400
const EVENT_CHARS = 3_900
/** Far beyond what a room waits for an ack. */
const GONE_MS_MAX = 60_000

test('[BR61] a connection that stops reading is sent one window, closed with 4008 and no longer present; others get all', async () => {
  const server = await bareProduct()
  try {
    const api = apiOf(server.url)
    const incident = { title: 'slow', severity: 'SEV-4', service: 'slow' }
    const { id } = await api.post<{ id: string }>('/api/v1/incidents', incident)
    const { hostname: host, port } = new URL(server.url)
    const path = `/api/v1/incidents/${id}/room`
    const door = (name: string) => ({
      host,
      port: Number(port),
      path,
      headers: { authorization: `Bearer dev:${name}` },
    })
    const readers = new Tally()
    const stuckTally = new Tally()
    const reading = Array.from({ length: 5 }, () => new Viewer(door('reader'), readers))
    const stuck = new Viewer(door('stuck'), stuckTally)
    await Promise.all([...reading, stuck].map((viewer) => viewer.join()))
    const { present } = await watchPresence(server.url.replace('http', 'ws') + path)
    await until('all are present', GONE_MS_MAX, () => (present().includes('stuck') ? true : null))
    stuck.stall()
    for (let n = 1; n <= EVENTS; n += 1)
      await api.post(`/api/v1/incidents/${id}/notes`, { text: marked(n, performance.now(), EVENT_CHARS) })
    await until('the stuck one is gone', GONE_MS_MAX, () => (present().includes('stuck') ? null : true))
    await until('the others have all', GONE_MS_MAX, () => (readers.delivered === 5 * EVENTS ? true : null))
    expect({ gaps: readers.gaps, duplicates: readers.duplicates, closed: readers.closed }).toEqual({
      gaps: 0,
      duplicates: 0,
      closed: 0,
    })
    stuck.resume()
    await until('it reads why', GONE_MS_MAX, () => (stuckTally.codes.length > 0 ? true : null))
    expect(stuckTally.codes).toEqual([CLOSE.slow])
    expect(stuckTally.delivered * EVENT_CHARS).toBeLessThanOrEqual(WINDOW_BYTES_MAX)
    expect(stuckTally.delivered).toBeGreaterThan(0)
  } finally {
    await server.end()
  }
})
