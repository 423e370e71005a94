import type { Context } from 'hono'
import type { TelemetryReceipt } from '../../durable/protocol/objects.ts'
import type { AppEnv } from '../env.ts'
import { log, ProblemError, unavailable } from '../errors.ts'
import { readBody } from '../ingest/body.ts'
import { seriesByService, telemetrySchema } from '../ingest/telemetry/parse.ts'
import { checked } from '../validate.ts'

/**
 * `POST /api/v1/telemetry` `{series}`: one call to each service's monitor. 200 `{accepted, dropped}` when every monitor
 * has answered; else 503, and the whole post may be repeated: a sample is known by its time. Undecodable: 400.
 */
export async function telemetry(c: Context<AppEnv>): Promise<Response> {
  const { namespace, source } = c.get('sender')
  const body = await readBody(c.req.raw)
  if (!body.ok) throw new ProblemError(400, 'undecodable', `The body could not be read: ${body.reason}.`)
  const services = seriesByService(checked(telemetrySchema, body.value, 'undecodable'))
  const calls = [...services].map(([service, series]) =>
    c.env.MONITOR.getByName(`${namespace}/${service}`).ingest({ source, series }),
  )
  const answers = await Promise.allSettled(calls)
  const failed = answers.find((answer) => answer.status === 'rejected')
  if (failed) {
    log(c, failed.reason)
    throw unavailable('monitor-unavailable', 'A monitor did not answer; send the post again.')
  }
  return c.json(sum(answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))))
}

function sum(receipts: readonly TelemetryReceipt[]): TelemetryReceipt {
  const dropped = new Map<string, number>()
  for (const receipt of receipts)
    for (const [reason, count] of Object.entries(receipt.dropped))
      dropped.set(reason, (dropped.get(reason) ?? 0) + count)
  return {
    accepted: receipts.reduce((count, receipt) => count + receipt.accepted, 0),
    dropped: Object.fromEntries(dropped),
  }
}
