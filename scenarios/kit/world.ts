import type { Service, Source } from '../../durable/protocol/domain.ts'
import type { World } from '../scenario.ts'
import { ON_CALL } from './oncall.ts'

/** Older samples are stale: three missed scrapes of ten seconds. */
const SAMPLES_FRESH_MS = 30_000
/** A change stays worth citing for an hour: that is how long a slow effect takes to show. */
const CHANGES_FRESH_MS = 3_600_000

/** The systems that observe a story; each story names those it has. */
export const METRICS: Source = {
  name: 'metrics',
  title: 'Metrics and their alert rules',
  intakes: ['alertmanager', 'alerts', 'telemetry'],
  freshMs: SAMPLES_FRESH_MS,
}
export const DEPLOYS: Source = {
  name: 'deploys',
  title: 'Deploys and configuration',
  intakes: ['changes'],
  freshMs: CHANGES_FRESH_MS,
}
export const ORCHESTRATOR: Source = {
  name: 'orchestrator',
  title: 'What runs where: restarts and kills',
  intakes: ['telemetry'],
  freshMs: SAMPLES_FRESH_MS,
}
export const PROBER: Source = {
  name: 'prober',
  title: 'Requests from outside, every few seconds',
  intakes: ['alertmanager', 'alerts', 'telemetry'],
  freshMs: SAMPLES_FRESH_MS,
}

/** One service of a story, by the part it plays. */
export interface Line<P extends string> {
  title: string
  tier: Service['tier']
  owner: string
  calls: readonly P[]
  protected?: true
  slos?: Service['slos']
}

/** At most this share of requests fails. */
export const fewErrors = (limit: number): Service['slos'][number] => ({
  name: 'availability',
  signal: 'errors',
  limit,
  breach: 'above',
})
/** The slowest twentieth is answered within so many ms. */
export const soon = (limit: number): Service['slos'][number] => ({
  name: 'latency',
  signal: 'latency_p95',
  limit,
  breach: 'above',
})

/** Parts in the order in which a story lists them. */
export function partsOf<P extends string>(lines: Record<P, Line<P>>): P[] {
  return Object.keys(lines) as P[]
}

/** Calls that are measured at the caller: [caller, callee]. */
export function callsOf<P extends string>(lines: Record<P, Line<P>>): [P, P][] {
  return partsOf(lines).flatMap((part) => lines[part].calls.map((callee): [P, P] => [part, callee]))
}

/** Services, sources, who is called and the one action endpoint, in the names of a cast. */
export function worldFrom<P extends string>(
  lines: Record<P, Line<P>>,
  cast: Record<P, string>,
  sources: readonly Source[],
): World {
  return {
    ...ON_CALL,
    services: partsOf(lines).map((part) => serviceOf(lines[part], cast[part], cast)),
    sources: [...sources],
    endpoints: [{ name: 'orchestrator', url: 'https://stage.invalid/actions' }],
  }
}

function serviceOf<P extends string>(line: Line<P>, id: string, cast: Record<P, string>): Service {
  return {
    id,
    title: line.title,
    tier: line.tier,
    owner: line.owner,
    ownerReachable: true,
    dependencies: line.calls.map((callee) => cast[callee]),
    protected: line.protected ?? false,
    slos: line.slos ?? [],
  }
}
