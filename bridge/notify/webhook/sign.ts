const UTF8 = new TextEncoder()
const PREFIX = 'whsec_'
/** Lengths of a key that the specification asks for, in bytes. */
const KEY_BYTES_MIN = 24
const KEY_BYTES_MAX = 64

/** The key that a secret `whsec_<base64>` carries; null for what carries none of a fair length. */
export function keyOf(secret: string): Uint8Array<ArrayBuffer> | null {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null
  try {
    const key = Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
    return key.length >= KEY_BYTES_MIN && key.length <= KEY_BYTES_MAX ? key : null
  } catch {
    return null
  }
}

/** Standard Webhooks: `v1,<base64 HMAC-SHA256 of "{id}.{timestamp}.{body}">`; the timestamp is in whole seconds. */
export async function signatureOf(
  key: Uint8Array<ArrayBuffer>,
  { id, timestamp, body }: { id: string; timestamp: number; body: string },
): Promise<string> {
  const hmac = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const mac = await crypto.subtle.sign('HMAC', hmac, UTF8.encode(`${id}.${timestamp}.${body}`))
  return `v1,${btoa(String.fromCharCode(...new Uint8Array(mac)))}`
}
