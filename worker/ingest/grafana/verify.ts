import { fromHex, hmac, isRecent, sameBytes } from '../hmac.ts'
import type { Verify } from '../signed.ts'

const HEADER = 'x-grafana-alerting-signature'

/** Hex HMAC-SHA256 of the body, or of `<time>:<body>` where a header for the time is configured in Grafana. */
export const verifyGrafana: Verify = ({ bytes, header, now }, secret, { timestampHeader }) => {
  const sent = fromHex(header(HEADER)?.trim() ?? '')
  if (sent === null) return 'signature-missing'
  if (timestampHeader === undefined) return sameBytes(sent, hmac(secret, bytes)) ? null : 'signature-wrong'
  const time = header(timestampHeader)
  if (time === null) return 'signature-missing'
  if (!sameBytes(sent, hmac(secret, `${time}:`, bytes))) return 'signature-wrong'
  return isRecent(time, now) ? null : 'signature-too-old'
}
