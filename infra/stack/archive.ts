import { RemovalPolicy } from 'aws-cdk-lib'
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb'
import type { Construct } from 'constructs'
import { ATTRIBUTES, INDEXES, KEYS, PROJECTED } from '../../bridge/aws/dynamodb/schema.ts'

/** Days that a point in time can be gone back to: the longest that there is. */
const RECOVERY_DAYS = 35

/**
 * The archive's table. It outlives its stack, cannot be deleted while it is protected, and takes at most `unitsMax` request
 * units a second: then it throttles, the room's outbox waits, and the bill stands still. The rooms stay the authority.
 */
export function archiveTable(scope: Construct, { unitsMax }: { unitsMax: number }): dynamodb.TableV2 {
  return new dynamodb.TableV2(scope, 'Archive', {
    ...keys(KEYS.table),
    billing: dynamodb.Billing.onDemand({ maxReadRequestUnits: unitsMax, maxWriteRequestUnits: unitsMax }),
    globalSecondaryIndexes: [index(INDEXES.byService, KEYS.byService), index(INDEXES.byDay, KEYS.byDay)].map((one) => ({
      ...one,
      maxReadRequestUnits: unitsMax,
      maxWriteRequestUnits: unitsMax,
    })),
    timeToLiveAttribute: ATTRIBUTES.expires,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: RECOVERY_DAYS },
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  })
}

function index(indexName: string, names: { partition: string; sort: string }): dynamodb.GlobalSecondaryIndexPropsV2 {
  return {
    indexName,
    ...keys(names),
    projectionType: dynamodb.ProjectionType.INCLUDE,
    nonKeyAttributes: [...PROJECTED],
  }
}

function keys({ partition, sort }: { partition: string; sort: string }) {
  return {
    partitionKey: { name: partition, type: dynamodb.AttributeType.STRING },
    sortKey: { name: sort, type: dynamodb.AttributeType.STRING },
  }
}
