import type { EmbeddingPort } from '../../durable/protocol/ports.ts'
import { nothingDropped } from '../claims.ts'
import { embeddedProvenance } from '../provenance.ts'
import { wordsOf } from './words.ts'

/** As many as Titan's short vectors have; the two are different spaces all the same. */
export const EMBEDDED_DIMENSIONS = 256
export const EMBEDDED_SPACE = 'embedded-words-256-v1'
/** Longest text that is read, in UTF-16 units. */
const TEXT_CHARS_MAX = 20_000

/**
 * Words and pairs of words, hashed into a unit vector (feature hashing, Weinberger et al. 2009). It knows nothing of
 * meaning: texts are near where they share words. An empty text is the zero vector, near nothing.
 */
export function embeddedEmbedding(now: () => number = Date.now): EmbeddingPort {
  return {
    driver: 'embedded',
    embed({ text }) {
      const from = now()
      const value = {
        space: EMBEDDED_SPACE,
        vector: vectorOf(text.slice(0, TEXT_CHARS_MAX)),
        cut: text.length > TEXT_CHARS_MAX,
      }
      const provenance = embeddedProvenance('embed', now() - from)
      return Promise.resolve({
        ok: true,
        value,
        dropped: nothingDropped(),
        leftOut: 0,
        degraded: null,
        provenance,
        tried: [],
      })
    },
  }
}

function vectorOf(text: string): number[] {
  const words = wordsOf(text)
  const vector = Array.from({ length: EMBEDDED_DIMENSIONS }, () => 0)
  const features = [...words, ...words.slice(1).map((word, index) => `${words[index]} ${word}`)]
  for (const feature of features) {
    const hash = fnv1a(feature)
    const at = hash % EMBEDDED_DIMENSIONS
    // The top bit gives a sign, so that two features that meet in one place do not add up by themselves.
    vector[at] = (vector[at] ?? 0) + (hash >>> 31 === 1 ? 1 : -1)
  }
  const length = Math.hypot(...vector)
  return length === 0 ? vector : vector.map((value) => value / length)
}

/** FNV-1a, 32 bits, over UTF-16 units. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}
