import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { readSetting, writeSetting } from './settings.ts'

/** AES-256-GCM: the key, the nonce and the tag, in bytes (NIST SP 800-38D). A nonce is random and used once. */
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const ALGORITHM = 'aes-256-gcm'
/** Of a key's digest, in hex characters: says which key sealed a row without saying anything of the key. */
const KEY_ID_CHARS = 12

export interface MasterKey {
  id: string
  bytes: Uint8Array
}

export type KeyAnswer =
  | { ok: true; key: MasterKey }
  | { ok: false; reason: 'master-key-missing' | 'master-key-invalid' }

/**
 * The key that secrets are sealed under: `IC_MASTER_KEY`, 32 bytes in base64. Local mode makes one of its own for each
 * stored state, and says so: it lies beside what it seals, which is no protection and needs none on one's own machine.
 */
export function masterKey(env: { IC_MASTER_KEY?: string; IC_MODE?: string }, sql: SqlStorage): KeyAnswer {
  const given = env.IC_MASTER_KEY ?? ''
  if (given !== '') {
    const bytes = fromBase64(given)
    return bytes.length === KEY_BYTES ? keyOf(bytes) : { ok: false, reason: 'master-key-invalid' }
  }
  if (env.IC_MODE !== 'development') return { ok: false, reason: 'master-key-missing' }
  const made = readSetting(sql, 'development-master-key')
  if (made !== null) return keyOf(fromBase64(made))
  const bytes = randomBytes(KEY_BYTES)
  writeSetting(sql, 'development-master-key', bytes.toString('base64'))
  console.warn('local mode: no IC_MASTER_KEY is set, so secrets are sealed under a key kept with the stored state')
  return keyOf(bytes)
}

function keyOf(bytes: Uint8Array): KeyAnswer {
  const id = createHash('sha256').update(bytes).digest('hex').slice(0, KEY_ID_CHARS)
  return { ok: true, key: { id, bytes } }
}

function fromBase64(text: string): Uint8Array {
  return /^[A-Za-z0-9+/_-]+=*$/.test(text) ? Buffer.from(text, 'base64') : new Uint8Array()
}

/** Nonce, ciphertext and tag in one. `bound` is authenticated too: a sealed value moved to another name does not open. */
export function seal(key: MasterKey, text: string, bound: string): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(ALGORITHM, key.bytes, nonce)
  cipher.setAAD(Buffer.from(bound))
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
}

/** What was sealed; null when the key, the bytes or what they are bound to is another. */
export function unseal(key: MasterKey, sealed: Uint8Array, bound: string): string | null {
  try {
    const decipher = createDecipheriv(ALGORITHM, key.bytes, sealed.slice(0, NONCE_BYTES))
    decipher.setAAD(Buffer.from(bound))
    decipher.setAuthTag(sealed.slice(-TAG_BYTES))
    const plain = Buffer.concat([decipher.update(sealed.slice(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
    return plain.toString('utf8')
  } catch {
    return null
  }
}
