import { Stack } from 'aws-cdk-lib'
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import * as iam from 'aws-cdk-lib/aws-iam'
import { type Asked, TEXT_MODELS, VECTOR_MODELS } from '../models.ts'
import { INDEXES } from '../../bridge/aws/dynamodb/schema.ts'
import { STAGE_TAG, documentPrefix } from '../names.ts'
import { accept } from './accept.ts'

/** A tier that is billed above the usual one is never asked for. */
const DEAR_TIERS = ['priority', 'reserved']

/** Writes whole items and reads them by key and index: no delete, no scan, no update of a part. */
export function mayArchive(role: iam.Role, table: TableV2): void {
  role.addToPolicy(
    new iam.PolicyStatement({
      sid: 'Archive',
      actions: ['dynamodb:PutItem', 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:DescribeTable'],
      resources: [table.tableArn, ...Object.values(INDEXES).map((name) => `${table.tableArn}/index/${name}`)],
    }),
  )
}

/**
 * Asks the catalogue's models and none else, and for text only under this version of the guardrail. There is no action
 * called Converse: it is InvokeModel. A profile routes to foundation models elsewhere, which may be reached through a
 * profile of this account alone.
 */
export function mayAsk(role: iam.Role, guardrail: { arn: string; version: string }): void {
  const guarded = { StringEquals: { 'bedrock:GuardrailIdentifier': `${guardrail.arn}:${guardrail.version}` } }
  const usual = { StringNotEqualsIfExists: { 'bedrock:ServiceTier': DEAR_TIERS } }
  const routed = { ArnLike: { 'bedrock:InferenceProfileArn': ours(role, 'bedrock', 'inference-profile/*') } }
  const ask = ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream']
  const profiles = TEXT_MODELS.filter(({ regions }) => regions !== null)
  const bare = TEXT_MODELS.filter(({ regions }) => regions === null)
  allow(
    role,
    'AskProfiles',
    ask,
    profiles.map(({ id }) => ours(role, 'bedrock', `inference-profile/${id}`)),
    {
      ...guarded,
      ...usual,
    },
  )
  allow(role, 'AskBehindProfiles', ask, [...new Set(profiles.map((one) => foundation(role, one)))], {
    ...guarded,
    ...usual,
    ...routed,
  })
  allow(
    role,
    'AskBare',
    ask,
    bare.map((one) => foundation(role, one)),
    { ...guarded, ...usual },
  )
  allow(
    role,
    'Embed',
    ['bedrock:InvokeModel'],
    VECTOR_MODELS.map((one) => foundation(role, one)),
    usual,
  )
  allow(role, 'Guard', ['bedrock:ApplyGuardrail'], [guardrail.arn])
  allow(role, 'GuardUnnamed', ['bedrock:InvokeGuardrailChecks'], ['*'])
  accept(role, '*', 'InvokeGuardrailChecks takes no resource.')
  for (const { model, regions } of TEXT_MODELS)
    if (regions !== null)
      accept(
        role,
        `arn:<AWS::Partition>:bedrock:${regions}::foundation-model/${model}`,
        'AWS chooses the region of a profile; the statement asks for a profile of this account.',
      )
}

/** Says and finds what was said in AgentCore Memory. */
export function mayRemember(role: iam.Role, memoryArn: string): void {
  const actions = ['CreateEvent', 'ListEvents', 'BatchCreateMemoryRecords', 'RetrieveMemoryRecords', 'GetMemoryRecord']
  allow(
    role,
    'Remember',
    actions.map((action) => `bedrock-agentcore:${action}`),
    [memoryArn],
  )
}

/** Starts this stage's runbooks, which run as `automation` whoever starts them, and follows and stops its own runs. */
export function mayRemediate(role: iam.Role, automation: iam.Role, stage: string): void {
  const documents = `${documentPrefix(stage)}*`
  const runs = ours(role, 'ssm', 'automation-execution/*')
  const tagged = { StringEquals: { [`aws:ResourceTag/${STAGE_TAG}`]: stage } }
  allow(
    role,
    'Start',
    ['ssm:StartAutomationExecution'],
    [ours(role, 'ssm', `document/${documents}`), ours(role, 'ssm', `automation-definition/${documents}`)],
  )
  // The run that is to be does not exist yet: what it will carry is asked instead.
  allow(role, 'StartAs', ['ssm:StartAutomationExecution', 'ssm:AddTagsToResource'], [runs], {
    StringEquals: { [`aws:RequestTag/${STAGE_TAG}`]: stage },
  })
  allow(role, 'Follow', ['ssm:GetAutomationExecution', 'ssm:StopAutomationExecution'], [runs], tagged)
  allow(role, 'Preview', ['ssm:StartExecutionPreview', 'ssm:GetExecutionPreview'], ['*'])
  allow(role, 'HandOver', ['iam:PassRole'], [automation.roleArn], {
    StringEquals: { 'iam:PassedToService': 'ssm.amazonaws.com' },
  })
  accept(role, '*', 'Previews take no resource, and change nothing.')
  for (const kind of ['document', 'automation-definition'])
    accept(role, named(`${kind}/${documents}`), 'The runbooks of this stage, in every version.')
  accept(role, named('automation-execution/*'), 'A run is named by AWS when it starts; the condition asks for its tag.')
}

/** One statement; none where there is nothing to allow it on. */
export function allow(
  role: iam.Role,
  sid: string,
  actions: string[],
  resources: string[],
  conditions: Record<string, Record<string, unknown>> = {},
): void {
  if (resources.length > 0) role.addToPolicy(new iam.PolicyStatement({ sid, actions, resources, conditions }))
}

/** An ARN in the account and region of the stack. */
export function ours(scope: iam.Role, service: string, rest: string): string {
  const { partition, region, account } = Stack.of(scope)
  return `arn:${partition}:${service}:${region}:${account}:${rest}`
}

function foundation(scope: iam.Role, { model, regions }: Asked): string {
  const { partition, region } = Stack.of(scope)
  return `arn:${partition}:bedrock:${regions ?? region}::foundation-model/${model}`
}

function named(rest: string): string {
  return `arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:${rest}`
}
