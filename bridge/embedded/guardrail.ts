import type { GuardrailPort, GuardrailVerdict } from '../../durable/protocol/ports.ts'
import { nothingDropped } from '../claims.ts'
import { embeddedProvenance } from '../provenance.ts'
import { redactForModel } from '../redact.ts'

/**
 * Sentences by which a text tries to give orders to whoever reads it. A list is easily gone around: what holds is that
 * nothing a model says can act. This keeps the plain attempts away and has no opinion on the rest.
 */
const ORDERS: readonly RegExp[] = [
  /\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:previous|prior|above|earlier|all|your)\b.{0,40}\b(?:instructions?|rules?|prompts?|directions?)\b/is,
  /\b(?:reveal|print|repeat|show)\b.{0,30}\b(?:system|hidden|initial)\s+(?:prompt|instructions?|message)\b/is,
  /\byou are (?:now|no longer)\b.{0,40}\b(?:an? |the )?(?:assistant|ai|model|dan|jailbroken|unrestricted)\b/is,
  /<\|(?:im_start|im_end|system|endoftext)\|>|\[\/?INST\]|<<\/?SYS>>/i,
]

/** Masks what has the shape of a secret and blocks what gives a model orders. */
export function embeddedGuardrail(now: () => number = Date.now): GuardrailPort {
  return {
    driver: 'embedded',
    check({ direction, text }) {
      const from = now()
      const value = verdictOf(direction, text)
      return Promise.resolve({
        ok: true,
        value,
        dropped: nothingDropped(),
        leftOut: 0,
        degraded: null,
        provenance: embeddedProvenance(`guardrail-${direction}`, now() - from),
        tried: [],
      })
    },
  }
}

function verdictOf(direction: 'in' | 'out', text: string): GuardrailVerdict {
  if (direction === 'in' && ORDERS.some((order) => order.test(text)))
    return { verdict: 'blocked', why: 'prompt-attack' }
  const redacted = redactForModel(text)
  return redacted.text === text ? { verdict: 'passed' } : { verdict: 'masked', text: redacted.text }
}
