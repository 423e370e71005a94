import { ProblemError } from '../errors.ts'

/** Browsers cannot set headers on a WebSocket: the token rides as `ic.token.<base64url>` beside the real protocol. */
const TOKEN_PROTOCOL = 'ic.token.'
/** Longest token read, in characters: ours are under 150. */
const TOKEN_CHARS_MAX = 512
const DRILL_TOKEN = /^ict_([a-z0-9]{6,32})_([A-Za-z0-9_-]{1,64})_([0-9a-f]{16,128})$/

/** The request's token: `Authorization: Bearer`, or on a WebSocket upgrade the subprotocol. Null when there is none. */
export function tokenOf(request: Request): string | null {
  const header = request.headers.get('authorization')
  if (header !== null) return short(/^bearer ([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)$/i.exec(header.trim())?.[1])
  if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket') return null
  const carried = protocolsOf(request).find((protocol) => protocol.startsWith(TOKEN_PROTOCOL))
  return carried === undefined ? null : short(fromBase64Url(carried.slice(TOKEN_PROTOCOL.length)))
}

/** The subprotocols a client offers. */
export function protocolsOf(request: Request): string[] {
  const offered = request.headers.get('sec-websocket-protocol')
  return offered === null ? [] : offered.split(',').map((protocol) => protocol.trim())
}

function short(token: string | undefined): string | null {
  return token !== undefined && token.length <= TOKEN_CHARS_MAX ? token : null
}

function fromBase64Url(text: string): string | undefined {
  if (!/^[A-Za-z0-9_-]{1,1024}$/.test(text)) return undefined
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Looks like a drill's ingest token, known or not. */
export function isDrillToken(token: string): boolean {
  return token.startsWith('ict_')
}

/** The drill that a token names, null when it is not of that form. Only that drill's directory knows if it is true. */
export function drillOfToken(token: string): string | null {
  const match = DRILL_TOKEN.exec(token)
  return match ? `drl_${match[1]}` : null
}

export function unauthenticated(detail: string): ProblemError {
  return new ProblemError(401, 'unauthenticated', detail, { headers: { 'www-authenticate': 'Bearer' } })
}
