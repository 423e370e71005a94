import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime'
import { FetchHttpHandler } from '@smithy/fetch-http-handler'
import type { CredentialsPort } from '../../../durable/protocol/ports.ts'
import type { AwsConfig } from '../../aws-config.ts'

/** The longest that any request may wait for the head of its answer, ms; each call has its own, shorter deadline. */
const REQUEST_MS_MAX = 30_000

/**
 * The client. Its default handler in Workers drops abort signals and timeouts silently, and in Node speaks HTTP/2 alone: the
 * fetch handler does neither. One try each: a second one is ours to decide, within the deadline.
 */
export function bedrockClient(
  { region, endpoint }: Pick<AwsConfig, 'region' | 'endpoint'>,
  credentials: CredentialsPort,
): BedrockRuntimeClient {
  return new BedrockRuntimeClient({
    region,
    ...(endpoint !== null && { endpoint }),
    maxAttempts: 1,
    requestHandler: new FetchHttpHandler({ requestTimeout: REQUEST_MS_MAX }),
    credentials: async () => {
      const answer = await credentials.credentials('ai')
      if (!answer.ok) throw new CredentialsMissing(answer.detail)
      const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = answer.credentials
      return {
        accessKeyId,
        secretAccessKey,
        ...(sessionToken !== undefined && { sessionToken }),
        ...(expiresAt !== null && { expiration: new Date(expiresAt) }),
      }
    },
  })
}

/** They were there when the call began and are not now. */
class CredentialsMissing extends Error {
  override name = 'ExpiredTokenException'
}
