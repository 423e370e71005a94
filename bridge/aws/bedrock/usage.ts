import type { GuardrailUsage, TokenUsage as BedrockUsage } from '@aws-sdk/client-bedrock-runtime'
import type { GuardrailUnits, TokenUsage } from '../../../durable/protocol/models.ts'

/** Tokens as they are billed. Bedrock's `inputTokens` leaves out what the cache gave or took. */
export function tokensOf(usage: BedrockUsage | undefined): TokenUsage | null {
  if (!usage || usage.inputTokens === undefined || usage.outputTokens === undefined) return null
  const written = usage.cacheWriteInputTokens ?? 0
  const hour = (usage.cacheDetails ?? [])
    .filter(({ ttl }) => ttl === '1h')
    .reduce((sum, { inputTokens = 0 }) => sum + inputTokens, 0)
  return {
    input: usage.inputTokens,
    output: usage.outputTokens,
    cacheRead: usage.cacheReadInputTokens ?? 0,
    cacheWrite5m: Math.max(0, written - hour),
    cacheWrite1h: hour,
  }
}

export const NO_UNITS: GuardrailUnits = { content: 0, topics: 0, sensitive: 0, words: 0, other: 0 }

/** Text units as they are billed; free ones are not among them. */
export function unitsOf(usages: readonly (GuardrailUsage | undefined)[]): GuardrailUnits {
  return usages.reduce<GuardrailUnits>(
    (sum, usage) => ({
      content: sum.content + (usage?.contentPolicyUnits ?? 0),
      topics: sum.topics + (usage?.topicPolicyUnits ?? 0),
      sensitive: sum.sensitive + (usage?.sensitiveInformationPolicyUnits ?? 0),
      words: sum.words + (usage?.wordPolicyUnits ?? 0),
      other: sum.other + (usage?.contextualGroundingPolicyUnits ?? 0) + (usage?.automatedReasoningPolicyUnits ?? 0),
    }),
    NO_UNITS,
  )
}
