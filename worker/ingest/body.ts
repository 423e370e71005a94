import { INGEST_BODY_BYTES_MAX } from '../../durable/protocol/limits.ts'
import { ProblemError } from '../errors.ts'

/**
 * What arrived, inflated, or why it cannot be read; `raw` is what quarantine keeps (base64 where it is not text), `bytes`
 * what a signature is made over.
 */
export type Body = { raw: string; bytes: Uint8Array } & (
  | { ok: true; value: unknown }
  | { ok: false; reason: UnreadableReason }
)

export type UnreadableReason = 'bad-compression' | 'not-json' | 'empty-body'

/**
 * Reads a JSON body, gzip or deflate inflated. Never holds more than `max` bytes of it: larger, inflated or not, is 413
 * (a gzip bomb is cut off while it inflates). Another Content-Encoding is 415.
 */
export async function readBody(request: Request, max: number = INGEST_BODY_BYTES_MAX): Promise<Body> {
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity'
  if (Number(request.headers.get('content-length') ?? 0) > max) throw tooLarge(max)
  if (!isKnown(encoding))
    throw new ProblemError(415, 'unknown-encoding', 'Content-Encoding may be gzip, deflate or identity.', {
      headers: { 'accept-encoding': 'gzip, deflate' },
    })
  const sent = await collect(request.body, max)
  const bytes = encoding === 'identity' ? sent : await inflate(sent, encoding, max)
  if (bytes === null) return { ok: false, raw: `base64:${toBase64(sent)}`, bytes: sent, reason: 'bad-compression' }
  const raw = new TextDecoder().decode(bytes)
  if (raw.trim() === '') return { ok: false, raw, bytes, reason: 'empty-body' }
  try {
    return { ok: true, raw, bytes, value: JSON.parse(raw) }
  } catch {
    return { ok: false, raw, bytes, reason: 'not-json' }
  }
}

const KNOWN = ['identity', 'gzip', 'deflate'] as const

function isKnown(encoding: string): encoding is (typeof KNOWN)[number] {
  return (KNOWN as readonly string[]).includes(encoding)
}

async function inflate(bytes: Uint8Array, format: 'gzip' | 'deflate', max: number): Promise<Uint8Array | null> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format))
  try {
    return await collect(stream, max)
  } catch (error) {
    if (error instanceof ProblemError) throw error
    return null
  }
}

/** A stream's bytes, at most `max` of them: more is 413, and the rest is not read. */
export async function collect(stream: ReadableStream<Uint8Array> | null, max: number): Promise<Uint8Array> {
  if (stream === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.byteLength
    if (size > max) {
      // The rest is not wanted; whether the sender hears of it does not matter.
      void reader.cancel().catch(() => undefined)
      throw tooLarge(max)
    }
    chunks.push(value)
  }
  return joined(chunks, size)
}

function joined(chunks: Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.byteLength
  }
  return all
}

function toBase64(bytes: Uint8Array): string {
  let binary = ''
  // In slices: a call with millions of arguments overflows the stack.
  for (let at = 0; at < bytes.length; at += 8_192) binary += String.fromCharCode(...bytes.subarray(at, at + 8_192))
  return btoa(binary)
}

function tooLarge(max: number): ProblemError {
  return new ProblemError(413, 'body-too-large', `A body may be ${max} bytes, inflated.`)
}
