import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Refusal } from './call.ts'
import { type WireRequest, decode, encode, header, parts } from './wire.ts'

export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
  /** epoch ms after which they are worth nothing; absent for ever. */
  expiresAt?: number
  /** whose they are, as calls are recorded. */
  role?: string
}

export interface Scope {
  region: string
  service: string
}

export type Verdict = { ok: true; by: Credentials } | { ok: false; reason: Refusal; detail: string }

export interface Canonical {
  canonicalRequest: string
  stringToSign: string
  signature: string
}

/** AWS refuses a request whose time is further away than this (IAM user guide, "Request signing"). */
const SKEW_MS = 5 * 60_000

const ALGORITHM = 'AWS4-HMAC-SHA256'
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/

/**
 * Verifies a request's SigV4 header signature by our own reading of AWS's algorithm: key, session token, scope, time,
 * that every `x-amz-*` header is signed, the body's digest, the signature. The first thing that is wrong is the reason.
 */
export function verify(
  request: WireRequest,
  {
    find,
    scope,
    now,
    normalize = true,
  }: {
    find: (accessKeyId: string) => Credentials | undefined
    scope: Scope
    now: number
    normalize?: boolean
  },
): Verdict {
  const no = (reason: Refusal, detail = ''): Verdict => ({ ok: false, reason, detail })
  const authorization = header(request, 'authorization')
  if (authorization === undefined) return no('unsigned')
  const [, key, day, region, service, signed, signature] = AUTHORIZATION.exec(authorization) ?? []
  if (!key || !day || !region || !service || !signed || !signature) return no('malformed')
  const by = find(key)
  if (!by) return no('unknown-key', key)
  if (by.expiresAt !== undefined && now >= by.expiresAt) return no('expired')
  if (header(request, 'x-amz-security-token') !== by.sessionToken) return no('wrong-session-token')
  if (region !== scope.region || service !== scope.service) return no('wrong-scope', `${region}/${service}`)
  const stamp = header(request, 'x-amz-date') ?? ''
  const at = timeOf(stamp)
  if (at === null || !stamp.startsWith(day) || Math.abs(now - at) > SKEW_MS) return no('wrong-time', stamp)
  const names = signed.split(';')
  const missing = request.headers
    .map(([name]) => name.toLowerCase())
    .find((name) => (name === 'host' || name.startsWith('x-amz-')) && !names.includes(name))
  if (missing !== undefined || !names.includes('host')) return no('header-unsigned', missing ?? 'host')
  const claimed = header(request, 'x-amz-content-sha256')
  if (claimed !== undefined && claimed !== digest(request.body)) return no('wrong-body-digest')
  const made = canonical(request, { names, stamp, scope, secret: by.secretAccessKey, normalize })
  const equal = timingSafeEqual(Buffer.from(made.signature), Buffer.from(signature))
  return equal ? { ok: true, by } : no('wrong-signature', made.canonicalRequest)
}

/** The three texts of a signature, as AWS's signing test suite names them. */
export function canonical(
  request: WireRequest,
  {
    names,
    stamp,
    scope,
    secret,
    normalize,
  }: {
    names: string[]
    stamp: string
    scope: Scope
    secret: string
    normalize: boolean
  },
): Canonical {
  const { path, query } = parts(request.target)
  const canonicalRequest = [
    request.method,
    canonicalPath(path, normalize),
    canonicalQuery(query),
    ...names.map((name) => `${name}:${values(request, name)}`),
    '',
    names.join(';'),
    digest(request.body),
  ].join('\n')
  const day = stamp.slice(0, 8)
  const range = `${day}/${scope.region}/${scope.service}/aws4_request`
  const stringToSign = [ALGORITHM, stamp, range, digest(canonicalRequest)].join('\n')
  const first: Buffer = Buffer.from(`AWS4${secret}`)
  const key = [day, scope.region, scope.service, 'aws4_request'].reduce((held, word) => hmac(held, word), first)
  return { canonicalRequest, stringToSign, signature: hmac(key, stringToSign).toString('hex') }
}

/** The path as sent, encoded once more: every service but S3 signs it twice encoded. */
function canonicalPath(path: string, normalize: boolean): string {
  const kept: string[] = []
  for (const part of path.split('/').slice(1)) {
    if (normalize && part === '..') kept.pop()
    else if (!normalize || (part !== '.' && part !== '')) kept.push(part)
  }
  const tail = normalize && kept.length > 0 && /\/\.{0,2}$/.test(path) ? '/' : ''
  return `/${kept.map(encode).join('/')}${tail}`
}

function canonicalQuery(query: [string, string][]): string {
  const again = (text: string) => encode(decode(text) ?? text)
  const pairs = query.map(([name, value]) => [again(name), again(value)] as const)
  const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
  pairs.sort(([a, x], [b, y]) => order(a, b) || order(x, y))
  return pairs.map(([name, value]) => `${name}=${value}`).join('&')
}

function values(request: WireRequest, name: string): string {
  return request.headers
    .filter(([key]) => key.toLowerCase() === name)
    .map(([, value]) => value.trim().replace(/\s+/g, ' '))
    .join(',')
}

/** `20150830T123600Z` in epoch ms; null where it is not of that form. */
function timeOf(stamp: string): number | null {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(stamp) ?? []
  return year === undefined ? null : Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

function digest(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex')
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
