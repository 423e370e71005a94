import { type Need, type Parameter, type Runbook, change, must, read, settled } from './document.ts'

/** A rolling deployment of a service with a slow health check takes a quarter of an hour. */
const DEPLOYMENT_SECONDS_MAX = 900

const parameters: Record<string, Parameter> = {
  Cluster: { type: 'String', description: 'Name of the cluster.', allowedPattern: '^[a-zA-Z0-9_-]{1,255}$' },
  Service: { type: 'String', description: 'Name of the service.', allowedPattern: '^[a-zA-Z0-9_-]{1,255}$' },
}
const service = { Service: 'ecs', Api: 'DescribeServices', cluster: '{{ Cluster }}', services: ['{{ Service }}'] }
const update = { Service: 'ecs', Api: 'UpdateService', cluster: '{{ Cluster }}', service: '{{ Service }}' }

const needs: Need[] = [
  { actions: ['ecs:DescribeServices'], resource: 'ecs:REGION:ACCOUNT:service/*', tagged: true },
  { actions: ['ecs:UpdateService'], resource: 'ecs:REGION:ACCOUNT:service/*', tagged: true },
]

const before = read('before', service, [
  { Name: 'TaskDefinition', Selector: '$.services[0].taskDefinition', Type: 'String' },
  { Name: 'RunningCount', Selector: '$.services[0].runningCount', Type: 'Integer' },
])
const active = must('active', service, '$.services[0].status', ['ACTIVE'])
const rolledOut = settled(service, '$.services[0].deployments[0].rolloutState', ['COMPLETED'], DEPLOYMENT_SECONDS_MAX)

export const ecsForceNewDeployment: Runbook = {
  name: 'EcsForceNewDeployment',
  what: 'Starts the tasks of a service anew, with the task definition it has.',
  undo: 'nothing to take back: the same definition runs.',
  parameters,
  steps: [before, active, change('redeploy', { ...update, forceNewDeployment: true }), rolledOut],
  answers: ['before.TaskDefinition', 'before.RunningCount'],
  needs,
}

export const ecsRollbackTaskDefinition: Runbook = {
  name: 'EcsRollbackTaskDefinition',
  what: 'Puts a service on a task definition that is already registered.',
  undo: 'the same runbook with the answered before.TaskDefinition.',
  parameters: {
    ...parameters,
    TaskDefinition: {
      type: 'String',
      description: 'Family and revision.',
      allowedPattern: '^[a-zA-Z0-9_-]{1,255}:[1-9][0-9]{0,8}$',
    },
  },
  steps: [
    before,
    active,
    must(
      'registered',
      { Service: 'ecs', Api: 'DescribeTaskDefinition', taskDefinition: '{{ TaskDefinition }}' },
      '$.taskDefinition.status',
      ['ACTIVE'],
    ),
    change('rollback', { ...update, taskDefinition: '{{ TaskDefinition }}' }),
    rolledOut,
  ],
  answers: ['before.TaskDefinition', 'before.RunningCount'],
  needs: [...needs, { actions: ['ecs:DescribeTaskDefinition'], resource: '*', tagged: false }],
}
