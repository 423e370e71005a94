import type { Template } from '../synth.ts'

/** A pretended place, so that an ARN can be written out. */
const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::AccountId': '111122223333',
}

/** What a reference to a resource's ARN gives, by type. */
const ARNS: Readonly<Record<string, string>> = {
  'AWS::IAM::Role': 'arn:aws:iam::111122223333:role/it',
  'AWS::DynamoDB::GlobalTable': 'arn:aws:dynamodb:us-east-1:111122223333:table/it',
  'AWS::Bedrock::Guardrail': 'arn:aws:bedrock:us-east-1:111122223333:guardrail/it',
  'AWS::Bedrock::AgentAlias': 'arn:aws:bedrock:us-east-1:111122223333:agent-alias/it/it',
  'AWS::BedrockAgentCore::Memory': 'arn:aws:bedrock-agentcore:us-east-1:111122223333:memory/it',
  'AWS::QBusiness::Application': 'arn:aws:qbusiness:us-east-1:111122223333:application/it',
}

/** The resources of a statement as ARNs with their wildcards. Throws where one refers to something not listed here. */
export function arnsOf(resource: unknown, template: Template): string[] {
  return (Array.isArray(resource) ? resource : [resource]).map((one: unknown) => written(one, template))
}

/** A template's value as text, with what it refers to written out. */
export function written(value: unknown, template: Template): string {
  if (typeof value === 'string') return value
  const [[call, given] = ['', null]] = Object.entries(value as Record<string, unknown>)
  if (call === 'Ref' && typeof given === 'string' && PSEUDO[given] !== undefined) return PSEUDO[given]
  if (call === 'Fn::Join') {
    const [between, parts] = given as [string, unknown[]]
    return parts.map((part) => written(part, template)).join(between)
  }
  if (call === 'Fn::GetAtt') {
    const [name = '', attribute = ''] = given as string[]
    const arn = ARNS[template.Resources[name]?.Type ?? '']
    if (arn !== undefined && attribute.endsWith('Arn')) return arn
    if (attribute === 'Version') return '1'
  }
  throw new Error(`cannot write out ${JSON.stringify(value)}`)
}

/** Whether an ARN of a policy can mean a resource of a type, as IAM's list writes it (`…:table/${TableName}`). */
export function fits(arn: string, type: string): boolean {
  const shape = new RegExp(
    `^${type
      .split(/\$\{[^}]+\}/)
      .map(escaped)
      .join('[^/]*')}$`,
  )
  // A wildcard may stand for nothing, for a name, for one in a folder and for one with a version.
  return ['', 'x', 'x/x', 'x:1'].some((name) => shape.test(arn.replaceAll('*', name)))
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
