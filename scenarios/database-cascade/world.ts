import type { Service } from '../../durable/protocol/domain.ts'
import type { World } from '../scenario.ts'
import { ON_CALL } from './oncall.ts'
import type { Cast, Part } from './settings.ts'

/** Older samples are stale: three missed scrapes of ten seconds. */
const METRICS_FRESH_MS = 30_000
/** A change stays worth citing for an hour: that is how long a slow effect takes to show. */
const CHANGES_FRESH_MS = 3_600_000

interface Line {
  title: string
  tier: Service['tier']
  owner: string
  calls: Part[]
  protected?: true
  slos?: Service['slos']
}

const SLO_ERRORS: Service['slos'][number] = { name: 'availability', signal: 'errors', limit: 0.05, breach: 'above' }
const sloLatency = (limit: number): Service['slos'][number] => ({
  name: 'latency',
  signal: 'latency_p95',
  limit,
  breach: 'above',
})

/** Who calls whom. Search stands apart: nothing on the way from the database to a shopper passes through it. */
const LINES: Record<Part, Line> = {
  storefront: { title: 'Storefront', tier: 1, owner: 'web', calls: ['checkout'], slos: [SLO_ERRORS, sloLatency(800)] },
  checkout: {
    title: 'Checkout',
    tier: 1,
    owner: 'payments',
    calls: ['proxy', 'notifier'],
    slos: [SLO_ERRORS, sloLatency(1_000)],
  },
  proxy: { title: 'Database proxy', tier: 2, owner: 'platform', calls: ['db'] },
  db: { title: 'Orders database', tier: 1, owner: 'data', calls: [], protected: true },
  search: { title: 'Search', tier: 2, owner: 'discovery', calls: ['index'], slos: [SLO_ERRORS, sloLatency(600)] },
  index: { title: 'Search index', tier: 3, owner: 'discovery', calls: [] },
  history: { title: 'Order history', tier: 3, owner: 'web', calls: ['proxy'], slos: [SLO_ERRORS] },
  notifier: { title: 'Notifier', tier: 4, owner: 'messaging', calls: [] },
}

export const PARTS = Object.keys(LINES) as Part[]

/** Calls that are measured at the caller: [caller, callee]. */
export const EDGES: readonly [Part, Part][] = PARTS.flatMap((part) =>
  LINES[part].calls.map((callee): [Part, Part] => [part, callee]),
)

/** Services, sources, who is called and the one action endpoint, in the names of a cast. */
export function worldOf(cast: Cast): World {
  return {
    ...ON_CALL,
    services: PARTS.map((part) => serviceOf(part, cast)),
    sources: [
      {
        name: 'metrics',
        title: 'Metrics and their alert rules',
        intakes: ['alertmanager', 'alerts', 'telemetry'],
        freshMs: METRICS_FRESH_MS,
      },
      { name: 'deploys', title: 'Deploys and configuration', intakes: ['changes'], freshMs: CHANGES_FRESH_MS },
    ],
    endpoints: [{ name: 'orchestrator', url: 'https://stage.invalid/actions' }],
  }
}

function serviceOf(part: Part, cast: Cast): Service {
  const line = LINES[part]
  return {
    id: cast[part],
    title: line.title,
    tier: line.tier,
    owner: line.owner,
    ownerReachable: true,
    dependencies: line.calls.map((callee) => cast[callee]),
    protected: line.protected ?? false,
    slos: line.slos ?? [],
  }
}
