import { type ParsedPost, type Reading, readAll } from '../alert.ts'
import { alarmAlert } from '../cloudwatch.ts'
import { byMapping } from '../generic/mapped.ts'
import type { Origin } from '../origin.ts'
import { isRecord } from '../record.ts'
import { textIn } from '../text.ts'
import { anyInstantOf } from '../time.ts'

const STATE_CHANGE = 'CloudWatch Alarm State Change'
const CONFIGURATION_CHANGE = 'CloudWatch Alarm Configuration Change'

/**
 * An EventBridge event as an API destination posts it. A CloudWatch alarm is known by its ARN, the same as by SNS. Other
 * events are alerts only where the source's mapping says how.
 */
export function parseEventBridge(body: unknown, origin: Origin): ParsedPost {
  return readAll([body], (event) => {
    if (!isRecord(event) || !isRecord(event['detail'])) return null
    if (event['source'] === 'aws.cloudwatch') {
      if (event['detail-type'] === STATE_CHANGE) return alarm(event, event['detail'], origin)
      if (event['detail-type'] === CONFIGURATION_CHANGE) return { skipped: 'configuration-change' }
    }
    const saidAt = anyInstantOf(event['time']) ?? origin.receivedAt
    return origin.mapping ? byMapping(event, origin.mapping, origin, saidAt) : null
  })
}

function alarm(event: Record<string, unknown>, detail: Record<string, unknown>, origin: Origin): Reading {
  const state = isRecord(detail['state']) ? detail['state'] : {}
  const configuration = isRecord(detail['configuration']) ? detail['configuration'] : {}
  const metric = metricOf(configuration['metrics'])
  const resources: unknown = event['resources']
  return alarmAlert(
    {
      arn: Array.isArray(resources) ? (textIn(resources[0]) ?? '') : '',
      name: textIn(detail['alarmName']) ?? '',
      state: textIn(state['value']) ?? '',
      reason: textIn(state['reason']),
      description: textIn(configuration['description']),
      at: state['timestamp'] ?? event['time'],
      region: textIn(event['region']),
      account: textIn(event['account']),
      metric: textIn(metric['name']),
      namespace: textIn(metric['namespace']),
      dimensions: isRecord(metric['dimensions']) ? metric['dimensions'] : {},
    },
    origin,
  )
}

// The first metric that is one; the others of an alarm on an expression are its parts.
function metricOf(metrics: unknown): Record<string, unknown> {
  if (!Array.isArray(metrics)) return {}
  for (const one of metrics as unknown[]) {
    const stat = isRecord(one) ? one['metricStat'] : null
    if (isRecord(stat) && isRecord(stat['metric'])) return stat['metric']
  }
  return {}
}
