import { expect, test } from 'vitest'
import type { Catalogue } from '../../durable/protocol/domain.ts'
import type { Page } from '../../durable/protocol/objects.ts'
import type { SourceWatch } from '../../durable/protocol/keeper.ts'
import type { SilenceRow, StormRow, SuppressedRow } from '../../durable/protocol/noise.ts'
import type { IncidentRow } from '../../durable/protocol/rows.ts'
import { api, json, problem } from './api.ts'

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString()
const silence = (said: object = {}) => ({
  matchers: [{ name: 'service', value: 'quiet-please' }],
  comment: 'we know',
  endsAt: inAnHour(),
  ...said,
})

test('[NO15] a silence is made, listed and ended by API; what it held back is listed, then comes through', async () => {
  const made = await api('/api/v1/silences', { body: silence() })
  const row = await json<SilenceRow>(made, 201)
  expect(made.headers.get('location')).toBe(`/api/v1/silences/${row.id}`)
  expect(row).toMatchObject({ kind: 'silence', state: 'active', by: 'dev', matchers: [{ op: '=' }] })
  const listed = await json<Page<SilenceRow>>(await api('/api/v1/silences'))
  expect(listed.items.map(({ id }) => id)).toContain(row.id)
  const alerts = [{ labels: { alertname: 'Hush', service: 'quiet-please' } }]
  expect((await api('/api/v2/alerts', { body: alerts })).status).toBe(200)
  const held = async () => (await json<Page<SuppressedRow>>(await api('/api/v1/suppressed'))).items
  expect(await held()).toMatchObject([{ title: 'Hush on quiet-please', reason: 'silenced', by: row.id }])
  const ofIt = async () =>
    (await json<Page<IncidentRow>>(await api('/api/v1/incidents'))).items.filter(
      ({ service }) => service === 'quiet-please',
    )
  expect(await ofIt()).toEqual([])
  const noise = await json<{ suppressed: Record<string, number>; storm: StormRow | null }>(
    await api('/api/v1/intake/noise'),
  )
  expect(noise).toMatchObject({ suppressed: { silenced: 1 }, storm: null })
  expect((await api(`/api/v1/silences/${row.id}`, { method: 'DELETE' })).status).toBe(204)
  await problem(await api(`/api/v1/silences/${row.id}`, { method: 'DELETE' }), 404, 'not-found')
  await expect.poll(ofIt, { timeout: 10_000 }).toHaveLength(1)
})

test('[NO15] a silence that is none is 400 and names its places; a viewer makes none', async () => {
  for (const [said, code, at] of [
    [{ matchers: [] }, 'invalid-body', 'matchers'],
    [{ comment: ' ' }, 'invalid-body', 'comment'],
    [{ endsAt: '2020-01-01T00:00:00Z' }, 'invalid-body', 'endsAt'],
    [{ startsAt: '2099-01-01T00:00:00Z' }, 'invalid-body', 'endsAt'],
    [{ endsAt: 'tomorrow' }, 'invalid-body', 'endsAt'],
    [{ forever: true }, 'invalid-body', 'forever'],
    [{ matchers: [{ name: 'a', op: '=~', value: '(' }] }, 'invalid-matchers', 'matchers.0.value'],
    [{ matchers: [{ name: 'a', op: '=~', value: '.*' }] }, 'invalid-matchers', 'matchers'],
  ] as const) {
    const refused = await problem(await api('/api/v1/silences', { body: silence(said) }), 400, code)
    expect(JSON.stringify(refused.errors)).toContain(at)
  }
  await problem(await api('/api/v1/silences', { body: silence(), token: 'dev@viewer' }), 403, 'role-too-low')
  await problem(await api('/api/v1/silences/sil_nobody', { method: 'DELETE' }), 404, 'not-found')
})

test('[CA42] a window of the catalogue is listed with the silences, and is ended in the catalogue alone', async () => {
  const standing = await json<Catalogue>(await api('/api/v1/catalogue'))
  const window = {
    name: 'yearly',
    matchers: [{ name: 'service', value: 'nobody' }],
    comment: 'planned',
    from: new Date().toISOString(),
    until: inAnHour(),
  }
  const body = { ...standing, version: 'silences-1', maintenance: [window] }
  const put = await api('/api/v1/catalogue', { method: 'PUT', token: 'dev:ada@admin', body })
  expect(await json<{ changes: { says: string }[] }>(put)).toMatchObject({
    changes: expect.arrayContaining([{ kind: 'added', at: 'maintenance', says: '+ maintenance' }]),
  })
  const { items } = await json<Page<SilenceRow>>(await api('/api/v1/silences'))
  expect(items).toMatchObject([{ id: 'win_yearly', from: 'catalogue', endsAt: window.until }])
  await problem(await api('/api/v1/silences/win_yearly', { method: 'DELETE' }), 409, 'in-catalogue')
})

test('[NO24] the sources are listed with when each was heard of', async () => {
  await api('/api/v2/alerts', { body: [{ labels: { alertname: 'Heard', service: 'heard' } }] })
  const { items } = await json<Page<SourceWatch>>(await api('/api/v1/sources'))
  expect(items.find(({ heardAt }) => heardAt !== null)).toMatchObject({ heartbeat: null, pull: null })
})
