import { fromHex, hmac, sameBytes } from '../hmac.ts'
import type { Verify } from '../signed.ts'

/** Hex HMAC-SHA256 of the body under the integration's client secret. Sentry does not sign its time. */
export const verifySentry: Verify = ({ bytes, header }, secret) => {
  const sent = fromHex(header('sentry-hook-signature')?.trim() ?? '')
  if (sent === null) return 'signature-missing'
  return sameBytes(sent, hmac(secret, bytes)) ? null : 'signature-wrong'
}
