import { randomBytes } from 'node:crypto'
import { apiOf } from '../e2e/api.ts'
import { until } from '../e2e/until.ts'
import { joinLobby } from '../load/lobby.ts'

/**
 * Alerts of services that nobody knows, one at a time, each opening an incident: milliseconds from before the POST to
 * its durable acknowledgement, and to the row in a list that a person has open.
 */
export async function alertToOpen(url: string, count: number): Promise<{ acknowledged: number[]; seen: number[] }> {
  const seenAt = new Map<string, number>()
  const lobby = await joinLobby(url, false, (row) => {
    if (!seenAt.has(row.service)) seenAt.set(row.service, performance.now())
  })
  const api = apiOf(url)
  const figures = { acknowledged: [] as number[], seen: [] as number[] }
  for (let number = 0; number < count; number += 1) {
    const service = `bench-${randomBytes(6).toString('hex')}`
    const sentAt = performance.now()
    await api.post('/api/v2/alerts', [{ labels: { alertname: 'Bench', service, severity: 'warning' } }])
    figures.acknowledged.push(performance.now() - sentAt)
    figures.seen.push((await until('the row is seen', 10_000, () => seenAt.get(service) ?? null)) - sentAt)
  }
  lobby.end()
  return figures
}
