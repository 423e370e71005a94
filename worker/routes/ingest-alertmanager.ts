import type { Context } from 'hono'
import { version } from '../../package.json'
import type { Alert } from '../../durable/protocol/domain.ts'
import { LIVE } from '../../durable/protocol/namespace.ts'
import type { Matcher } from '../../durable/protocol/noise.ts'
import type { AppEnv } from '../env.ts'
import { ProblemError } from '../errors.ts'
import { matcherOf } from '../ingest/alertmanager/filter.ts'

/** Matchers in one question. */
const FILTERS_MAX = 20
/** What is firing and has no validity of its own is said to end then: amtool shows a time, and this one never comes. */
const NO_END = '9999-12-31T23:59:59.000Z'
const STARTED = new Date(0).toISOString()

/**
 * `GET /api/v2/alerts?filter=&active=`, the part of Alertmanager's API that amtool reads: what fires and people
 * were told of, newest first, 1,000 at most. Silences are asked for at `/api/v1/silences`.
 */
export async function alertmanagerAlerts(c: Context<AppEnv>): Promise<Response> {
  const query = c.req.queries()
  const matchers = (query['filter'] ?? []).map(read)
  if (matchers.length > FILTERS_MAX) throw new ProblemError(400, 'invalid-query', `At most ${FILTERS_MAX} filters.`)
  if (query['active']?.[0] === 'false') return c.json([])
  const { name, role } = c.get('person')
  const firing = await c.env.DIRECTORY.getByName(LIVE).firing(matchers, { name, role })
  return c.json(firing.map(gettable))
}

/** `GET /api/v2/status`: what a client of Alertmanager asks first. There is no cluster and no configuration file. */
export function alertmanagerStatus(c: Context<AppEnv>): Response {
  return c.json({
    cluster: { name: '', peers: [], status: 'disabled' },
    config: { original: '' },
    uptime: STARTED,
    versionInfo: { branch: '', buildDate: '', buildUser: '', goVersion: '', revision: '', version },
  })
}

function read(filter: string): Matcher {
  const matcher = matcherOf(filter)
  if (matcher) return matcher
  throw new ProblemError(400, 'invalid-query', 'A filter is `name="value"`, with =, !=, =~ or !~.', {
    errors: [{ at: 'filter', says: 'is no matcher' }],
  })
}

function gettable(alert: Alert): object {
  const at = new Date(alert.startsAt).toISOString()
  const link = alert.links.find(({ title }) => title === 'source')
  return {
    annotations: alert.annotations,
    endsAt: alert.validUntil === null ? NO_END : new Date(alert.validUntil).toISOString(),
    fingerprint: alert.fingerprint,
    receivers: [{ name: 'incident-commander' }],
    startsAt: at,
    status: { inhibitedBy: [], silencedBy: [], state: 'active' },
    updatedAt: at,
    ...(link && { generatorURL: link.href }),
    labels: { ...alert.labels, ...(!Object.hasOwn(alert.labels, 'alertname') && { alertname: alert.title }) },
  }
}
