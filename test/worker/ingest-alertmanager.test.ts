import { expect, test } from 'vitest'
import type { Page } from '../../durable/protocol/objects.ts'
import type { IncidentRow } from '../../durable/protocol/rows.ts'
import { matcherOf } from '../../worker/ingest/alertmanager/filter.ts'
import { api, json, problem } from './api.ts'

interface Gettable {
  labels: Record<string, string>
  status: { state: string }
  endsAt: string
  receivers: unknown[]
}
const ask = (query = '') => api(`/api/v2/alerts${query}`)
const names = async (query = '') => (await json<Gettable[]>(await ask(query))).map(({ labels }) => labels['alertname'])

test('[IN82] what fires is answered in the shape of Alertmanager, by its filters', async () => {
  await api('/api/v2/alerts', {
    body: [
      { labels: { alertname: 'High', service: 'a' } },
      { labels: { alertname: 'Low', service: 'b' } },
      { labels: { alertname: 'Over', service: 'c' }, startsAt: '2026-01-01T00:00:00Z', endsAt: '2026-01-01T00:01:00Z' },
    ],
  })
  const all = await json<Gettable[]>(await ask('?active=true&silenced=false&inhibited=false&unprocessed=false'))
  expect(all).toHaveLength(2)
  for (const one of all) {
    expect(one).toMatchObject({ status: { state: 'active', silencedBy: [], inhibitedBy: [] } })
    expect(Date.parse(one.endsAt)).toBeGreaterThan(Date.now())
  }
  expect(await names(`?filter=${encodeURIComponent('alertname="High"')}`)).toEqual(['High'])
  expect(await names(`?filter=${encodeURIComponent('alertname=~"H.*"')}`)).toEqual(['High'])
  expect(await names(`?filter=${encodeURIComponent('service!=a')}`)).toEqual(['Low'])
  expect(await names(`?filter=service%3Da&filter=${encodeURIComponent('alertname!~"High"')}`)).toEqual([])
  expect(await names('?active=false')).toEqual([])
})

test('[IN82] what is in a private incident is shown to those who may see it', async () => {
  await api('/api/v2/alerts', { body: [{ labels: { alertname: 'Quiet', service: 'quiet' } }] })
  const { items } = await json<Page<IncidentRow>>(await api('/api/v1/incidents?limit=200'))
  const id = items.find((row) => row.service === 'quiet')?.id
  await expect.poll(async () => (await api(`/api/v1/incidents/${id}`)).status, { timeout: 10_000 }).toBe(200)
  const body = { private: true, reason: 'personal data' }
  expect((await api(`/api/v1/incidents/${id}/privacy`, { body })).status).toBe(200)
  const seenBy = async (token: string) => {
    const answer = await api('/api/v2/alerts?filter=service%3Dquiet', { token })
    return (await json<Gettable[]>(answer)).length
  }
  await expect.poll(() => seenBy('dev:Vera@viewer'), { timeout: 10_000 }).toBe(0)
  expect(await seenBy('dev')).toBe(1)
})

test('[IN82] a filter that is none is 400, and the status says that there is no cluster', async () => {
  for (const filter of ['High', '=x', '1a="x"'])
    await problem(await ask(`?filter=${encodeURIComponent(filter)}`), 400, 'invalid-query')
  await problem(await ask(`?${'filter=a%3Db&'.repeat(30)}`), 400, 'invalid-query')
  expect(await json(await api('/api/v2/status'))).toMatchObject({ cluster: { status: 'disabled', peers: [] } })
})

test('[IN82] a matcher is read as Alertmanager writes it', () => {
  expect(matcherOf('alertname="High"')).toEqual({ name: 'alertname', op: '=', value: 'High' })
  expect(matcherOf(' a !~ x.* ')).toEqual({ name: 'a', op: '!~', value: 'x.*' })
  expect(matcherOf('a="say \\"hi\\" \\\\"')).toEqual({ name: 'a', op: '=', value: 'say "hi" \\' })
  expect(matcherOf('a=')).toEqual({ name: 'a', op: '=', value: '' })
  for (const none of ['', 'a', 'a>1', '-a=1']) expect(matcherOf(none)).toBeNull()
})
