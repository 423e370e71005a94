import type { Call, Refusal } from './call.ts'
import { signingName } from './model.ts'
import { type Answer, answerError } from './reply.ts'
import { verify } from './sigv4.ts'
import type { Understood } from './understand.ts'
import type { WireRequest } from './wire.ts'

/** AWS's own words; of everything else it says that the signature is invalid. */
const CODES: Partial<Record<Refusal, string>> = {
  unsigned: 'MissingAuthenticationTokenException',
  malformed: 'IncompleteSignatureException',
  'unknown-key': 'UnrecognizedClientException',
  'wrong-session-token': 'UnrecognizedClientException',
  expired: 'ExpiredTokenException',
}

/** AWS's refusal of who asks or of what is asked; null where neither is wrong. */
export function judge(
  request: WireRequest,
  understood: Understood,
  call: Call,
  against: Omit<Parameters<typeof verify>[1], 'scope'> & { region: string },
): Answer | null {
  const { service, operation } = understood
  if (operation.authtype !== 'none') {
    const scope = { region: against.region, service: signingName(service) }
    const verdict = verify(request, { ...against, scope })
    call.signature = verdict.ok ? 'verified' : verdict.reason
    call.by = verdict.ok ? (verdict.by.role ?? null) : null
    if (!verdict.ok)
      return answerError(service, operation.name, CODES[verdict.reason] ?? 'InvalidSignatureException', verdict.reason)
  }
  const [problem] = call.problems
  if (!problem) return null
  const code = service.metadata.protocol === 'query' ? 'ValidationError' : 'ValidationException'
  return answerError(service, operation.name, code, `${problem.at}: ${problem.rule} ${problem.detail}`)
}
