import type { Measures } from '../../durable/protocol/measures.ts'
import { series } from '../middleware/measure.ts'

interface Family {
  name: string
  type: 'counter' | 'gauge' | 'histogram'
  help: string
  samples: [series: string, value: number][]
}

/** The measures in an exposition format: text 0.0.4, or OpenMetrics 1.0, which names a counter without its `_total`. */
export function exposition(measures: Measures, version: string, open: boolean): string {
  const lines = families(measures, version).flatMap(({ name, type, help, samples }) => {
    const said = open && type === 'counter' ? name.replace(/_total$/, '') : name
    return [`# HELP ${said} ${help}`, `# TYPE ${said} ${type}`, ...samples.map(([at, value]) => `${at} ${value}`)]
  })
  return `${lines.join('\n')}\n${open ? '# EOF\n' : ''}`
}

const INTAKE_ENDS = ['attached', 'deduplicated', 'suppressed', 'quarantined'] as const

function families({ tallies, intake, inbox, incidents, ...now }: Measures, version: string): Family[] {
  const told = (name: string): [string, number][] =>
    Object.entries(tallies)
      .filter(([at]) => at === name || at.startsWith(`${name}{`))
      .sort(([a], [b]) => (a < b ? -1 : 1))
  const one = (name: string, value: number): [string, number][] => [[name, value]]
  const gauge = (name: string, help: string, samples: [string, number][]): Family => ({
    name,
    type: 'gauge',
    help,
    samples,
  })
  const counter = (name: string, help: string, samples: [string, number][]): Family => ({
    name,
    type: 'counter',
    help,
    samples,
  })
  return [
    gauge('ic_build_info', 'What runs here; always 1.', one(series('ic_build_info', { version }), 1)),
    counter('ic_http_requests_total', 'Requests by route and status.', told('ic_http_requests_total')),
    counter(
      'ic_unexpected_errors_total',
      'Requests that were answered 500; the log names them.',
      one('ic_unexpected_errors_total', unexpected(tallies)),
    ),
    counter('ic_ingest_requests_total', 'Posts of sources by status.', told('ic_ingest_requests_total')),
    {
      name: 'ic_ingest_ack_seconds',
      type: 'histogram',
      help: 'Seconds until a post that was taken in was answered.',
      samples: histogram('ic_ingest_ack_seconds', tallies),
    },
    counter('ic_ingest_alerts_total', 'Units that came in.', one('ic_ingest_alerts_total', intake['received'] ?? 0)),
    counter(
      'ic_ingest_ended_total',
      'Units by where they ended; with ic_ingest_pending they are what came in.',
      INTAKE_ENDS.map((end) => [series('ic_ingest_ended_total', { end }), intake[end] ?? 0]),
    ),
    counter(
      'ic_ingest_quarantined_total',
      'Bodies that nobody could read, and are kept.',
      one('ic_ingest_quarantined_total', intake['quarantined'] ?? 0),
    ),
    counter('ic_ingest_reasons_total', 'Units that nobody was told of, by reason.', reasons(intake)),
    gauge('ic_ingest_pending', 'Units whose room has not answered.', one('ic_ingest_pending', intake['pending'] ?? 0)),
    gauge('ic_inbox_rows', 'What waits to be judged, or for a room.', one('ic_inbox_rows', inbox.rows)),
    gauge(
      'ic_inbox_parked_rows',
      'Messages that were refused and wait for people.',
      one('ic_inbox_parked_rows', inbox.parked),
    ),
    gauge(
      'ic_inbox_oldest_seconds',
      'Age of the oldest of what waits to be judged, or for a room.',
      one('ic_inbox_oldest_seconds', inbox.oldestS),
    ),
    gauge(
      'ic_incidents',
      'Incidents that are not over.',
      incidents.map(({ severity, state, awaitingHuman, n }) => [
        series('ic_incidents', { awaits_human: String(awaitingHuman), severity, state }),
        n,
      ]),
    ),
    counter('ic_notifications_total', 'Notifications by outcome.', told('ic_notifications_total')),
    ...['ic_alert_to_page_seconds', 'ic_agent_run_seconds'].flatMap((name) => measuredInRooms(name, tallies)),
    counter('ic_ws_slow_disconnects_total', 'Sockets that were closed because they did not read.', [
      ['ic_ws_slow_disconnects_total', tallies['ic_ws_slow_disconnects_total'] ?? 0],
    ]),
    gauge('ic_ws_clients', 'Open sockets.', one(series('ic_ws_clients', { object: 'lobby' }), now.lobbySockets)),
    gauge('ic_silences', 'Silences and maintenance windows that are not over.', one('ic_silences', now.silences)),
    gauge('ic_kill_switch', '1 while no action may start.', one('ic_kill_switch', now.killSwitch ? 1 : 0)),
    gauge(
      'ic_catalogue_revision',
      'The catalogue that stands; 0 is the shipped one.',
      one('ic_catalogue_revision', now.catalogueRevision),
    ),
    counter('ic_series_beyond_limit_total', 'Counts that found no series of their own.', [
      ['ic_series_beyond_limit_total', tallies['ic_series_beyond_limit_total'] ?? 0],
    ]),
  ]
}

const HELP: Record<string, string> = {
  ic_alert_to_page_seconds: 'Seconds from the opening of an incident to its first page that arrived.',
  ic_agent_run_seconds: 'Seconds that a run of an agent took.',
}

function measuredInRooms(name: string, tallies: Measures['tallies']): Family[] {
  return [{ name, type: 'histogram', help: HELP[name] ?? '', samples: histogram(name, tallies) }]
}

/** Buckets in order of their bound within each set of labels, then sum and count. */
function histogram(name: string, tallies: Measures['tallies']): [string, number][] {
  const bound = (at: string) => Number(/le="([^"]+)"/.exec(at)?.[1]?.replace('+Inf', 'Infinity') ?? Number.NaN)
  const rest = (at: string) => at.replace(/,?le="[^"]*"/, '')
  return Object.entries(tallies)
    .filter(([at]) => at.startsWith(`${name}_`))
    .sort(([a], [b]) => (rest(a) < rest(b) ? -1 : rest(a) > rest(b) ? 1 : bound(a) - bound(b)))
}

/** A family of its own that is always there: a rule sees the first one too. */
function unexpected(tallies: Measures['tallies']): number {
  return Object.entries(tallies)
    .filter(([at]) => at.startsWith('ic_http_requests_total{code="500"'))
    .reduce((sum, [, n]) => sum + n, 0)
}

function reasons(intake: Measures['intake']): [string, number][] {
  return Object.entries(intake)
    .filter(([name]) => name.includes(':'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, n]) => {
      const [end = '', reason = ''] = name.split(':')
      return [series('ic_ingest_reasons_total', { end, reason }), n]
    })
}
