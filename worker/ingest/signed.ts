import type { Context } from 'hono'
import type { AppEnv } from '../env.ts'
import { ProblemError } from '../errors.ts'
import type { SourceSignature } from '../../durable/protocol/domain.ts'
import { verifyGrafana } from './grafana/verify.ts'
import { secretOf } from './secret.ts'
import { verifySentry } from './sentry/verify.ts'
import { verifyStandardWebhook } from './standard-webhooks/verify.ts'

/** What a signature is made over and where it stands. */
export interface SignedPost {
  bytes: Uint8Array
  header: (name: string) => string | null
  now: number
}

/** Null when the signature holds, else why it does not. */
export type Verify = (post: SignedPost, secret: string, settings: SourceSignature) => SignatureFault | null
export type SignatureFault = 'signature-missing' | 'signature-wrong' | 'signature-too-old' | 'signature-secret-unusable'

/** Intakes whose senders can sign, and how they do it. */
export const SCHEMES = {
  grafana: verifyGrafana,
  sentry: verifySentry,
  'standard-webhooks': verifyStandardWebhook,
} as const satisfies Record<string, Verify>
export type SignedIntake = keyof typeof SCHEMES

const SAYS: Record<SignatureFault, string> = {
  'signature-missing': 'This source signs its posts, and this one carries no signature.',
  'signature-wrong': 'The signature does not fit the body.',
  'signature-too-old': 'The signed time is more than five minutes away from now.',
  'signature-secret-unusable': 'The secret of this source is not of the form that its signatures need.',
}

/** Throws 401 with the reason unless the post is signed with the source's secret; also where there is no such secret. */
export async function demandSignature(
  c: Context<AppEnv>,
  intake: SignedIntake,
  settings: SourceSignature,
  post: SignedPost,
): Promise<void> {
  const secret = await secretOf(c, settings.secret, `signatures of ${intake}`)
  if (secret === null)
    throw refused('signature-secret-missing', `There is no secret ${settings.secret}, so no signature can hold.`)
  const fault = SCHEMES[intake](post, secret, settings)
  if (fault !== null) throw refused(fault, SAYS[fault])
}

function refused(code: string, detail: string): ProblemError {
  return new ProblemError(401, code, detail, { headers: { 'www-authenticate': 'Signature' } })
}
