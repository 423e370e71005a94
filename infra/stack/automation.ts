import { Stack } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as ssm from 'aws-cdk-lib/aws-ssm'
import type { Construct } from 'constructs'
import { REMEDIABLE_TAG, documentPrefix } from '../names.ts'
import { type Need, type Runbook, documentOf } from '../runbooks/document.ts'
import { accept } from './accept.ts'
import { allow } from './policies.ts'

/**
 * What the runbooks run as. Nobody but Systems Manager in this account takes it, and it changes only what its owner has
 * tagged: an untagged service is out of reach however a run was talked into being.
 */
export function automationRole(scope: Construct, stage: string, runbooks: readonly Runbook[]): iam.Role {
  const { partition, account } = Stack.of(scope)
  const role = new iam.Role(scope, 'Automation', {
    description: `Incident Commander ${stage}: what runbooks run as`,
    assumedBy: new iam.ServicePrincipal('ssm.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': account },
        ArnLike: { 'aws:SourceArn': `arn:${partition}:ssm:*:${account}:automation-execution/*` },
      },
    }),
  })
  for (const [key, needs] of grouped(runbooks.flatMap((runbook) => runbook.needs))) {
    const [resource = '', tagged] = key.split(' ')
    const actions = [...new Set(needs.flatMap((need) => need.actions))].sort()
    const sid = tagged === 'tagged' ? `Tagged${actions[0]?.split(':')[0] ?? ''}` : 'Read'
    const conditions = tagged === 'tagged' ? { StringEquals: { [`aws:ResourceTag/${REMEDIABLE_TAG}`]: 'true' } } : {}
    allow(role, sid, actions, [arnOf(role, resource)], conditions)
    accept(
      role,
      findingOf(resource),
      tagged === 'tagged' ? 'The condition asks for the tag.' : 'A read without resources.',
    )
  }
  return role
}

/** One document for each runbook; a changed one is a new version of it, and the newest runs. */
export function runbookDocuments(
  scope: Construct,
  stage: string,
  runbooks: readonly Runbook[],
  role: iam.Role,
): { name: string; document: ssm.CfnDocument }[] {
  return runbooks.map((runbook) => ({
    name: runbook.name,
    document: new ssm.CfnDocument(scope, `Runbook${runbook.name}`, {
      name: `${documentPrefix(stage)}${runbook.name}`,
      documentType: 'Automation',
      documentFormat: 'JSON',
      updateMethod: 'NewVersion',
      content: documentOf(runbook, role.roleArn),
    }),
  }))
}

function grouped(needs: readonly Need[]): Map<string, Need[]> {
  return Map.groupBy(needs, ({ resource, tagged }) => `${resource} ${tagged ? 'tagged' : 'read'}`)
}

function arnOf(role: iam.Role, resource: string): string {
  const { partition, region, account } = Stack.of(role)
  if (resource === '*') return '*'
  return `arn:${partition}:${resource.replace('REGION', region).replace('ACCOUNT', account)}`
}

function findingOf(resource: string): string {
  if (resource === '*') return '*'
  return `arn:<AWS::Partition>:${resource.replace('REGION', '<AWS::Region>').replace('ACCOUNT', '<AWS::AccountId>')}`
}
