import { type Runbook, change, must, read } from './document.ts'

const group = {
  Service: 'autoscaling',
  Api: 'DescribeAutoScalingGroups',
  AutoScalingGroupNames: ['{{ GroupName }}'],
}

export const asgSetDesiredWithinBounds: Runbook = {
  name: 'AsgSetDesiredWithinBounds',
  what: 'Sets how many instances a group wants; AWS refuses a figure outside the minimum and maximum of the group.',
  undo: 'the same runbook with the answered before.Desired.',
  parameters: {
    GroupName: {
      type: 'String',
      description: 'Name of the Auto Scaling group.',
      allowedPattern: '^[a-zA-Z0-9_.-]{1,255}$',
    },
    Desired: { type: 'Integer', description: 'Instances, 1 to 999.', allowedPattern: '^[1-9][0-9]{0,2}$' },
  },
  steps: [
    read('before', group, [
      { Name: 'Desired', Selector: '$.AutoScalingGroups[0].DesiredCapacity', Type: 'Integer' },
      { Name: 'Min', Selector: '$.AutoScalingGroups[0].MinSize', Type: 'Integer' },
      { Name: 'Max', Selector: '$.AutoScalingGroups[0].MaxSize', Type: 'Integer' },
    ]),
    change('set', {
      Service: 'autoscaling',
      Api: 'SetDesiredCapacity',
      AutoScalingGroupName: '{{ GroupName }}',
      DesiredCapacity: '{{ Desired }}',
      HonorCooldown: false,
    }),
    must('wanted', group, '$.AutoScalingGroups[0].DesiredCapacity', ['{{ Desired }}']),
  ],
  answers: ['before.Desired', 'before.Min', 'before.Max'],
  needs: [
    { actions: ['autoscaling:DescribeAutoScalingGroups'], resource: '*', tagged: false },
    {
      actions: ['autoscaling:SetDesiredCapacity'],
      resource: 'autoscaling:REGION:ACCOUNT:autoScalingGroup:*:autoScalingGroupName/*',
      tagged: true,
    },
  ],
}
