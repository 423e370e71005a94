import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime'
import type { ModelReason, Provenance } from '../../../durable/protocol/models.ts'
import type { CredentialsPort } from '../../../durable/protocol/ports.ts'
import type { AwsConfig } from '../../aws-config.ts'
import { type BreakerStore, callEnded, mayCall } from '../../breaker.ts'
import { type SpendStore, reserve } from '../../budget.ts'
import { reserveUsd } from '../../cost.ts'
import { type Deadline, before } from '../../deadline.ts'
import { awsProvenance, costBeforeAnswer } from '../../provenance.ts'
import { failureOf, opensBreaker } from './failure.ts'

/** What every operation on Bedrock needs. */
export interface Bedrock {
  config: AwsConfig
  client: BedrockRuntimeClient
  credentials: CredentialsPort
  breakers: BreakerStore
  spend: SpendStore
  /** wall time, epoch ms. */
  now: () => number
}

export interface Call {
  operation: string
  /** the exact profile id; null for what has no model. */
  model: string | null
  incident: string
  /** UTF-16 units that go out, and the most tokens that may come back: what the budget sets aside. */
  chars: number
  outputTokensMax: number
  deadline: Deadline
  redacted: Record<string, number>
}

/** What an answer says of itself. */
export type Billed = Pick<Provenance, 'servedTier' | 'optimizedLatency' | 'tokens' | 'guardrail' | 'cost'>

export type Called<Out> =
  | { ok: true; out: Out; provenance: Provenance }
  | { ok: false; reason: ModelReason; detail: string; provenance: Provenance }

/** English text has about 4 characters to a token, code and ids fewer: this never sets too little aside. */
const CHARS_PER_TOKEN_MIN = 2

/**
 * Sends one request, or says why none was sent: an open breaker, a spent budget, no credentials. `send` reads the answer to
 * its end; whatever it throws becomes a reason word.
 */
export async function call<Out>(
  { config, credentials, breakers, spend, now }: Bedrock,
  what: Call,
  send: (signal: AbortSignal) => Promise<{ out: Out; billed: Billed }>,
): Promise<Called<Out>> {
  const { operation, model, incident, deadline } = what
  const from = now()
  const provenance = { ...awsProvenance(operation, model), redacted: what.redacted }
  const fail = (reason: ModelReason, detail: string, attempts: number): Called<Out> => ({
    ok: false,
    reason,
    detail,
    provenance: { ...provenance, outcome: reason, attempts, cost: costBeforeAnswer(attempts), latencyMs: now() - from },
  })

  if (deadline.leftMs() === 0) return fail('timed-out', 'no time is left', 0)
  // Asked before the breaker, which lets one call through to try and must see it go out.
  const allowed = await within(deadline, credentials)
  if (typeof allowed === 'string') return fail('credentials-unavailable', allowed, 0)
  const reserved = reserve(spend, config.budget, {
    incident,
    usd: model === null ? 0 : reserveUsd(model, what.chars / CHARS_PER_TOKEN_MIN, what.outputTokensMax),
    now: from,
  })
  if (typeof reserved === 'string') return fail(reserved, 'what may be spent on models is spent', 0)
  const breaker = `${operation}/${model ?? 'none'}`
  if (!mayCall(breakers, breaker, now())) {
    reserved.settle(0)
    return fail('breaker-open', 'it failed too often a moment ago', 0)
  }
  try {
    const { out, billed } = await before(deadline.signal, send(deadline.signal))
    callEnded(breakers, breaker, 'well', now())
    reserved.settle(billed.cost.usd)
    return { ok: true, out, provenance: { ...provenance, ...billed, attempts: 1, latencyMs: now() - from } }
  } catch (thrown) {
    const reason = deadline.signal.aborted ? 'timed-out' : thrown instanceof Cut ? 'stream-cut' : failureOf(thrown)
    callEnded(breakers, breaker, opensBreaker(reason) ? 'failed' : 'well', now())
    // What was refused before it ran is not billed; what broke on the way may be.
    reserved.settle(NOT_BILLED.includes(reason) ? 0 : null)
    return fail(reason, nameOf(thrown), 1)
  }
}

const NOT_BILLED: readonly ModelReason[] = [
  'throttled',
  'quota-exceeded',
  'access-denied',
  'model-not-found',
  'request-refused',
  'credentials-unavailable',
]

/** A stream that ended before its last event. */
export class Cut extends Error {
  override name = 'Cut'
}

async function within(deadline: Deadline, credentials: CredentialsPort): Promise<true | string> {
  try {
    const answer = await before(deadline.signal, credentials.credentials('ai'))
    return answer.ok ? true : answer.detail
  } catch {
    return 'no credentials came in time'
  }
}

/** The exception's name: its message may repeat what was sent. */
function nameOf(thrown: unknown): string {
  return thrown instanceof Error && /^\w{1,60}$/.test(thrown.name) ? thrown.name : 'something else was thrown'
}
