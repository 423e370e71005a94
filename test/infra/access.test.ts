import { describe, expect, test } from 'vitest'
import { INDEXES } from '../../bridge/aws/dynamodb/schema.ts'
import { MODELS } from '../../bridge/catalog.ts'
import { arnsOf } from '../../infra/check/arn.ts'
import { iamProblems } from '../../infra/check/iam.ts'
import { FUNCTIONS } from '../../infra/names.ts'
import { SAMPLE, type Template, synthesize } from '../../infra/synth.ts'
import { type Statement, actionsOf, all, only, policyOf } from './sample.ts'

/** IAM refuses a role whose inline policies are longer, white space left out. */
const INLINE_CHARS_MAX = 10_240

const { template } = synthesize()
const everything = synthesize({ ...SAMPLE, legacyAgents: 'true', qbusiness: 'true', reboots: 'true' }).template

describe('who may be what', () => {
  function trustOf(name: string): Statement[] {
    const found = all(template, 'AWS::IAM::Role').find(([at]) => at.startsWith(name))
    const document = found?.[1]['AssumeRolePolicyDocument'] as { Statement: Statement[] } | undefined
    return document?.Statement ?? []
  }

  test('[IF6] the Worker is an identity provider: https, no port, no path, one audience, no thumbprint', () => {
    expect(only(template, 'AWS::IAM::OIDCProvider')).toMatchObject({
      Url: 'https://ic.example.com',
      ClientIdList: ['sts.amazonaws.com'],
    })
    expect(only(template, 'AWS::IAM::OIDCProvider')['ThumbprintList']).toBeUndefined()
  })

  test.each(FUNCTIONS)('[IF7] the role %s is taken by the token of that function of that stage alone', (name) => {
    const [[issuer]] = all(template, 'AWS::IAM::OIDCProvider') as [[string, unknown]]
    expect(trustOf(`Role${name}`)).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRoleWithWebIdentity',
        Principal: { Federated: { Ref: issuer } },
        Condition: {
          StringEquals: {
            'ic.example.com:aud': 'sts.amazonaws.com',
            'ic.example.com:sub': `incident-commander:prod:${name}`,
          },
        },
      },
    ])
  })

  test('[IF11] the automation role is taken by Systems Manager for a run of this account alone', () => {
    expect(trustOf('Automation')).toMatchObject([
      {
        Action: 'sts:AssumeRole',
        Principal: { Service: 'ssm.amazonaws.com' },
        Condition: {
          StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
          ArnLike: { 'aws:SourceArn': expect.anything() },
        },
      },
    ])
  })
})

describe('what each may do', () => {
  test('[IF8] the archive writes whole items and reads by key and index: no delete, no scan, no partial update', () => {
    const [only, ...more] = policyOf(template, 'Rolearchive')
    expect(more).toEqual([])
    expect(only && actionsOf(only)).toEqual([
      'dynamodb:PutItem',
      'dynamodb:GetItem',
      'dynamodb:Query',
      'dynamodb:DescribeTable',
    ])
    expect(arnsOf(only?.Resource, template).map((arn) => arn.split(':table/')[1])).toEqual([
      'it',
      `it/index/${INDEXES.byService}`,
      `it/index/${INDEXES.byDay}`,
    ])
  })

  test('[IF9] each model of the catalogue that has not ended may be asked, and no other', () => {
    const arns = policyOf(template, 'Roleai').flatMap(({ Resource }) => arnsOf(Resource, template))
    const named = arns.flatMap((arn) => /inference-profile\/(.+)$/.exec(arn)?.[1] ?? [])
    const profiles = MODELS.filter(
      ({ id, eol, asOf }) => /^(?:us|eu|global)\./.test(id) && (eol === null || eol > asOf),
    )
    expect(named).toEqual(profiles.map(({ id }) => id))
    expect(arns.filter((arn) => arn.includes('*')).every((arn) => arn === '*' || !arn.endsWith('*'))).toBe(true)
    expect(arns.some((arn) => arn.includes('claude-3'))).toBe(false)
  })

  test('[IF9] words are asked for under this version of the guardrail, behind a profile of this account, in no dear tier', () => {
    const statements = policyOf(template, 'Roleai')
    const asking = statements.filter((one) => actionsOf(one).some((action) => action.startsWith('bedrock:InvokeModel')))
    expect(asking.map(({ Sid }) => Sid)).toEqual(['AskProfiles', 'AskBehindProfiles', 'Embed'])
    for (const { Sid, Condition } of asking) {
      expect(Condition?.['StringNotEqualsIfExists']).toEqual({ 'bedrock:ServiceTier': ['priority', 'reserved'] })
      const rail = Condition?.['StringEquals']?.['bedrock:GuardrailIdentifier']
      if (Sid === 'Embed') expect(rail).toBeUndefined()
      else expect(arnsOf(rail, template)).toEqual(['arn:aws:bedrock:us-east-1:111122223333:guardrail/it:1'])
    }
    const behind = asking.find(({ Sid }) => Sid === 'AskBehindProfiles')?.Condition?.['ArnLike']
    expect(arnsOf(behind?.['bedrock:InferenceProfileArn'], template)).toEqual([
      'arn:aws:bedrock:us-east-1:111122223333:inference-profile/*',
    ])
  })

  test('[IF10] remediation starts the runbooks of its stage, hands over the one role, and follows and stops its own runs', () => {
    const statements = policyOf(template, 'Roleremediate')
    const named = (sid: string) => statements.find(({ Sid }) => Sid === sid)
    expect(statements.map(({ Sid }) => Sid)).toEqual(['Start', 'StartAs', 'Follow', 'Preview', 'HandOver'])
    for (const arn of arnsOf(named('Start')?.Resource, template)) expect(arn).toMatch(/\/IncidentCommander-prod-\*$/)
    expect(named('StartAs')?.Condition).toEqual({
      StringEquals: { 'aws:RequestTag/incident-commander:stage': 'prod' },
    })
    expect(named('Follow')?.Condition).toEqual({
      StringEquals: { 'aws:ResourceTag/incident-commander:stage': 'prod' },
    })
    expect(named('HandOver')).toMatchObject({
      Action: 'iam:PassRole',
      Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Automation/), 'Arn'] },
      Condition: { StringEquals: { 'iam:PassedToService': 'ssm.amazonaws.com' } },
    })
  })

  test('[IF11] what a runbook changes must carry the tag; without it there are only reads that take no resource', () => {
    for (const statement of policyOf(everything, 'Automation')) {
      if (statement.Sid === 'Read') {
        for (const action of actionsOf(statement)) expect(action).toMatch(/:Describe/)
        expect(statement.Resource).toBe('*')
      } else
        expect(statement.Condition).toEqual({
          StringEquals: { 'aws:ResourceTag/incident-commander:remediable': 'true' },
        })
    }
  })

  test('[IF28] nothing reboots unless it was asked for', () => {
    expect(JSON.stringify(template)).not.toMatch(/Reboot/)
    expect(JSON.stringify(policyOf(everything, 'Automation'))).toMatch(/rds:RebootDBInstance/)
  })

  test('[IF12] no role is longer than IAM takes', () => {
    for (const [at] of all(everything, 'AWS::IAM::Policy')) {
      const told = policyOf(everything, at).map(({ Resource, ...rest }) => ({
        ...rest,
        Resource: arnsOf(Resource, everything),
      }))
      expect(JSON.stringify(told).length, at).toBeLessThan(INLINE_CHARS_MAX)
    }
  })
})

describe("against IAM's own list", () => {
  test('[IF12] every action exists, has the resources it needs and takes the conditions it is given', async () => {
    expect(await iamProblems(template)).toEqual([])
    expect(await iamProblems(everything)).toEqual([])
  })

  test('[IF12] what the list contradicts is found', async () => {
    const statement = (given: Partial<Statement>) => ({ Sid: 'X', Effect: 'Allow', ...given })
    const run = 'arn:aws:ssm:us-east-1:111122223333:automation-execution/*'
    const statements = [
      statement({ Action: 'bedrock:Converse', Resource: '*' }),
      statement({ Action: 'ssm:StartAutomationExecution', Resource: run }),
      statement({ Action: 'ssm:StopAutomationExecution', Resource: '*' }),
      statement({ Action: 'dynamodb:PutItem', Resource: 'arn:aws:s3:::bucket' }),
      statement({
        Action: 'ecs:UpdateService',
        Resource: 'arn:aws:ecs:us-east-1:111122223333:service/*',
        Condition: { StringEquals: { 'ssm:DocumentVersion': '1' } },
      }),
    ]
    const planted: Template = {
      Outputs: {},
      Resources: {
        P: { Type: 'AWS::IAM::Policy', Properties: { PolicyDocument: { Statement: statements } } },
        R: {
          Type: 'AWS::IAM::Role',
          Properties: { AssumeRolePolicyDocument: { Statement: [statement({ Action: 'sts:AssumeRoleByMagic' })] } },
        },
      },
    }
    expect(await iamProblems(planted)).toEqual([
      'P X: bedrock:Converse does not exist',
      'P X: ssm:StopAutomationExecution takes a resource and is allowed on everything',
      'P X: no action takes arn:aws:s3:::bucket',
      'P X: ecs:UpdateService does not know ssm:DocumentVersion',
      'P: ssm:StartAutomationExecution also needs document',
      'P: ssm:StopAutomationExecution also needs automation-execution',
      'P: dynamodb:PutItem also needs table',
      'R: sts:AssumeRoleByMagic does not exist',
    ])
  })
})
