import { env } from 'cloudflare:workers'
import type { IncidentDirectory } from '../../durable/directory/index.ts'
import type { Alert, Catalogue, DrillClock } from '../../durable/protocol/domain.ts'
import type { AlertIntake, IntakeCounters } from '../../durable/protocol/objects.ts'
import type { IncidentRow } from '../../durable/protocol/rows.ts'
import type { ServiceMonitor } from '../../durable/monitor/index.ts'
import { CATALOGUE } from './opening.ts'
import { until } from './socket.ts'

export type DirectoryStub = DurableObjectStub<IncidentDirectory>

export function directoryNamed(name: string): DirectoryStub {
  return (env.DIRECTORY as unknown as DurableObjectNamespace<IncidentDirectory>).getByName(name)
}

export function monitorNamed(name: string): DurableObjectStub<ServiceMonitor> {
  return (env.MONITOR as unknown as DurableObjectNamespace<ServiceMonitor>).getByName(name)
}

/** A catalogue of services that call each other in a row, or none of them any. */
export function chain(ids: readonly string[], linked: boolean): Catalogue {
  const [model] = CATALOGUE.services
  if (!model) throw new Error('the test catalogue has services')
  const services = ids.map((id, index) => ({
    ...model,
    id,
    protected: false,
    dependencies: linked ? ids.slice(index + 1, index + 2) : [],
  }))
  return { ...CATALOGUE, services, runbooks: CATALOGUE.runbooks.map((book) => ({ ...book, checklist: ['Look.'] })) }
}

let opened = 0
/** A namespace of its own for one test: a drill's directory on a clock that the test may move. */
export async function freshNamespace(catalogue = chain(['checkout', 'db-proxy', 'orders-db', 'search'], false)) {
  opened += 1
  const drill = `drl_dir${String(opened).padStart(5, '0')}`
  const directory = directoryNamed(`drill/${drill}`)
  const wall = Date.now()
  const clock: DrillClock = { startedAt: wall, startedWall: wall, speed: 1, pausedMs: 0, pausedSinceWall: null }
  await directory.openNamespace({ drill, catalogue, clock, tokens: { ab12: 'prometheus' } })
  return { drill, directory, clock, wall }
}

/** The clock so much later. */
export function later(clock: DrillClock, ms: number): DrillClock {
  return { ...clock, startedAt: clock.startedAt + ms }
}

export function alertOf(fingerprint: string, said: Partial<Alert> = {}): AlertIntake['alerts'][number] {
  const service = said.service ?? 'checkout'
  return {
    source: 'prometheus',
    fingerprint,
    status: 'firing',
    severity: 'critical',
    severityInferred: false,
    service,
    title: `HighErrors on ${service}`,
    labels: { alertname: 'HighErrors', service },
    annotations: {},
    startsAt: 1_000,
    endsAt: null,
    validUntil: null,
    groupKey: null,
    links: [],
    ...said,
  }
}

export function post(...alerts: AlertIntake['alerts']): AlertIntake {
  return { intake: 'alertmanager', source: 'prometheus', raw: JSON.stringify(alerts), alerts }
}

export async function rows(directory: DirectoryStub): Promise<IncidentRow[]> {
  return (await directory.incidents({ state: null, cursor: null, limit: 200 })).items
}

export function sumOf({ received: _received, ...ends }: IntakeCounters): number {
  return Object.values(ends).reduce((sum, n) => sum + n, 0)
}

/** Waits until every unit has its end; the sum must hold at every look. */
export async function settled(directory: DirectoryStub): Promise<IntakeCounters> {
  let counters = await directory.counters()
  await until(async () => {
    counters = await directory.counters()
    if (sumOf(counters) !== counters.received) throw new Error(`counters do not add up: ${JSON.stringify(counters)}`)
    return counters.pending === 0
  }, 'nothing pending')
  return counters
}
