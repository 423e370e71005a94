import { BedrockAgentCoreClient } from '@aws-sdk/client-bedrock-agentcore'
import { BedrockAgentRuntimeClient } from '@aws-sdk/client-bedrock-agent-runtime'
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { QBusinessClient } from '@aws-sdk/client-qbusiness'
import { SSMClient } from '@aws-sdk/client-ssm'
import { STSClient } from '@aws-sdk/client-sts'
import { FetchHttpHandler } from '@smithy/fetch-http-handler'

/** Longest that a test's client waits for an answer. */
const REQUEST_MS_MAX = 10_000

/** Where a fake is and what it knows a caller by. */
export interface Reached {
  url: string
  region: string
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string }
}

/** The SDK's own clients, on the fake. FetchHttpHandler, as in a Worker: by default they would speak HTTP/2 in Node. */
export function clientsOf(fake: Reached, more: { maxAttempts?: number } = {}) {
  const config = {
    region: fake.region,
    endpoint: fake.url,
    credentials: fake.credentials,
    maxAttempts: more.maxAttempts ?? 1,
    requestHandler: new FetchHttpHandler({ requestTimeout: REQUEST_MS_MAX }),
  }
  return {
    'bedrock-runtime': new BedrockRuntimeClient(config),
    'bedrock-agent-runtime': new BedrockAgentRuntimeClient(config),
    'bedrock-agentcore': new BedrockAgentCoreClient(config),
    qbusiness: new QBusinessClient(config),
    dynamodb: new DynamoDBClient(config),
    ssm: new SSMClient(config),
    sts: new STSClient(config),
  }
}

export type Clients = ReturnType<typeof clientsOf>
