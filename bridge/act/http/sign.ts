import { type SignedParts, signedText } from '../../../durable/protocol/action-request.ts'

const UTF8 = new TextEncoder()

/** Hex HMAC-SHA256 of the request's signed text with the endpoint's secret. */
export async function signature(secret: string, parts: SignedParts): Promise<string> {
  const key = await crypto.subtle.importKey('raw', UTF8.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ])
  const mac = await crypto.subtle.sign('HMAC', key, UTF8.encode(signedText(parts)))
  return [...new Uint8Array(mac)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
