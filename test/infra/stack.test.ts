import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { INDEXES, KEYS, PROJECTED } from '../../bridge/aws/dynamodb/schema.ts'
import { DEFAULTS } from '../../bridge/catalog.ts'
import { OUTPUTS } from '../../infra/outputs.ts'
import { settingsFrom } from '../../infra/settings.ts'
import { SAMPLE, synthesize } from '../../infra/synth.ts'
import { all, only } from './sample.ts'

const { template, findings } = synthesize()

/** A resource of the CDK, as far as it is spoilt here. */
interface Spoilt {
  addPropertyOverride(path: string, value: unknown): void
}
const everything = synthesize({ ...SAMPLE, legacyAgents: 'true', qbusiness: 'true', reboots: 'true' })

describe('what is made', () => {
  test('[IF2] the stored template is the one that the stack gives', () => {
    const stored: unknown = JSON.parse(readFileSync(new URL('../../infra/template.json', import.meta.url), 'utf8'))
    expect(stored, 'npm run synth:store').toEqual(template)
  })

  test.each([
    [{ stage: 'prod' }, 'host=… is missing'],
    [{ host: 'https://ic.example.com' }, 'host=… may not be "https://ic.example.com"'],
    [{ host: 'ic.example.com:8443' }, 'host=…'],
    [{ host: 'ic.example.com/path' }, 'host=…'],
    [{ host: 'IC.example.com' }, 'host=…'],
    [{ host: 'localhost' }, 'host=…'],
    [{ ...SAMPLE, stage: 'Prod' }, 'stage=…'],
    [{ ...SAMPLE, stage: 'a*' }, 'stage=…'],
    [{ ...SAMPLE, qbusiness: 'yes' }, 'qbusiness=… may not be "yes": true or false'],
    [{ ...SAMPLE, budgetUsd: '0' }, 'budgetUsd=…'],
    [{ ...SAMPLE, budgetUsd: '1e3' }, 'budgetUsd=…'],
    [{ ...SAMPLE, tableUnitsMax: 1.5 }, 'tableUnitsMax=…'],
    [{ ...SAMPLE, email: 'a@b,c@d' }, 'email=…'],
  ])('[IF3] a stack for %j is refused', (context: Record<string, unknown>, why) => {
    expect(() => settingsFrom((name) => context[name])).toThrow(why)
  })

  test('[IF3] everything that is wrong is said at once', () => {
    expect(() => settingsFrom((name) => ({ stage: 'A', memory: 'maybe' })[name])).toThrow(/host=[^]*stage=[^]*memory=/)
  })

  test('[IF13] the rules for AWS solutions find nothing that nobody accepted by name', () => {
    expect(findings).toEqual([])
    expect(everything.findings).toEqual([])
  })

  test('[IF13] a permission that nobody accepted is found', () => {
    const grown = synthesize(SAMPLE, (stack) => {
      const table = stack.node.findChild('Archive') as unknown as { grantFullAccess(role: unknown): void }
      table.grantFullAccess(stack.node.findChild('Role-archive'))
    })
    expect(grown.findings.map((finding) => finding.split(' at ')[0])).toEqual([
      'AwsSolutions-IAM5[Action::dynamodb:*]',
      expect.stringContaining('/index/*]'),
    ])
  })

  test("[IF29] what CloudFormation's own schemas refuse ends the synth, and what they doubt is a finding", () => {
    const spoil = (name: string, path: string, value: unknown) => () =>
      synthesize(SAMPLE, (stack) => {
        const resource = stack.node.findChild(name) as unknown as Spoilt
        resource.addPropertyOverride(path, value)
      })
    expect(spoil('Guardrail', 'Nonsense', 'x')).toThrow(/validation/i)
    expect(spoil('Memory', 'EventExpiryDuration', 4000)).toThrow(/validation/i)
    const strength = 'ContentPolicyConfig.FiltersConfig.0.InputStrength'
    expect(spoil('Guardrail', strength, 'HUGE')().findings).toEqual([expect.stringMatching(/'HUGE' is not one of/)])
  })

  test('[IF16] the legacy agent, Q Business and their permissions are there when they are asked for, and not else', () => {
    const text = (of: unknown) => JSON.stringify(of)
    for (const word of ['AWS::Bedrock::Agent', 'AWS::QBusiness::', 'bedrock:InvokeAgent', 'qbusiness:']) {
      expect(text(template)).not.toContain(word)
      expect(text(everything.template)).toContain(word)
    }
    expect(only(everything.template, 'AWS::QBusiness::Application')['IdentityType']).toBe('ANONYMOUS')
    expect(only(everything.template, 'AWS::Bedrock::Agent')['MemoryConfiguration']).toEqual({
      EnabledMemoryTypes: ['SESSION_SUMMARY'],
      StorageDays: 30,
    })
  })

  test('[IF15] memory is made without a model that extracts, and left out when it is not wanted', () => {
    const memory = only(template, 'AWS::BedrockAgentCore::Memory')
    expect(memory).toMatchObject({ Name: 'incident_commander_prod', EventExpiryDuration: 365 })
    expect(memory['MemoryStrategies']).toBeUndefined()
    const without = synthesize({ ...SAMPLE, memory: 'false' }).template
    expect(JSON.stringify(without)).not.toMatch(/AgentCore|bedrock-agentcore|MemoryId/)
  })

  test('[IF24] the stack answers every output that is listed, and no other', () => {
    const always = OUTPUTS.filter(({ optional, output }) => optional !== true || output === 'MemoryId')
    expect(Object.keys(template.Outputs).sort()).toEqual(always.map(({ output }) => output).sort())
    expect(Object.keys(everything.template.Outputs).sort()).toEqual(OUTPUTS.map(({ output }) => output).sort())
  })
})

describe('table', () => {
  const table = only(template, 'AWS::DynamoDB::GlobalTable')
  const keySchema = ({ partition, sort }: { partition: string; sort: string }) => [
    { AttributeName: partition, KeyType: 'HASH' },
    { AttributeName: sort, KeyType: 'RANGE' },
  ]

  test('[IF4] one table with a fuse on what it may take, a way back of 35 days, and no way to be deleted by accident', () => {
    const [replica] = table['Replicas'] as Record<string, unknown>[]
    expect(table).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: keySchema(KEYS.table),
      WriteOnDemandThroughputSettings: { MaxWriteRequestUnits: 1000 },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    })
    expect(replica).toMatchObject({
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 35 },
      ReadOnDemandThroughputSettings: { MaxReadRequestUnits: 1000 },
    })
    const [resource] = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::DynamoDB::GlobalTable')
    expect(resource).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' })
    expect(table['StreamSpecification'], 'nothing reads a stream').toBeUndefined()
  })

  test('[IF5] two indexes by the shared names, with a row of the history and the same fuse', () => {
    const indexes = table['GlobalSecondaryIndexes'] as Record<string, unknown>[]
    expect(indexes).toEqual(
      [
        [INDEXES.byService, KEYS.byService],
        [INDEXES.byDay, KEYS.byDay],
      ].map(([name, keys]) => ({
        IndexName: name,
        KeySchema: keySchema(keys as typeof KEYS.byDay),
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: [...PROJECTED] },
        WriteOnDemandThroughputSettings: { MaxWriteRequestUnits: 1000 },
      })),
    )
  })
})

describe('guardrail', () => {
  const rail = only(template, 'AWS::Bedrock::Guardrail')

  test('[IF14] attacks are held back on the way in, secrets and people masked both ways', () => {
    expect(rail['ContentPolicyConfig']).toEqual({
      FiltersConfig: [{ Type: 'PROMPT_ATTACK', InputStrength: 'HIGH', OutputStrength: 'NONE' }],
    })
    const sensitive = rail['SensitiveInformationPolicyConfig'] as {
      PiiEntitiesConfig: { Type: string; Action: string }[]
      RegexesConfig: { Name: string; Pattern: string; Action: string }[]
    }
    expect(sensitive.PiiEntitiesConfig.map(({ Type }) => Type)).toEqual(
      expect.arrayContaining(['AWS_ACCESS_KEY', 'AWS_SECRET_KEY', 'PASSWORD', 'EMAIL', 'PHONE']),
    )
    const every = [...sensitive.PiiEntitiesConfig, ...sensitive.RegexesConfig]
    expect(new Set(every.map(({ Action }) => Action))).toEqual(new Set(['ANONYMIZE']))
    const caught: Record<string, string> = {
      bearer: 'authorization: Bearer abcdefghijklmnop0123',
      jwt: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl',
      'connection-string': 'postgres://app:hunter2@db.internal:5432/shop',
      'private-key': '-----BEGIN RSA PRIVATE KEY-----',
    }
    for (const { Name, Pattern } of sensitive.RegexesConfig) {
      expect(caught[Name], Name).toMatch(new RegExp(Pattern))
      expect('p99 of checkout rose to 2.4 s at https://shop.example.com:443/pay').not.toMatch(new RegExp(Pattern))
    }
  })

  test('[IF14] a version is named after what it holds and stays when another takes its place', () => {
    const [[name, version]] = all(template, 'AWS::Bedrock::GuardrailVersion') as [[string, Record<string, unknown>]]
    expect(name).toMatch(/^GuardrailVersion[0-9a-f]{12}$/)
    expect(version['Description']).toBe(`policy ${name.slice(-12)}`)
    expect(template.Resources[name]).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' })
  })
})

describe('watching', () => {
  const [[topic]] = all(template, 'AWS::SNS::Topic') as [[string, unknown]]
  const alarms = all(template, 'AWS::CloudWatch::Alarm').map(([, alarm]) => alarm)

  test('[IF20] each alarm tells the topic when it begins and when it ends, and silence is no alarm', () => {
    expect(alarms).toHaveLength(6)
    for (const alarm of alarms) {
      expect(alarm).toMatchObject({
        AlarmActions: [{ Ref: topic }],
        OKActions: [{ Ref: topic }],
        TreatMissingData: 'notBreaching',
      })
      // The intake reads the severity in the name.
      expect(alarm['AlarmName']).toMatch(/^incident-commander-prod-[a-z-]+-warning$/)
    }
  })

  test('[IF20] the models that are asked unless told otherwise are watched, within what an alarm can hold', () => {
    for (const alarm of alarms.filter(({ AlarmName }) => String(AlarmName).includes('models'))) {
      const metrics = alarm['Metrics'] as unknown[]
      for (const id of Object.values(DEFAULTS)) expect(JSON.stringify(metrics)).toContain(`"Value":"${id}"`)
      expect(metrics.length).toBeLessThanOrEqual(10)
    }
  })

  test('[IF21] the topic takes nothing in the clear, signs with SHA-256, and posts to the intake', () => {
    expect(only(template, 'AWS::SNS::Topic')).toMatchObject({
      TopicName: 'incident-commander-prod-alerts',
      SignatureVersion: '2',
    })
    expect(only(template, 'AWS::SNS::Subscription')).toMatchObject({
      Protocol: 'https',
      Endpoint: 'https://ic.example.com/api/v1/ingest/sns',
      TopicArn: { Ref: topic },
    })
    expect(only(template, 'AWS::SNS::Subscription')['RawMessageDelivery'], 'raw has no signature').toBeUndefined()
    const policy = JSON.stringify(only(template, 'AWS::SNS::TopicPolicy'))
    expect(policy).toContain('"Effect":"Deny"')
    expect(policy).toContain('{"Bool":{"aws:SecureTransport":"false"}}')
    for (const service of ['cloudwatch', 'budgets'])
      expect(policy).toContain(`"Principal":{"Service":"${service}.amazonaws.com"}`)
  })

  test('[IF21] what could not be delivered is kept for two weeks', () => {
    const queue = only(template, 'AWS::SQS::Queue')
    expect(queue['MessageRetentionPeriod']).toBe(1_209_600)
    expect(JSON.stringify(only(template, 'AWS::SNS::Subscription')['RedrivePolicy'])).toContain('deadLetterTargetArn')
  })

  test('[IF22] a budget warns at 80 percent spent and at 100 forecast, by mail where one is named', () => {
    const told = (context: Record<string, unknown>) => only(synthesize(context).template, 'AWS::Budgets::Budget')
    const mailed = told({ ...SAMPLE, email: 'money@example.com', budgetUsd: '75' })
    expect(mailed['Budget']).toMatchObject({ BudgetLimit: { Amount: 75, Unit: 'USD' }, TimeUnit: 'MONTHLY' })
    const warnings = mailed['NotificationsWithSubscribers'] as {
      Notification: { NotificationType: string; Threshold: number }
      Subscribers: unknown[]
    }[]
    expect(warnings.map(({ Notification: { NotificationType, Threshold } }) => [NotificationType, Threshold])).toEqual([
      ['ACTUAL', 80],
      ['FORECASTED', 100],
    ])
    for (const { Subscribers } of warnings)
      expect(Subscribers).toEqual([{ SubscriptionType: 'EMAIL', Address: 'money@example.com' }])
    const unnamed = only(template, 'AWS::Budgets::Budget')['NotificationsWithSubscribers'] as typeof warnings
    expect(unnamed[0]?.Subscribers).toEqual([{ SubscriptionType: 'SNS', Address: { Ref: topic } }])
  })

  test('[IF23] the dashboard shows every alarm', () => {
    const body = JSON.stringify(only(template, 'AWS::CloudWatch::Dashboard')['DashboardBody'])
    for (const [name] of all(template, 'AWS::CloudWatch::Alarm'))
      expect(body).toContain(`"Fn::GetAtt":["${name}","Arn"]`)
  })
})
