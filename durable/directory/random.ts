const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'
/** Twelve of 36 letters are 62 bits: no collision is expected below a thousand million incidents. */
const BODY_LETTERS = 12
/** Bytes from here up would make the first letters likelier. */
const FAIR_BYTES = 256 - (256 % LETTERS.length)

/** The body of an id, [a-z0-9], from the platform's own source of chance. All randomness of the directory is here. */
export function randomBody(letters = BODY_LETTERS): string {
  let body = ''
  while (body.length < letters) {
    for (const byte of crypto.getRandomValues(new Uint8Array(letters))) {
      if (byte < FAIR_BYTES && body.length < letters) body += LETTERS.charAt(byte % LETTERS.length)
    }
  }
  return body
}
