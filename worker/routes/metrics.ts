import type { Context } from 'hono'
import { version } from '../../package.json'
import { LIVE } from '../../durable/protocol/namespace.ts'
import type { AppEnv } from '../env.ts'
import { tell } from '../middleware/measure.ts'
import { exposition } from './metrics-text.ts'

const OPEN_METRICS = /application\/openmetrics-text/i

/**
 * `GET /metrics` by a viewer: Prometheus text 0.0.4, or OpenMetrics 1.0 where `Accept` asks for it. Counts are the
 * directory's and outlive Workers; no room is woken for an answer.
 */
export async function metrics(c: Context<AppEnv>): Promise<Response> {
  await tell(c)
  const open = OPEN_METRICS.test(c.req.header('accept') ?? '')
  const text = exposition(await c.env.DIRECTORY.getByName(LIVE).measures(), version, open)
  const type = open
    ? 'application/openmetrics-text; version=1.0.0; charset=utf-8'
    : 'text/plain; version=0.0.4; charset=utf-8'
  return c.body(text, 200, { 'content-type': type })
}
