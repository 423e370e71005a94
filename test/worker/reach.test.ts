import { expect, test } from 'vitest'
import type { ReachRow } from '../../durable/protocol/catalogue.ts'
import type { Catalogue } from '../../durable/protocol/domain.ts'
import type { Page } from '../../durable/protocol/objects.ts'
import { api, json } from './api.ts'

test('[CA45] each address is listed with the way that a call would take: a binding that is there, one that is not, local mode', async () => {
  const standing = await json<Catalogue>(await api('/api/v1/catalogue'))
  const [first, ...sources] = standing.sources
  const body = {
    ...standing,
    version: 'reach-1',
    endpoints: [
      { name: 'inside', url: 'http://orchestrator.internal/run', binding: 'OFFICE_NET' },
      { name: 'gone', url: 'https://act.example.com/run', binding: 'GONE_NET' },
      { name: 'public', url: 'https://act.example.com/run' },
    ],
    targets: [{ name: 'pager', kind: 'webhook', url: 'https://hooks.corp/page', secret: 'pager' }],
    sources: [{ ...first, url: 'http://127.0.0.1:9' }, ...sources],
  }
  const put = await api('/api/v1/catalogue', { method: 'PUT', token: 'dev:ada@admin', body })
  expect(put.status).toBe(200)
  const { items } = await json<Page<ReachRow>>(await api('/api/v1/reach', { token: 'dev@viewer' }))
  expect(items.map(({ kind, name, way, reason }) => [kind, name, way, reason])).toEqual([
    ['endpoint', 'inside', 'binding', ''],
    ['endpoint', 'gone', 'refused', 'binding-missing'],
    ['endpoint', 'public', 'public', ''],
    ['pull', first?.name, 'local', ''],
    ['target', 'pager', 'refused', 'private-address'],
  ])
  expect(items[0]?.binding).toBe('OFFICE_NET')
})
