import { type Runbook, change, must, read, settled } from './document.ts'

// AWS may say `available` for a moment more before a reboot begins, so that the wait ends early: whether it helped is read
// from the signals, never from the run.

/** A database that replays its log may take half an hour to come back. */
const REBOOT_SECONDS_MAX = 1_800

const database = { Service: 'rds', Api: 'DescribeDBInstances', DBInstanceIdentifier: '{{ Instance }}' }
const cache = { Service: 'elasticache', Api: 'DescribeCacheClusters', CacheClusterId: '{{ Cluster }}' }

export const rdsReboot: Runbook = {
  name: 'RdsReboot',
  what: 'Reboots a database instance in its place: its connections break.',
  undo: 'there is none.',
  parameters: {
    Instance: {
      type: 'String',
      description: 'Identifier of the instance.',
      allowedPattern: '^[a-zA-Z][a-zA-Z0-9-]{0,62}$',
    },
  },
  steps: [
    read('before', database, [{ Name: 'Status', Selector: '$.DBInstances[0].DBInstanceStatus', Type: 'String' }]),
    must('available', database, '$.DBInstances[0].DBInstanceStatus', ['available']),
    change('reboot', {
      Service: 'rds',
      Api: 'RebootDBInstance',
      DBInstanceIdentifier: '{{ Instance }}',
      ForceFailover: false,
    }),
    settled(database, '$.DBInstances[0].DBInstanceStatus', ['available'], REBOOT_SECONDS_MAX),
  ],
  answers: ['before.Status'],
  needs: [
    { actions: ['rds:DescribeDBInstances', 'rds:RebootDBInstance'], resource: 'rds:REGION:ACCOUNT:db:*', tagged: true },
  ],
}

export const elastiCacheReboot: Runbook = {
  name: 'ElastiCacheReboot',
  what: 'Reboots one node of a cache cluster: what it held in memory is gone.',
  undo: 'there is none.',
  parameters: {
    Cluster: {
      type: 'String',
      description: 'Identifier of the cache cluster.',
      allowedPattern: '^[a-zA-Z][a-zA-Z0-9-]{0,49}$',
    },
    Node: { type: 'String', description: 'Identifier of the node.', allowedPattern: '^[0-9]{4}$' },
  },
  steps: [
    read('before', cache, [{ Name: 'Status', Selector: '$.CacheClusters[0].CacheClusterStatus', Type: 'String' }]),
    must('available', cache, '$.CacheClusters[0].CacheClusterStatus', ['available']),
    change('reboot', {
      Service: 'elasticache',
      Api: 'RebootCacheCluster',
      CacheClusterId: '{{ Cluster }}',
      CacheNodeIdsToReboot: ['{{ Node }}'],
    }),
    settled(cache, '$.CacheClusters[0].CacheClusterStatus', ['available'], REBOOT_SECONDS_MAX),
  ],
  answers: ['before.Status'],
  needs: [
    {
      actions: ['elasticache:DescribeCacheClusters', 'elasticache:RebootCacheCluster'],
      resource: 'elasticache:REGION:ACCOUNT:cluster:*',
      tagged: true,
    },
  ],
}
