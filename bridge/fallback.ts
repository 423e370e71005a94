import type { ModelAnswer } from '../durable/protocol/models.ts'
import type { EmbeddingPort, GuardrailPort, ModelPort } from '../durable/protocol/ports.ts'

/** Drivers that are made when they are first asked: until then nothing of theirs is evaluated. */
export type Lazily<Port> = () => Promise<Port>

/**
 * The first driver's answer, or the embedded engine's in its place, marked with the reason. The calls that gave nothing stay
 * on record: they may have cost something.
 */
async function orElse<Value>(
  first: () => Promise<ModelAnswer<Value>>,
  embedded: () => Promise<ModelAnswer<Value>>,
): Promise<ModelAnswer<Value>> {
  const answer = await first()
  if (answer.ok) return answer
  const instead = await embedded()
  const tried = [...answer.tried, answer.provenance, ...instead.tried]
  return instead.ok ? { ...instead, degraded: answer.reason, tried } : { ...instead, tried }
}

export function modelOrEmbedded(first: Lazily<ModelPort>, embedded: ModelPort): ModelPort {
  return {
    driver: 'aws',
    classify: (ask) =>
      orElse(
        async () => (await first()).classify(ask),
        () => embedded.classify(ask),
      ),
    matchPatterns: (ask) =>
      orElse(
        async () => (await first()).matchPatterns(ask),
        () => embedded.matchPatterns(ask),
      ),
    analyse: (ask, draft) =>
      orElse(
        async () => (await first()).analyse(ask, draft),
        () => embedded.analyse(ask),
      ),
    write: (ask) =>
      orElse(
        async () => (await first()).write(ask),
        () => embedded.write(ask),
      ),
  }
}

export function embeddingOrEmbedded(first: Lazily<EmbeddingPort>, embedded: EmbeddingPort): EmbeddingPort {
  return {
    driver: 'aws',
    embed: (ask) =>
      orElse(
        async () => (await first()).embed(ask),
        () => embedded.embed(ask),
      ),
  }
}

export function guardrailOrEmbedded(first: Lazily<GuardrailPort>, embedded: GuardrailPort): GuardrailPort {
  return {
    driver: 'aws',
    check: (ask) =>
      orElse(
        async () => (await first()).check(ask),
        () => embedded.check(ask),
      ),
  }
}
