import { InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime'
import type { EmbeddedText, EmbeddingPort } from '../../../durable/protocol/ports.ts'
import { nothingDropped } from '../../claims.ts'
import { tokenCost } from '../../cost.ts'
import { deadline } from '../../deadline.ts'
import { redactForModel } from '../../redact.ts'
import { type Bedrock, call } from './call.ts'

/** Of 256, 512 and 1024: the shortest keeps about 97% of the accuracy in a quarter of the space (AWS, Titan V2). */
export const TITAN_DIMENSIONS = 256
/** Below the model's 50,000 characters and 8,192 tokens, also where a character is a token of its own. */
const TEXT_CHARS_MAX = 8000
/** It is redacted before it is cut, or half a secret would fit no pattern. */
const READ_CHARS_MAX = 20_000
const EMBED_MS = 3000
/** A vector of 256 figures as JSON takes 6 kB. */
const ANSWER_BYTES_MAX = 100_000

/** Titan Text Embeddings V2: one unit vector for one text. */
export function bedrockEmbedding(bedrock: Bedrock): EmbeddingPort {
  const model = bedrock.config.models.embed
  return {
    driver: 'aws',
    async embed({ incident, text }) {
      const { text: whole, counts } = redactForModel(text.slice(0, READ_CHARS_MAX))
      const clean = whole.slice(0, TEXT_CHARS_MAX).toWellFormed()
      const limit = deadline(EMBED_MS, bedrock.now)
      try {
        const what = {
          operation: 'embed',
          model,
          incident,
          chars: clean.length,
          outputTokensMax: 0,
          deadline: limit,
          redacted: counts,
        }
        const called = await call(bedrock, what, async (signal) => {
          const answer = await bedrock.client.send(
            new InvokeModelCommand({
              modelId: model,
              contentType: 'application/json',
              accept: 'application/json',
              body: JSON.stringify({ inputText: clean || ' ', dimensions: TITAN_DIMENSIONS, normalize: true }),
            }),
            { abortSignal: signal },
          )
          const out = readVector(answer.body)
          const tokens = out && { input: out.tokens, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 }
          const cost = tokenCost(model, tokens, { tier: null, optimizedLatency: false })
          return { out, billed: { servedTier: null, optimizedLatency: false, tokens, guardrail: null, cost } }
        })
        if (!called.ok) return { ...called, tried: [] }
        const { out, provenance } = called
        if (!out) {
          const failed = { ...provenance, outcome: 'wrong-shape' as const }
          return { ok: false, reason: 'wrong-shape', detail: 'it is no vector', provenance: failed, tried: [] }
        }
        const value: EmbeddedText = {
          space: `${model}/${TITAN_DIMENSIONS}`,
          vector: out.vector,
          cut: text.length > READ_CHARS_MAX || whole.length > TEXT_CHARS_MAX,
        }
        return { ok: true, value, dropped: nothingDropped(), leftOut: 0, degraded: null, provenance, tried: [] }
      } finally {
        limit.clear()
      }
    },
  }
}

/** The vector and what it took; null: it is not what was asked for. */
function readVector(body: Uint8Array | undefined): { vector: number[]; tokens: number } | null {
  if (!body || body.byteLength > ANSWER_BYTES_MAX) return null
  let said: unknown
  try {
    said = JSON.parse(new TextDecoder().decode(body))
  } catch {
    return null
  }
  if (typeof said !== 'object' || said === null) return null
  const { embedding, inputTextTokenCount } = said as Record<string, unknown>
  const isVector = (value: unknown): value is number[] =>
    Array.isArray(value) && value.length === TITAN_DIMENSIONS && value.every((figure) => Number.isFinite(figure))
  const isCount = typeof inputTextTokenCount === 'number' && Number.isInteger(inputTextTokenCount)
  return isVector(embedding) && isCount && inputTextTokenCount >= 0
    ? { vector: embedding, tokens: inputTextTokenCount }
    : null
}
