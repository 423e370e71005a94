import { readFileSync } from 'node:fs'
import type { Situation } from '../../durable/core/agents/agent.ts'
import { selectSeries } from '../../durable/core/telemetry/index.ts'
import { SERIES_PER_RUN_MAX } from '../../durable/protocol/limits.ts'
import { pathBetween } from '../../durable/core/agents/topology.ts'
import type {
  ActionRecord,
  Alert,
  Catalogue,
  Change,
  Evidence,
  EvidenceDraft,
  Runbook,
  SeriesWindow,
} from '../../durable/protocol/domain.ts'
import type { Model } from '../../scenarios/scenario.ts'

const sample = JSON.parse(
  readFileSync(new URL('../../durable/directory/catalogue.json', import.meta.url), 'utf8'),
) as Catalogue

/** Epoch ms at which every story of these tests starts. */
export const STARTED_AT = 1_700_000_000_000
/** How far back the room gathers. */
const WINDOW_S = 480

/** What a played story gave off until now, as a room would hold it. */
export interface Played {
  model: Model
  second: number
  rows: Map<string, { key: Omit<SeriesWindow, 'startsAt' | 'stepMs' | 'values'>; values: Map<number, number> }>
  alerts: Map<string, Alert>
  changes: Change[]
}

/** Plays a model up to and with `second`. */
export function play(model: Model, second: number): Played {
  const played: Played = { model, second: -1, rows: new Map(), alerts: new Map(), changes: [] }
  return playOn(played, second)
}

/** Plays on from where it stood. */
export function playOn(played: Played, second: number): Played {
  while (played.second < second) {
    played.second += 1
    for (const emission of played.model.step(played.second * 1_000, STARTED_AT)) {
      for (const { samples, ...series } of emission.series) {
        const id = JSON.stringify([series.service, series.name, series.peer])
        const row = played.rows.get(id) ?? { key: { source: emission.source, ...series }, values: new Map() }
        row.key = { source: emission.source, ...series }
        for (const [at, value] of samples) row.values.set(Math.round((at - STARTED_AT) / 1_000), value)
        played.rows.set(id, row)
      }
      for (const change of emission.changes) {
        played.changes.push({ ...change, source: emission.source, catalogued: true })
      }
      for (const alert of emission.alerts) {
        played.alerts.set(`${alert.name}/${alert.service}`, {
          source: emission.source,
          fingerprint: alert.name,
          status: alert.status,
          severity: alert.severity,
          severityInferred: false,
          service: alert.service,
          catalogued: true,
          title: alert.name,
          labels: alert.labels,
          annotations: alert.annotations,
          startsAt: STARTED_AT + alert.startsMs,
          endsAt: alert.endsMs === null ? null : STARTED_AT + alert.endsMs,
          validUntil: null,
          groupKey: null,
          links: [],
        })
      }
    }
  }
  return played
}

/** Plays until a critical alert fires; null when none does within `until` seconds. */
export function playToAlert(model: Model, until = 900): Played | null {
  const played = play(model, 0)
  while (played.second < until) {
    playOn(played, played.second + 1)
    if ([...played.alerts.values()].some(({ status, severity }) => status === 'firing' && severity === 'critical'))
      return played
  }
  return null
}

export interface Held {
  /** series that nobody watches. */
  withhold?: (series: { service: string; name: string; peer: string | null }) => boolean
  record?: ActionRecord[]
  runbooks?: Runbook[]
  windowS?: number
}

/** The situation of a room at that moment: windows of the last eight minutes, changes, alerts and call paths as evidence. */
export function situationAt(played: Played, held: Held = {}): Situation {
  const at = STARTED_AT + played.second * 1_000
  const world: Catalogue = {
    version: 'story',
    ...played.model.world,
    runbooks: held.runbooks ?? sample.runbooks,
  }
  const alerts = [...played.alerts.values()]
  const leading = alerts.find(({ status, severity }) => status === 'firing' && severity === 'critical') ?? alerts[0]
  const service = leading?.service ?? world.services[0]?.id ?? ''
  const drafts: EvidenceDraft[] = [
    ...alerts.map((alert): EvidenceDraft => alertDraft(alert, at)),
    // As many series as a room holds, the most telling ones.
    ...selectSeries(windowsOf(played, held), SERIES_PER_RUN_MAX).map((series) => seriesDraft(series, at, world)),
    ...played.changes
      .filter((change) => change.at >= at - 15 * 60_000)
      .map(
        (change): EvidenceDraft => ({
          kind: 'change',
          source: change.source,
          service: change.service,
          at: change.at,
          freshMs: 3_600_000,
          tainted: false,
          title: `${change.kind} on ${change.service}`,
          data: { kind: 'change', change },
        }),
      ),
    ...world.services.flatMap((candidate): EvidenceDraft[] => {
      const path = candidate.id === service ? null : pathBetween(world, candidate.id, service)
      if (!path) return []
      const title = path.toReversed().join(' calls ')
      const data = { kind: 'topology', path } as const
      return [
        {
          kind: 'topology',
          source: 'catalogue',
          service: candidate.id,
          at,
          freshMs: 86_400_000,
          tainted: false,
          title,
          data,
        },
      ]
    }),
  ]
  return {
    head: {
      id: 'inc_test',
      namespace: 'drill/drl_test',
      drill: 'drl_test',
      instance: 'ins_test',
      title: `${leading?.title ?? 'nothing'} on ${service}`,
      severity: 'SEV-1',
      sourceSeverity: 'critical',
      severityInferred: false,
      service,
      openedAt: at,
      openedBy: { kind: 'source', name: 'metrics' },
      openedFor: 'new',
    },
    catalogue: world,
    alerts,
    evidence: drafts.map((draft, index): Evidence => ({ ...draft, id: `E-${String(index + 1).padStart(2, '0')}` })),
    record: held.record ?? [],
    at,
  }
}

function alertDraft(alert: Alert, at: number): EvidenceDraft {
  return {
    kind: 'alert',
    source: alert.source,
    service: alert.service,
    at,
    freshMs: 30_000,
    tainted: false,
    title: `alert ${alert.status} on ${alert.service}`,
    data: { kind: 'alert', fingerprint: alert.fingerprint, status: alert.status, startsAt: alert.startsAt },
  }
}

function windowsOf(played: Played, held: Held): SeriesWindow[] {
  const from = Math.max(0, played.second - (held.windowS ?? WINDOW_S) + 1)
  return [...played.rows.values()]
    .filter(({ key }) => held.withhold?.(key) !== true)
    .map(({ key, values }) => ({
      ...key,
      startsAt: STARTED_AT + from * 1_000,
      stepMs: 1_000,
      values: Array.from({ length: played.second - from + 1 }, (_, index) => values.get(from + index) ?? null),
    }))
}

function seriesDraft(series: SeriesWindow, at: number, world: Catalogue): EvidenceDraft {
  const kind = series.peer === null ? 'metric' : 'edge'
  return {
    kind,
    source: series.source,
    service: series.service,
    at,
    freshMs: world.sources.find(({ name }) => name === series.source)?.freshMs ?? 30_000,
    tainted: false,
    title: `${series.name} of ${series.service}`,
    data: { kind, series },
  }
}
