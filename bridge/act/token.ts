/** Reads the token that an endpoint is asked with, by the name of its secret. */
export type ReadToken = () => Promise<string | null>

/** Visible ASCII alone may stand in a header. */
const TOKEN = /^[\x21-\x7e]+$/

/** The token, or the reason why there is none that can be sent. */
export async function tokenOf(read: ReadToken): Promise<{ token: string } | { reason: string }> {
  try {
    const token = (await read())?.trim() ?? ''
    if (token === '') return { reason: 'secret-missing' }
    return TOKEN.test(token) ? { token } : { reason: 'secret-unusable' }
  } catch {
    return { reason: 'secret-unreadable' }
  }
}

/** An outsider's words without the token: who holds it could answer with it. */
export function withoutToken(text: string, token: string): string {
  return text.replaceAll(token, '…')
}
