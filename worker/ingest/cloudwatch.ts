import { type ParsedAlert, type Reading, alertOf, withoutIgnored } from './alert.ts'
import { identityOf } from './fingerprint.ts'
import { textMap } from './labels.ts'
import type { Origin } from './origin.ts'
import { severityInName } from './severity.ts'
import { anyInstantOf, notAhead } from './time.ts'

/** A CloudWatch alarm's state change, by whichever way it came. */
export interface AlarmChange {
  arn: string
  name: string
  state: string
  reason: string | null
  description: string | null
  at: unknown
  region: string | null
  account: string | null
  metric: string | null
  namespace: string | null
  dimensions: Record<string, unknown>
}

/** Dimensions that name what a team calls its service, in this order; else the alarm's own name speaks. */
const SERVICE_DIMENSIONS = [
  'Service',
  'ServiceName',
  'service',
  'FunctionName',
  'ApiName',
  'DBInstanceIdentifier',
  'DBClusterIdentifier',
  'TableName',
  'QueueName',
  'ClusterName',
  'LoadBalancer',
  'AutoScalingGroupName',
  'InstanceId',
] as const

/**
 * Identity is the alarm's ARN, ordered by its own time of change. OK resolves, ALARM fires; INSUFFICIENT_DATA says that
 * nothing is known and changes nothing: it must never resolve. CloudWatch has no severity, so it is inferred.
 */
export function alarmAlert(change: AlarmChange, origin: Origin): Reading {
  const { arn, name, state } = change
  if (!arn.startsWith('arn:') || name === '') return null
  if (state === 'INSUFFICIENT_DATA') return { skipped: 'insufficient-data' }
  if (state !== 'ALARM' && state !== 'OK') return null
  return alert(change, origin, notAhead(anyInstantOf(change.at) ?? origin.receivedAt, origin.receivedAt))
}

function alert(change: AlarmChange, origin: Origin, at: number): ParsedAlert {
  const dimensions = textMap(change.dimensions)
  const named = SERVICE_DIMENSIONS.find((dimension) => dimensions && Object.hasOwn(dimensions.map, dimension))
  const { account, region, metric, namespace } = change
  const labels = textMap({ ...dimensions?.map, alertname: change.name, account, region, metric, namespace })
  const words = textMap({ summary: change.reason, description: change.description })
  const resolved = change.state === 'OK'
  return alertOf({
    source: origin.source,
    labels: withoutIgnored(labels?.map ?? {}, origin.ignoreLabels),
    annotations: words?.map ?? {},
    leftOut: dimensions?.leftOut ?? 0,
    generatorUrl: null,
    fingerprint: identityOf(change.arn),
    status: resolved ? 'resolved' : 'firing',
    startsAt: at,
    endsAt: resolved ? at : null,
    validUntil: null,
    groupKey: null,
    title: change.name,
    service: named === undefined ? change.name : dimensions?.map[named],
    severity: severityInName(change.name),
  })
}
