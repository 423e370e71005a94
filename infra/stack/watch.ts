import { Duration, Stack } from 'aws-cdk-lib'
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { Operation, type TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as sns from 'aws-cdk-lib/aws-sns'
import * as sqs from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { DEFAULTS } from '../../bridge/catalog.ts'
import type { Settings } from '../settings.ts'
import { acceptRule } from './accept.ts'

/** What CloudWatch says of this account goes where every other alert goes. */
const INGEST_PATH = '/api/v1/ingest/sns'

/** As long as SQS keeps anything. */
const UNDELIVERED_KEPT = Duration.days(14)

const PERIOD = Duration.minutes(5)

/** An answer of a model that takes longer than this, in ms at p95, is later than the bridge waits for it. */
const SLOW_MS = 10_000

/** The operations that the archive uses. */
const OPERATIONS = [Operation.PUT_ITEM, Operation.GET_ITEM, Operation.QUERY]

export interface Watch {
  topic: sns.Topic
  alarms: cloudwatch.Alarm[]
}

/**
 * The topic that posts to the Worker's intake, by TLS alone and signed with SHA-256. What could not be delivered after
 * SNS's own tries, an hour of them, is kept in a queue for a person.
 */
export function alertTopic(scope: Construct, { host, stage }: Settings): sns.Topic {
  const { account } = Stack.of(scope)
  const topic = new sns.Topic(scope, 'Alerts', {
    // A name that is known before it is made: the catalogue must name it before SNS asks for the first confirmation.
    topicName: `incident-commander-${stage}-alerts`,
    displayName: `Incident Commander ${stage}`,
    enforceSSL: true,
    signatureVersion: '2',
  })
  for (const service of ['cloudwatch', 'budgets'])
    topic.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: `From${service}`,
        principals: [new iam.ServicePrincipal(`${service}.amazonaws.com`)],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    )
  const undelivered = new sqs.Queue(scope, 'Undelivered', { enforceSSL: true, retentionPeriod: UNDELIVERED_KEPT })
  acceptRule(undelivered, 'AwsSolutions-SQS3', 'It is itself where the undelivered ends.')
  new sns.Subscription(scope, 'Intake', {
    topic,
    protocol: sns.SubscriptionProtocol.HTTPS,
    endpoint: `https://${host}${INGEST_PATH}`,
    deadLetterQueue: undelivered,
  })
  return topic
}

/**
 * Alarms on what the bridge leans on. Each is a warning by its name: the embedded engines carry on without AWS, and the
 * outbox waits for the table. No data is no trouble: nobody asked.
 */
export function alarms(scope: Construct, { stage }: Settings, table: TableV2, topic: sns.Topic): cloudwatch.Alarm[] {
  const all = [
    alarm('ModelsThrottled', 'Bedrock throttles: analyses fall back to the embedded engine.', {
      metric: summed('InvocationThrottles'),
      threshold: 5,
    }),
    alarm('ModelsRefused', 'Bedrock refuses our requests: a model that ended, a policy, or a shape it does not take.', {
      metric: summed('InvocationClientErrors'),
      threshold: 5,
    }),
    alarm('ModelsFailing', 'Bedrock fails.', { metric: summed('InvocationServerErrors'), threshold: 5 }),
    alarm('ModelsSlow', 'The slowest model answers later than the bridge waits.', {
      metric: slowest(),
      threshold: SLOW_MS,
    }),
    alarm('ArchiveThrottled', 'The table throttles: its fuse has blown, or a key is hot. The outbox waits.', {
      metric: table.metricThrottledRequestsForOperations({ operations: OPERATIONS, period: PERIOD }),
      threshold: 1,
    }),
    alarm('ArchiveFailing', 'The table fails.', {
      metric: table.metricSystemErrorsForOperations({ operations: OPERATIONS, period: PERIOD }),
      threshold: 1,
    }),
  ]
  for (const one of all) {
    one.addAlarmAction(new SnsAction(topic))
    one.addOkAction(new SnsAction(topic))
  }
  return all

  function alarm(name: string, alarmDescription: string, props: { metric: cloudwatch.IMetric; threshold: number }) {
    return new cloudwatch.Alarm(scope, name, {
      ...props,
      alarmName: `incident-commander-${stage}-${words(name)}-warning`,
      alarmDescription,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    })
  }
}

/** One page: the state of each alarm, its series, and what the topic could not deliver. */
export function dashboard(scope: Construct, { stage }: Settings, { topic, alarms: all }: Watch): cloudwatch.Dashboard {
  return new cloudwatch.Dashboard(scope, 'Dashboard', {
    dashboardName: `IncidentCommander-${stage}`,
    widgets: [
      [new cloudwatch.AlarmStatusWidget({ title: 'Alarms', alarms: all, width: 24 })],
      all.map((one) => new cloudwatch.AlarmWidget({ title: one.node.id, alarm: one, width: 8 })),
      [
        new cloudwatch.GraphWidget({
          title: 'What the topic delivered, and what it could not',
          left: [topic.metricNumberOfNotificationsDelivered(), topic.metricNumberOfNotificationsFailed()],
          width: 12,
        }),
        new cloudwatch.GraphWidget({
          title: 'Tokens by model',
          left: models().flatMap((id) =>
            ['InputTokenCount', 'OutputTokenCount'].map((name) => ofModel(name, id, 'Sum', `${id} ${name}`)),
          ),
          width: 12,
        }),
      ],
    ],
  })
}

function models(): string[] {
  return [...new Set(Object.values(DEFAULTS))]
}

function summed(metricName: string): cloudwatch.MathExpression {
  return over(metricName, 'Sum', (names) => names.map((name) => `FILL(${name}, 0)`).join(' + '), metricName)
}

function slowest(): cloudwatch.MathExpression {
  return over('InvocationLatency', 'p95', (names) => `MAX([${names.join(', ')}])`, 'Slowest p95')
}

/** Bedrock counts by model alone, so that a figure of all is an expression over the defaults (an alarm takes ten). */
function over(
  metricName: string,
  statistic: string,
  say: (names: string[]) => string,
  label: string,
): cloudwatch.MathExpression {
  const using = Object.fromEntries(models().map((id, index) => [`m${index}`, ofModel(metricName, id, statistic, id)]))
  return new cloudwatch.MathExpression({
    expression: say(Object.keys(using)),
    usingMetrics: using,
    period: PERIOD,
    label,
  })
}

function ofModel(metricName: string, id: string, statistic: string, label: string): cloudwatch.Metric {
  const dimensionsMap = { ModelId: id }
  return new cloudwatch.Metric({
    namespace: 'AWS/Bedrock',
    metricName,
    dimensionsMap,
    statistic,
    period: PERIOD,
    label,
  })
}

/** `ModelsThrottled` as `models-throttled`. */
function words(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, '-$&').toLowerCase()
}
