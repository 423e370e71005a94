import { createHash } from 'node:crypto'
import { ProblemError } from '../errors.ts'

/** Browsers cannot set headers on a WebSocket: the token rides as `ic.token.<base64url>` beside the real protocol. */
const TOKEN_PROTOCOL = 'ic.token.'
/** Longest token read, in characters: ours are under 150, signed ones of identity providers a few thousand. */
const TOKEN_CHARS_MAX = 512
const SIGNED_CHARS_MAX = 8_192
const DRILL_TOKEN = /^ict_([a-z0-9]{6,32})_([A-Za-z0-9_-]{1,64})_([0-9a-f]{16,128})$/

/**
 * Tokens of our own are a prefix and 28 characters: 22 of chance (131 bits) and six that follow from what stands before,
 * so that a mistyped or invented one is refused without asking anybody. An ingest token is 32 characters long, which is
 * what clients of PagerDuty expect of a routing key.
 */
const PREFIXES = { api: 'ic_', ingest: 'ici_', ticket: 'icw_' } as const
const CHANCE_CHARS = 22
const CHECK_CHARS = 6
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** The largest multiple of 62 below 256: bytes from there on would favour the first letters. */
const FAIR_BYTES = 248

export type TokenKind = keyof typeof PREFIXES

/** A new token of a kind. It is shown once, to whoever asked for it; we keep its digest. */
export function makeToken(kind: TokenKind): string {
  let body: string = PREFIXES[kind]
  const whole = body.length + CHANCE_CHARS
  while (body.length < whole)
    for (const byte of crypto.getRandomValues(new Uint8Array(CHANCE_CHARS)))
      if (byte < FAIR_BYTES && body.length < whole) body += ALPHABET.charAt(byte % ALPHABET.length)
  return body + checkOf(body)
}

/** Whether the text has the form of a token of that kind, its check included. Only the registry knows what it is worth. */
export function isToken(kind: TokenKind, text: string): boolean {
  const prefix = PREFIXES[kind]
  const body = text.slice(0, -CHECK_CHARS)
  return (
    text.length === prefix.length + CHANCE_CHARS + CHECK_CHARS &&
    text.startsWith(prefix) &&
    /^[0-9A-Za-z]+$/.test(text.slice(prefix.length)) &&
    checkOf(body) === text.slice(-CHECK_CHARS)
  )
}

export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function checkOf(body: string): string {
  const bytes = createHash('sha256').update(`check ${body}`).digest().subarray(0, CHECK_CHARS)
  return Array.from(bytes, (byte) => ALPHABET.charAt(byte % ALPHABET.length)).join('')
}

/** The request's token: `Authorization: Bearer`, or on a WebSocket upgrade the subprotocol. Null when there is none. */
export function tokenOf(request: Request): string | null {
  const header = request.headers.get('authorization')
  if (header !== null) return short(/^bearer ([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)$/i.exec(header.trim())?.[1])
  if (!isUpgrade(request)) return null
  const carried = protocolsOf(request).find((protocol) => protocol.startsWith(TOKEN_PROTOCOL))
  return carried === undefined ? null : short(fromBase64Url(carried.slice(TOKEN_PROTOCOL.length)))
}

/** The subprotocols a client offers. */
export function protocolsOf(request: Request): string[] {
  const offered = request.headers.get('sec-websocket-protocol')
  return offered === null ? [] : offered.split(',').map((protocol) => protocol.trim())
}

export function isUpgrade(request: Request): boolean {
  return request.headers.get('upgrade')?.toLowerCase() === 'websocket'
}

function short(token: string | undefined): string | null {
  if (token === undefined) return null
  return token.length <= (isSigned(token) ? SIGNED_CHARS_MAX : TOKEN_CHARS_MAX) ? token : null
}

/** Has the form of a signed token (JWS compact: three parts, the first a JSON object). Nothing is believed of it yet. */
export function isSigned(token: string): boolean {
  return /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(token)
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

/** Looks like what may only post to ingest: a drill's token or a source's. */
export function isIngestToken(token: string): boolean {
  return isDrillToken(token) || token.startsWith(PREFIXES.ingest)
}

/** The drill that a token names, null when it is not of that form. Only that drill's directory knows if it is true. */
export function drillOfToken(token: string): string | null {
  const match = DRILL_TOKEN.exec(token)
  return match ? `drl_${match[1]}` : null
}

export function unauthenticated(detail: string): ProblemError {
  return new ProblemError(401, 'unauthenticated', detail, { headers: { 'www-authenticate': 'Bearer' } })
}
