import {
  ApplyGuardrailCommand,
  type GuardrailChecksSensitiveInformationEntityType,
  InvokeGuardrailChecksCommand,
  type InvokeGuardrailChecksResponse,
} from '@aws-sdk/client-bedrock-runtime'
import type { GuardrailPort, GuardrailVerdict } from '../../../durable/protocol/ports.ts'
import { nothingDropped } from '../../claims.ts'
import { guardrailCost } from '../../cost.ts'
import { deadline } from '../../deadline.ts'
import { redactForModel } from '../../redact.ts'
import { type Bedrock, type Billed, call } from './call.ts'
import { NO_UNITS, unitsOf } from './usage.ts'

/** A check answers within this wall time, ms. */
const CHECK_MS = 3000
/** Scores from here on block. A kind of severity and of certainty, 0 to 1; our choice, for nobody publishes one. */
const ATTACK_MIN = 0.7
const CONTENT_MIN = 0.8
const SENSITIVE_MIN = 0.5
/** What may not pass even where it looks like none to our own patterns. */
const SENSITIVE: readonly GuardrailChecksSensitiveInformationEntityType[] = [
  'AWS_ACCESS_KEY',
  'AWS_SECRET_KEY',
  'CREDIT_DEBIT_CARD_NUMBER',
  'EMAIL',
  'PASSWORD',
]

interface Judged {
  out: GuardrailVerdict
  billed: Billed
}

/** Judges by the account's guardrail where one is configured, else by the checks that need none. What is judged is redacted first. */
export function bedrockGuardrail(bedrock: Bedrock): GuardrailPort {
  const { config } = bedrock
  return {
    driver: 'aws',
    async check({ incident, direction, text }) {
      const { text: clean, counts } = redactForModel(text)
      const limit = deadline(CHECK_MS, bedrock.now)
      try {
        const what = {
          operation: `guardrail-${direction}`,
          model: null,
          incident,
          chars: clean.length,
          outputTokensMax: 0,
          deadline: limit,
          redacted: counts,
        }
        const called = await call(bedrock, what, (signal) =>
          config.guardrail
            ? applied(bedrock, config.guardrail, direction, clean, signal)
            : checked(bedrock, direction, clean, signal),
        )
        if (!called.ok) return { ...called, tried: [] }
        const { out, provenance } = called
        // Where something was redacted the text that passed is the redacted one.
        const value: GuardrailVerdict =
          out.verdict === 'passed' && clean !== text ? { verdict: 'masked', text: clean } : out
        return { ok: true, value, dropped: nothingDropped(), leftOut: 0, degraded: null, provenance, tried: [] }
      } finally {
        limit.clear()
      }
    },
  }
}

async function applied(
  { client }: Bedrock,
  guardrail: { id: string; version: string },
  direction: 'in' | 'out',
  text: string,
  signal: AbortSignal,
): Promise<Judged> {
  const answer = await client.send(
    new ApplyGuardrailCommand({
      guardrailIdentifier: guardrail.id,
      guardrailVersion: guardrail.version,
      source: direction === 'in' ? 'INPUT' : 'OUTPUT',
      content: [{ text: { text } }],
    }),
    { abortSignal: signal },
  )
  const units = unitsOf([answer.usage])
  const billed = { ...NOT_SERVED, guardrail: units, cost: guardrailCost(units) }
  if (answer.action === 'NONE') return { out: { verdict: 'passed' }, billed }
  // Its text takes the place of ours where all it did was mask; otherwise it is the blocked message, which is nobody's words.
  const masks = (answer.assessments ?? []).every(
    ({ topicPolicy, contentPolicy, wordPolicy, contextualGroundingPolicy, automatedReasoningPolicy, ...rest }) =>
      !topicPolicy &&
      !contentPolicy &&
      !wordPolicy &&
      !contextualGroundingPolicy &&
      !automatedReasoningPolicy &&
      [
        ...(rest.sensitiveInformationPolicy?.piiEntities ?? []),
        ...(rest.sensitiveInformationPolicy?.regexes ?? []),
      ].every(({ action }) => action !== 'BLOCKED'),
  )
  const masked = answer.outputs?.map(({ text }) => text ?? '').join('') ?? ''
  if (masks && masked !== '') return { out: { verdict: 'masked', text: masked }, billed }
  return { out: { verdict: 'blocked', why: 'guardrail' }, billed }
}

async function checked(
  { client }: Bedrock,
  direction: 'in' | 'out',
  text: string,
  signal: AbortSignal,
): Promise<Judged> {
  const answer = await client.send(
    new InvokeGuardrailChecksCommand({
      messages: [{ role: direction === 'in' ? 'user' : 'assistant', content: [{ text: text || ' ' }] }],
      checks: {
        sensitiveInformation: { entities: SENSITIVE.map((type) => ({ type })) },
        ...(direction === 'in'
          ? { promptAttack: { categories: [{ category: 'JAILBREAK' }, { category: 'PROMPT_INJECTION' }] } }
          : { contentFilter: { categories: [{ category: 'HATE' }, { category: 'SEXUAL' }, { category: 'INSULTS' }] } }),
      },
    }),
    { abortSignal: signal },
  )
  const { promptAttack, contentFilter, sensitiveInformation } = answer.usage ?? {}
  // No source gives a price for these checks.
  const other = [promptAttack, contentFilter, sensitiveInformation].reduce((sum, one) => sum + (one?.textUnits ?? 0), 0)
  const units = { ...NO_UNITS, other }
  const why = found(answer)
  const out: GuardrailVerdict = why === null ? { verdict: 'passed' } : { verdict: 'blocked', why }
  return { out, billed: { ...NOT_SERVED, guardrail: units, cost: guardrailCost(units) } }
}

const NOT_SERVED = { servedTier: null, optimizedLatency: false, tokens: null }

function found({ results }: InvokeGuardrailChecksResponse): string | null {
  const attacks = results?.promptAttack?.results ?? []
  if (attacks.some(({ severityScore = 0 }) => severityScore >= ATTACK_MIN)) return 'prompt-attack'
  const contents = results?.contentFilter?.results ?? []
  if (contents.some(({ severityScore = 0 }) => severityScore >= CONTENT_MIN)) return 'content'
  const sensitive = results?.sensitiveInformation?.results ?? []
  // Offsets have no unit in its model, so nothing is cut out by them: the whole text stays here.
  return sensitive.some(({ confidenceScore = 0 }) => confidenceScore >= SENSITIVE_MIN) ? 'sensitive-information' : null
}
