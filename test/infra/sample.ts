import { ok } from 'node:assert/strict'
import type { Resource, Template } from '../../infra/synth.ts'

/** The one resource of a type; says so where there are none or several. */
export function only({ Resources }: Template, type: string): Resource['Properties'] {
  const found = Object.values(Resources).filter(({ Type }) => Type === type)
  ok(found.length === 1 && found[0], `${found.length} of ${type}`)
  return found[0].Properties
}

/** Every resource of a type, by its name in the template. */
export function all({ Resources }: Template, type: string): [string, Resource['Properties']][] {
  return Object.entries(Resources).flatMap(([name, { Type, Properties }]) =>
    Type === type ? [[name, Properties] as [string, Resource['Properties']]] : [],
  )
}

export interface Statement {
  Sid: string
  Effect: string
  Action: string | string[]
  Resource: unknown
  Condition?: Record<string, Record<string, unknown>>
}

/** What the role whose name begins with `name` may do. */
export function policyOf(template: Template, name: string): Statement[] {
  const found = all(template, 'AWS::IAM::Policy').filter(([at]) => at.startsWith(name))
  return found.flatMap(([, { PolicyDocument }]) => (PolicyDocument as { Statement: Statement[] }).Statement)
}

export function actionsOf({ Action }: Statement): string[] {
  return typeof Action === 'string' ? [Action] : Action
}

/** What a deploy of the sample stage answers. */
export const ANSWERS: Readonly<Record<string, string>> = {
  Region: 'us-east-1',
  Stage: 'prod',
  Issuer: 'https://ic.example.com',
  Table: 'IncidentCommander-prod-ArchiveDA4CB258-1A2B3C',
  RoleAi: 'arn:aws:iam::111122223333:role/IncidentCommander-prod-Roleai89B788A9-abc',
  RoleArchive: 'arn:aws:iam::111122223333:role/IncidentCommander-prod-RolearchiveF879B1DD-abc',
  RoleRemediate: 'arn:aws:iam::111122223333:role/IncidentCommander-prod-Roleremediate43C89FF7-abc',
  GuardrailId: 'gr7abc12def3',
  GuardrailVersion: '1',
  MemoryId: 'incident_commander_prod-AbCdEfGhIj',
  RunbookEcsForceNewDeployment: 'IncidentCommander-prod-EcsForceNewDeployment',
  RunbookEcsRollbackTaskDefinition: 'IncidentCommander-prod-EcsRollbackTaskDefinition',
  RunbookLambdaAliasRollback: 'IncidentCommander-prod-LambdaAliasRollback',
  RunbookAsgSetDesiredWithinBounds: 'IncidentCommander-prod-AsgSetDesiredWithinBounds',
  TopicArn: 'arn:aws:sns:us-east-1:111122223333:IncidentCommander-prod-Alerts91F83244-abc',
}
