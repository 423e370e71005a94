/** Bytes of chance in a token or a key: 128 bits, so that nobody guesses one while a drill lives. */
const SECRET_BYTES = 16

/** Random hex from the platform's own source of chance. All randomness of the stage is here. */
export function randomHex(bytes = SECRET_BYTES): string {
  return [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
