import { hmac, isRecent, sameBytes } from '../hmac.ts'
import type { Verify } from '../signed.ts'

/** Signatures read from one header: a sender has two while it changes its secret. */
const SIGNATURES_MAX = 10
const PREFIX = 'whsec_'

/**
 * Standard Webhooks: base64 HMAC-SHA256 of `<id>.<time>.<body>` under the bytes that `whsec_…` encodes. Of several
 * signatures one must fit; the time is signed and at most five minutes away.
 */
export const verifyStandardWebhook: Verify = ({ bytes, header, now }, secret) => {
  const key = keyOf(secret)
  if (key === null) return 'signature-secret-unusable'
  const id = header('webhook-id')
  const time = header('webhook-timestamp')
  const sent = header('webhook-signature')
  if (id === null || time === null || sent === null) return 'signature-missing'
  const wanted = hmac(key, `${id}.${time}.`, bytes)
  const fits = sent
    .split(' ')
    .slice(0, SIGNATURES_MAX)
    .some((one) => one.startsWith('v1,') && sameBytes(Buffer.from(one.slice(3), 'base64'), wanted))
  if (!fits) return 'signature-wrong'
  return isRecent(time, now) ? null : 'signature-too-old'
}

function keyOf(secret: string): Uint8Array | null {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret
  const key = /^[A-Za-z0-9+/]+=*$/.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0)
  return key.byteLength >= KEY_BYTES_MIN ? key : null
}

/** The specification's least key, in bytes. */
const KEY_BYTES_MIN = 24
