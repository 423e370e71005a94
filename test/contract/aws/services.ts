import type { Metadata } from './model.ts'

/** One service of the bridge: the protocol of its wire, the operations that the bridge uses, its client's package. */
export interface Served {
  name: string
  metadata: Metadata
  operations: readonly string[]
  schemas: () => Promise<Record<string, unknown>>
}

const rest = (endpointPrefix: string, apiVersion: string, signingName: string): Metadata => ({
  endpointPrefix,
  apiVersion,
  signingName,
  protocol: 'rest-json',
})

/**
 * What AWS publishes of each service beside its shapes. The clients' packages carry these facts in code, not in their
 * schemas, so they stand here; a test compares them with the published models.
 */
export const SERVED: readonly Served[] = [
  {
    name: 'bedrock-runtime',
    metadata: rest('bedrock-runtime', '2023-09-30', 'bedrock'),
    operations: words('Converse ConverseStream InvokeModel ApplyGuardrail InvokeGuardrailChecks CountTokens'),
    schemas: async () => import('@aws-sdk/client-bedrock-runtime'),
  },
  {
    name: 'bedrock-agent-runtime',
    metadata: rest('bedrock-agent-runtime', '2023-07-26', 'bedrock'),
    operations: words('InvokeAgent GetAgentMemory DeleteAgentMemory Retrieve RetrieveAndGenerate'),
    schemas: async () => import('@aws-sdk/client-bedrock-agent-runtime'),
  },
  {
    name: 'bedrock-agentcore',
    metadata: rest('bedrock-agentcore', '2024-02-28', 'bedrock-agentcore'),
    operations: words(
      'CreateEvent ListEvents DeleteEvent RetrieveMemoryRecords ListMemoryRecords BatchCreateMemoryRecords ' +
        'DeleteMemoryRecord GetMemoryRecord',
    ),
    schemas: async () => import('@aws-sdk/client-bedrock-agentcore'),
  },
  {
    name: 'qbusiness',
    metadata: rest('qbusiness', '2023-11-27', 'qbusiness'),
    operations: words('ChatSync SearchRelevantContent PutFeedback BatchPutDocument'),
    schemas: async () => import('@aws-sdk/client-qbusiness'),
  },
  {
    name: 'dynamodb',
    metadata: {
      endpointPrefix: 'dynamodb',
      apiVersion: '2012-08-10',
      protocol: 'json',
      jsonVersion: '1.0',
      targetPrefix: 'DynamoDB_20120810',
    },
    operations: words(
      'PutItem GetItem UpdateItem DeleteItem Query TransactWriteItems BatchWriteItem BatchGetItem DescribeTable ' +
        'SearchVectors',
    ),
    schemas: async () => import('@aws-sdk/client-dynamodb'),
  },
  {
    name: 'ssm',
    metadata: {
      endpointPrefix: 'ssm',
      apiVersion: '2014-11-06',
      protocol: 'json',
      jsonVersion: '1.1',
      targetPrefix: 'AmazonSSM',
    },
    operations: words(
      'StartAutomationExecution GetAutomationExecution StopAutomationExecution SendAutomationSignal ' +
        'DescribeAutomationExecutions StartExecutionPreview GetExecutionPreview DescribeDocument',
    ),
    schemas: async () => import('@aws-sdk/client-ssm'),
  },
  {
    name: 'sts',
    metadata: {
      endpointPrefix: 'sts',
      apiVersion: '2011-06-15',
      protocol: 'query',
      xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    },
    operations: words('AssumeRoleWithWebIdentity AssumeRole GetCallerIdentity'),
    schemas: async () => import('@aws-sdk/client-sts'),
  },
]

/** Operations that are asked without a signature: whoever asks has no credentials yet. */
export const UNSIGNED = new Set(['AssumeRoleWithWebIdentity'])

function words(text: string): string[] {
  return text.split(' ')
}
