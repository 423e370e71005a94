import { apiOf } from '../e2e/api.ts'
import type { Theatre } from './viewers.ts'

/** Posts go round these people, so that no limit on one person's pace is what is measured. */
const PUBLISHERS = 10

/** A room of the product, opened for this; each event is a note that a person writes. */
export async function productRoom(url: string): Promise<Theatre> {
  const { id } = await apiOf(url).post<{ id: string }>('/api/v1/incidents', {
    title: 'load',
    severity: 'SEV-4',
    service: 'load',
  })
  const people = Array.from({ length: PUBLISHERS }, (_, index) => apiOf(url, `dev:load${index}`))
  let turn = 0
  return {
    url: `${url.replace('http', 'ws')}/api/v1/incidents/${id}/room`,
    token: 'dev',
    async publish(text) {
      turn += 1
      await people[turn % PUBLISHERS]?.post(`/api/v1/incidents/${id}/notes`, { text })
    },
  }
}
