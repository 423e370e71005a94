import type { ModelReason } from '../../../durable/protocol/models.ts'

/** Exceptions of the service by their modelled names. The same ones come in the middle of a stream. */
const NAMES: Readonly<Record<string, ModelReason>> = {
  ThrottlingException: 'throttled',
  ModelNotReadyException: 'unavailable',
  ServiceQuotaExceededException: 'quota-exceeded',
  ServiceUnavailableException: 'unavailable',
  InternalServerException: 'unavailable',
  ModelTimeoutException: 'timed-out',
  ModelErrorException: 'model-error',
  ModelStreamErrorException: 'model-error',
  AccessDeniedException: 'access-denied',
  ResourceNotFoundException: 'model-not-found',
  ValidationException: 'request-refused',
  ConflictException: 'unavailable',
  ExpiredTokenException: 'credentials-unavailable',
  UnrecognizedClientException: 'credentials-unavailable',
  InvalidSignatureException: 'credentials-unavailable',
  TimeoutError: 'timed-out',
  AbortError: 'timed-out',
}

/** Why a call failed, in a word of ours. A thrown thing of any form has one. */
export function failureOf(thrown: unknown): ModelReason {
  if (typeof thrown !== 'object' || thrown === null) return 'unreachable'
  const name = 'name' in thrown ? String(thrown.name) : ''
  const known = NAMES[name]
  if (known) return known
  const status = statusOf(thrown)
  if (status === 429) return 'throttled'
  if (status === 403 || status === 401) return 'access-denied'
  if (status !== null && status >= 500) return 'unavailable'
  if (status !== null && status >= 400) return 'request-refused'
  // An answer came and its body was no answer of this service.
  return status !== null || name === 'SyntaxError' ? 'not-understood' : 'unreachable'
}

function statusOf(thrown: object): number | null {
  const metadata = '$metadata' in thrown ? thrown.$metadata : null
  const response = '$response' in thrown ? thrown.$response : null
  for (const [holder, member] of [
    [metadata, 'httpStatusCode'],
    [response, 'statusCode'],
  ] as const) {
    const status = typeof holder === 'object' && holder !== null ? (holder as Record<string, unknown>)[member] : null
    if (typeof status === 'number') return status
  }
  return null
}

/** Failures that speak of the service's health and open a breaker; what we asked wrongly, or may not ask, does not mend itself either. */
const SPEAK_OF_HEALTH: readonly ModelReason[] = [
  'unreachable',
  'timed-out',
  'throttled',
  'quota-exceeded',
  'unavailable',
  'access-denied',
  'model-not-found',
  'model-error',
  'not-understood',
  'stream-cut',
]

export function opensBreaker(reason: ModelReason): boolean {
  return SPEAK_OF_HEALTH.includes(reason)
}
