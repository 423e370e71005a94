import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  GROUP_WINDOW_MS,
  type OpenIncident,
  REFIRE_MS,
  correlate,
  outlived,
} from '../../../durable/core/correlate/group.ts'
import { linksOf, within } from '../../../durable/core/correlate/topology.ts'
import { alert } from './alerts.ts'

const NOW = 10_000_000
const links = linksOf([
  { id: 'storefront', dependencies: ['checkout', 'search-api'] },
  { id: 'checkout', dependencies: ['db-proxy'] },
  { id: 'db-proxy', dependencies: ['orders-db'] },
  { id: 'orders-db', dependencies: [] },
  { id: 'search-api', dependencies: ['nowhere'] },
])

const around = { links, changes: [], windowMs: GROUP_WINDOW_MS }

const incident = (id: string, said: Partial<OpenIncident> = {}): OpenIncident => ({
  id,
  state: 'triggered',
  services: new Set(['checkout']),
  groups: new Set<string>(),
  lastAlertAt: NOW - 1_000,
  openedAt: NOW - 1_000,
  likenesses: [],
  storm: false,
  endedAt: null,
  ...said,
})
const grouped = alert({ groupKey: '{}:{alertname="A"}', service: 'storefront' })
const group = 'prometheus {}:{alertname="A"}'

describe('which incident an alert belongs to', () => {
  test('[IN26] group before service before neighbour', () => {
    const byGroup = incident('inc_group00', { services: new Set(['orders-db']), groups: new Set([group]) })
    const byService = incident('inc_service', { services: new Set(['storefront']) })
    const byTopology = incident('inc_near000', { services: new Set(['checkout']) })
    const all = [byTopology, byService, byGroup]
    expect(correlate(grouped, null, all, around, NOW)).toMatchObject({ incident: byGroup.id, reason: 'same-group' })
    expect(correlate(grouped, null, all.slice(0, 2), around, NOW)).toMatchObject({
      incident: byService.id,
      reason: 'same-service',
      matched: 'storefront',
    })
    expect(correlate(grouped, null, [byTopology], around, NOW)).toEqual({
      incident: byTopology.id,
      reason: 'topology-neighbour',
      matched: 'checkout',
    })
    expect(correlate(grouped, null, [], around, NOW)).toMatchObject({ incident: null, reason: 'new-alert' })
  })

  test('[IN26] the same group key of another source is another group', () => {
    const other = incident('inc_other00', {
      services: new Set(['far']),
      groups: new Set([`elsewhere ${grouped.groupKey}`]),
    })
    expect(correlate(grouped, null, [other], around, NOW).incident).toBeNull()
  })

  test('[IN27] a neighbour is at most two calls away, in either direction, and the nearer one wins', () => {
    const of = (service: string, found: OpenIncident[]) => correlate(alert({ service }), null, found, around, NOW)
    const database = incident('inc_db00000', { services: new Set(['orders-db']) })
    expect(of('checkout', [database])).toMatchObject({ reason: 'topology-neighbour', matched: 'orders-db' })
    expect(of('storefront', [database]).reason).toBe('new-alert')
    expect(of('orders-db', [incident('inc_shop000')])).toMatchObject({ matched: 'checkout' })
    const proxy = incident('inc_proxy00', { services: new Set(['db-proxy']), lastAlertAt: NOW - 60_000 })
    expect(of('checkout', [database, proxy]).incident).toBe(proxy.id)
  })

  test('[IN27] links: unknown dependencies link nothing, and an unknown service has no neighbours', () => {
    expect([...within(links, 'search-api', 1).keys()]).toEqual(['search-api', 'storefront'])
    expect(within(links, 'nowhere', 2).size).toBe(0)
  })

  test('[IN28] the window is five minutes since the incident’s last alert and rolls on with it', () => {
    const at = (lastAlertAt: number) =>
      correlate(alert(), null, [incident('inc_window0', { lastAlertAt })], around, NOW).incident
    expect(at(NOW - GROUP_WINDOW_MS)).toBe('inc_window0')
    expect(at(NOW - GROUP_WINDOW_MS - 1)).toBeNull()
  })

  test('[IN28] a closed, canceled or merged incident takes no alert', () => {
    for (const state of ['closed', 'canceled', 'merged'] as const) {
      const ended = incident('inc_ended00', { state, endedAt: NOW - 1_000 })
      expect(correlate(alert(), null, [ended], around, NOW).incident).toBeNull()
      expect(correlate(alert(), ended, [], around, NOW).incident).toBeNull()
    }
  })

  test('[IN29] an alert goes to its own incident while that is open, however long ago the last alert was', () => {
    const own = incident('inc_own0000', { lastAlertAt: 0 })
    const other = incident('inc_other00')
    expect(correlate(alert(), own, [own, other], around, NOW)).toMatchObject({ incident: own.id, reason: 'same-alert' })
  })

  test('[IN30] firing again within ten minutes of the resolution concerns the same incident, later a new one', () => {
    const own = (endedAt: number) => incident('inc_own0000', { state: 'resolved', lastAlertAt: 0, endedAt })
    expect(correlate(alert(), own(NOW - REFIRE_MS), [], around, NOW).incident).toBe('inc_own0000')
    expect(correlate(alert(), own(NOW - REFIRE_MS - 1), [], around, NOW).incident).toBeNull()
  })

  test('[IN31] an alert that still fires ten minutes after its incident ended has outlived it', () => {
    expect(outlived(incident('inc_own0000'), NOW)).toBe(false)
    expect(outlived(incident('inc_own0000', { state: 'closed', endedAt: NOW - REFIRE_MS }), NOW)).toBe(false)
    expect(outlived(incident('inc_own0000', { state: 'closed', endedAt: NOW - REFIRE_MS - 1 }), NOW)).toBe(true)
  })

  test('[IN32] the choice does not depend on the order in which incidents are listed', () => {
    const some = fc.array(
      fc.record({
        service: fc.constantFrom('checkout', 'db-proxy', 'orders-db', 'search-api'),
        ago: fc.integer({ min: 0, max: 3 }),
        inGroup: fc.boolean(),
      }),
      { maxLength: 8 },
    )
    fc.assert(
      fc.property(some, (said) => {
        const incidents = said.map(({ service, ago, inGroup }, index) =>
          incident(`inc_${index}`, {
            services: new Set([service]),
            groups: new Set(inGroup ? [group] : []),
            lastAlertAt: NOW - ago,
          }),
        )
        const forward = correlate(grouped, null, incidents, around, NOW)
        expect(correlate(grouped, null, incidents.toReversed(), around, NOW)).toEqual(forward)
      }),
    )
  })
})
