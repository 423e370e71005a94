import { type ParsedPost, readAll } from '../alert.ts'
import { alarmAlert } from '../cloudwatch.ts'
import { byConvention } from '../generic/convention.ts'
import { byMapping } from '../generic/mapped.ts'
import type { Origin } from '../origin.ts'
import { isRecord } from '../record.ts'
import { firstText, textIn } from '../text.ts'
import { instantOf } from '../time.ts'

/**
 * A verified SNS notification: its `Message` is a CloudWatch alarm as JSON, or other JSON of an alert, read by the
 * source's mapping or by convention. `said` are the message's own members; its Timestamp is signed.
 */
export function parseSns(said: Record<string, unknown>, origin: Origin): ParsedPost {
  const inside = jsonIn(said['Message'])
  const saidAt = instantOf(said['Timestamp']) ?? origin.receivedAt
  const { mapping } = origin
  return readAll([inside], (item) => {
    if (!isRecord(item)) return null
    if (typeof item['AlarmArn'] === 'string' && item['NewStateValue'] !== undefined) return alarm(item, origin)
    if (mapping) return byMapping(item, mapping, origin, saidAt)
    const title = textIn(said['Subject'])
    return byConvention(item, origin, { level: null, identity: null, title, service: null, at: saidAt })
  })
}

function alarm(item: Record<string, unknown>, origin: Origin) {
  const trigger = isRecord(item['Trigger']) ? item['Trigger'] : {}
  const arn = textIn(item['AlarmArn']) ?? ''
  return alarmAlert(
    {
      arn,
      name: textIn(item['AlarmName']) ?? '',
      state: textIn(item['NewStateValue']) ?? '',
      reason: textIn(item['NewStateReason']),
      description: textIn(item['AlarmDescription']),
      at: item['StateChangeTime'],
      region: arn.split(':')[3] ?? null,
      account: firstText(item, ['AWSAccountId']),
      metric: firstText(trigger, ['MetricName']),
      namespace: firstText(trigger, ['Namespace']),
      dimensions: dimensionsOf(trigger['Dimensions']),
    },
    origin,
  )
}

function dimensionsOf(list: unknown): Record<string, unknown> {
  if (!Array.isArray(list)) return {}
  const pairs = list.flatMap((item: unknown): [string, unknown][] => {
    const name = isRecord(item) ? textIn(item['name']) : null
    return isRecord(item) && name !== null ? [[name, item['value']]] : []
  })
  return Object.fromEntries(pairs)
}

function jsonIn(text: unknown): unknown {
  if (typeof text !== 'string') return null
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
