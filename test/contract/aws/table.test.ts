import {
  CreateTableCommand,
  DescribeTableCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { type Clients, clientsOf } from './clients.ts'
import { rig } from './rig.ts'
import { emptyDynamodb } from './table.ts'

const TABLE = 'incidents'

async function put(clients: Clients, version: number): Promise<string> {
  try {
    await clients.dynamodb.send(
      new PutItemCommand({
        TableName: TABLE,
        Item: { pk: { S: 'INC#1' }, sk: { S: 'META' }, gsi: { S: 'SVC#checkout' }, ver: { N: String(version) } },
        ConditionExpression: 'attribute_not_exists(pk) OR ver < :ver',
        ExpressionAttributeValues: { ':ver': { N: String(version) } },
      }),
    )
    return 'kept'
  } catch (cause) {
    return cause instanceof Error ? cause.name : 'unknown'
  }
}

test('[BD19] with a real table behind it items are kept: conditions and indexes hold, what it answers is held to the model, faults come before it', async () => {
  const dynamodb = await emptyDynamodb()
  const { fake, clients } = await rig({ dynamodb })
  await clientsOf({ ...fake, url: dynamodb }).dynamodb.send(
    new CreateTableCommand({
      TableName: TABLE,
      AttributeDefinitions: ['pk', 'sk', 'gsi'].map((name) => ({ AttributeName: name, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'gsi1',
          KeySchema: [{ AttributeName: 'gsi', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
  await expect
    .poll(async () => (await clients.dynamodb.send(new DescribeTableCommand({ TableName: TABLE }))).Table?.TableStatus)
    .toBe('ACTIVE')
  expect([await put(clients, 1), await put(clients, 3), await put(clients, 2)]).toEqual([
    'kept',
    'kept',
    'ConditionalCheckFailedException',
  ])
  const found = await clients.dynamodb.send(
    new QueryCommand({
      TableName: TABLE,
      IndexName: 'gsi1',
      KeyConditionExpression: 'gsi = :gsi',
      ExpressionAttributeValues: { ':gsi': { S: 'SVC#checkout' } },
    }),
  )
  expect(found.Items?.map(({ ver }) => ver?.N)).toEqual(['3'])
  fake.script({
    rules: [
      { operation: 'PutItem', replies: [{ error: 'ProvisionedThroughputExceededException' }, { through: true }] },
    ],
  })
  expect([await put(clients, 4), await put(clients, 4)]).toEqual(['ProvisionedThroughputExceededException', 'kept'])
  const stored = await clients.dynamodb.send(
    new GetItemCommand({ TableName: TABLE, Key: { pk: { S: 'INC#1' }, sk: { S: 'META' } } }),
  )
  expect(stored.Item?.['ver']).toEqual({ N: '4' })
  await expect(
    clientsOf({ ...fake, credentials: { ...fake.credentials, secretAccessKey: 'x' } }).dynamodb.send(
      new DescribeTableCommand({ TableName: TABLE }),
    ),
  ).rejects.toMatchObject({ name: 'InvalidSignatureException' })
  const calls = fake.calls()
  expect(calls.flatMap(({ problems }) => problems)).toEqual([])
  expect(new Set(calls.flatMap(({ operation, leftOut }) => (leftOut.length > 0 ? [operation] : [])))).toEqual(
    new Set(['DescribeTable']),
  )
})
