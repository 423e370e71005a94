import { type Fields, isFields } from './model.ts'
import type { Iam } from './script.ts'

/** The account that the fake plays. */
export const ACCOUNT = '123456789012'
const PSEUDO: Record<string, string> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
}

export interface Template {
  Resources: Record<string, { Type: string; Properties?: Fields }>
}

/**
 * What a synthesized CloudFormation template says of web identities: its OIDC providers and each role that federates
 * with one, by ARN, with the trust policy that stands there. Throws on a reference that it cannot resolve.
 *
 * @param at by issuer, where its documents really lie (see `Iam`)
 */
export function iamOf(template: Template, at: Record<string, Iam['providers'][string]['at']>): Iam {
  const resources = Object.entries(template.Resources)
  const providers = resources
    .filter(([, { Type }]) => Type === 'AWS::IAM::OIDCProvider')
    .map(([, { Properties }]) => {
      const issuer = String(resolved(template, Properties?.['Url']))
      const place = at[issuer]
      if (place === undefined) throw new Error(`where are the documents of ${issuer}?`)
      return [issuer, { at: place, audiences: resolved(template, Properties?.['ClientIdList']) as string[] }] as const
    })
  const roles = resources
    .filter(([, { Type, Properties }]) => Type === 'AWS::IAM::Role' && federates(Properties))
    .map(([id, { Properties }]) => {
      const seconds = Properties?.['MaxSessionDuration']
      return [
        roleArn(template, id),
        {
          trust: resolved(template, Properties?.['AssumeRolePolicyDocument']) as Iam['roles'][string]['trust'],
          ...(typeof seconds === 'number' && { sessionSecondsMax: seconds }),
        },
      ] as const
    })
  return { providers: Object.fromEntries(providers), roles: Object.fromEntries(roles) }
}

/** The ARN of a role of the template; one without a name of its own is called by its logical id. */
export function roleArn(template: Template, id: string): string {
  const properties = template.Resources[id]?.Properties ?? {}
  const name = properties['RoleName'] === undefined ? id : String(resolved(template, properties['RoleName']))
  return `arn:aws:iam::${ACCOUNT}:role/${name}`
}

function federates(properties: Fields | undefined): boolean {
  return JSON.stringify(properties?.['AssumeRolePolicyDocument'] ?? {}).includes('AssumeRoleWithWebIdentity')
}

/** A value of the template with its references put in. */
function resolved(template: Template, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => resolved(template, item))
  if (!isFields(value)) return value
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': join, ...rest } = value
  if (typeof ref === 'string') return PSEUDO[ref] ?? identity(template, ref)
  if (Array.isArray(attribute)) return identity(template, String(attribute[0]))
  if (Array.isArray(join)) return (resolved(template, join[1]) as unknown[]).join(String(join[0]))
  const unknown = Object.keys(rest).find((name) => name.startsWith('Fn::'))
  if (unknown !== undefined) throw new Error(`${unknown} is not understood`)
  return Object.fromEntries(Object.entries(rest).map(([name, held]) => [name, resolved(template, held)]))
}

/** The ARN that a resource goes by in a trust policy. */
function identity(template: Template, id: string): string {
  const resource = template.Resources[id]
  if (resource?.Type === 'AWS::IAM::Role') return roleArn(template, id)
  if (resource?.Type !== 'AWS::IAM::OIDCProvider') throw new Error(`what ${id} refers to is not known`)
  const issuer = String(resolved(template, resource.Properties?.['Url']))
  return `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer.replace(/^https:\/\//, '')}`
}
