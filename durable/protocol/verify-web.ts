import type { LogCrypto } from './verify-vote.ts'

/** As much of a browser, a Worker or Node as the checks need: `webCrypto(globalThis)`. */
interface Web {
  crypto: {
    subtle: {
      digest(algorithm: 'SHA-256', data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>
      importKey(
        format: 'raw',
        data: Uint8Array<ArrayBuffer>,
        algorithm: 'Ed25519',
        extractable: boolean,
        usages: ['verify'],
      ): Promise<unknown>
      verify(
        algorithm: 'Ed25519',
        key: unknown,
        signature: Uint8Array<ArrayBuffer>,
        data: Uint8Array<ArrayBuffer>,
      ): Promise<boolean>
    }
  }
  TextEncoder: new () => { encode(text: string): Uint8Array }
}

/**
 * The checks by WebCrypto. Where a browser has no Ed25519 (or the page is not on https or loopback) they reject with what the
 * browser says: not to be able to look is another thing than to have found something.
 */
export function webCrypto(web: Web): LogCrypto {
  const { subtle } = web.crypto
  const encoder = new web.TextEncoder()
  return {
    async sha256Hex(data) {
      const bytes = typeof data === 'string' ? encoder.encode(data) : data
      const digest = new Uint8Array(await subtle.digest('SHA-256', new Uint8Array(bytes)))
      return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
    },
    async verify(publicKey, text, signature) {
      if (publicKey.length !== 32 || signature.length !== 64) return false
      const key = await subtle.importKey('raw', new Uint8Array(publicKey), 'Ed25519', false, ['verify'])
      return subtle.verify('Ed25519', key, new Uint8Array(signature), new Uint8Array(encoder.encode(text)))
    },
  }
}
