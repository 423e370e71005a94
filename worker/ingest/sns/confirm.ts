import { AWS_MS_MAX, type Fetch } from './certificate.ts'
import type { SnsMessage } from './message.ts'
import { hostOfTopic } from './topic.ts'

/**
 * Confirms a subscription that was verified: `ConfirmSubscription` at the host of the topic's region. The message's own
 * SubscribeURL is never asked. False when SNS says no; throws when nobody answers.
 */
export async function confirmSubscription({ topic, token }: SnsMessage, fetch: Fetch): Promise<boolean> {
  const host = hostOfTopic(topic)
  if (host === null) return false
  const query = new URLSearchParams({
    Action: 'ConfirmSubscription',
    Version: '2010-03-31',
    TopicArn: topic,
    Token: token,
  })
  const answer = await fetch(`https://${host}/?${query.toString()}`, {
    redirect: 'manual',
    signal: AbortSignal.timeout(AWS_MS_MAX),
  })
  await answer.body?.cancel()
  if (answer.status >= 500) throw new Error(`ConfirmSubscription: ${answer.status}`)
  return answer.status === 200
}
