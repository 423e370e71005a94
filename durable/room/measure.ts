import type { Tally } from '../protocol/measures.ts'
import type { RoomEvent } from '../protocol/events.ts'
import type { View } from '../protocol/view.ts'

/** Seconds that an agent takes: the embedded ones milliseconds, a model up to its deadline of ten seconds. */
const RUN_BUCKETS_S = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10] as const
/** Seconds until somebody was reached: at once, after a retry, after a step of the escalation. */
const PAGE_BUCKETS_S = [0.5, 1, 2.5, 5, 10, 30, 60, 300, 900] as const

/** What committed events add to the figures of the instance; empty where there is nothing to count. */
export function tallyOf(events: readonly RoomEvent[], view: View): Tally {
  const tally: Tally = {}
  for (const { body, at } of events) {
    switch (body.type) {
      case 'finding-reported': {
        const { agent, provenance } = body.finding
        const labels = `agent="${agent}",engine="${plain(provenance.driver)}"`
        observe(tally, 'ic_agent_run_seconds', labels, provenance.latencyMs / 1_000, RUN_BUCKETS_S)
        break
      }
      case 'notification-sent': {
        add(tally, `ic_notifications_total{outcome="sent"}`, 1)
        const page = view.pages.find(({ id }) => id === body.page)
        if (page?.reason !== 'opened' || body.to !== 0 || !view.head) break
        observe(tally, 'ic_alert_to_page_seconds', '', Math.max(0, at - view.head.openedAt) / 1_000, PAGE_BUCKETS_S)
        break
      }
      case 'notification-failed':
        add(tally, `ic_notifications_total{outcome="failed"}`, 1)
        break
      case 'notification-parked':
        add(tally, `ic_notifications_total{outcome="parked"}`, 1)
        break
      default:
    }
  }
  return tally
}

/** A socket that did not read was closed. */
export const SLOW_SOCKET: Readonly<Tally> = { ic_ws_slow_disconnects_total: 1 }

function observe(tally: Tally, name: string, labels: string, value: number, bounds: readonly number[]): void {
  const before = labels === '' ? '' : `${labels},`
  const own = labels === '' ? '' : `{${labels}}`
  for (const le of bounds) if (value <= le) add(tally, `${name}_bucket{${before}le="${le}"}`, 1)
  add(tally, `${name}_bucket{${before}le="+Inf"}`, 1)
  add(tally, `${name}_sum${own}`, value)
  add(tally, `${name}_count${own}`, 1)
}

function add(tally: Tally, series: string, n: number): void {
  tally[series] = (tally[series] ?? 0) + n
}

function plain(name: string): string {
  return name.replaceAll(/[^\w.:/-]/g, '_').slice(0, 60)
}
