import { type Runbook, change, must, read } from './document.ts'

const alias = { Service: 'lambda', FunctionName: '{{ FunctionName }}', Name: '{{ Alias }}' }

export const lambdaAliasRollback: Runbook = {
  name: 'LambdaAliasRollback',
  what: 'Points an alias of a function at a version that is already published, with no share for any other.',
  undo: 'the same runbook with the answered before.Version.',
  parameters: {
    FunctionName: {
      type: 'String',
      description: 'Name of the function.',
      allowedPattern: '^[a-zA-Z0-9_-]{1,64}$',
    },
    Alias: { type: 'String', description: 'Name of the alias.', allowedPattern: '^[a-zA-Z][a-zA-Z0-9_-]{0,127}$' },
    Version: { type: 'String', description: 'A published version.', allowedPattern: '^[1-9][0-9]{0,18}$' },
  },
  steps: [
    read('before', { ...alias, Api: 'GetAlias' }, [{ Name: 'Version', Selector: '$.FunctionVersion', Type: 'String' }]),
    must(
      'published',
      {
        Service: 'lambda',
        Api: 'GetFunctionConfiguration',
        FunctionName: '{{ FunctionName }}',
        Qualifier: '{{ Version }}',
      },
      '$.State',
      // A version that nobody asked for weeks is Inactive and wakes when it is asked.
      ['Active', 'Inactive'],
    ),
    change('point', {
      ...alias,
      Api: 'UpdateAlias',
      FunctionVersion: '{{ Version }}',
      RoutingConfig: { AdditionalVersionWeights: {} },
    }),
    must('pointed', { ...alias, Api: 'GetAlias' }, '$.FunctionVersion', ['{{ Version }}']),
  ],
  answers: ['before.Version'],
  needs: [
    {
      actions: ['lambda:GetAlias', 'lambda:GetFunctionConfiguration', 'lambda:UpdateAlias'],
      resource: 'lambda:REGION:ACCOUNT:function:*',
      tagged: true,
    },
  ],
}
