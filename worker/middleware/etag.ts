import type { Context } from 'hono'
import type { AppEnv } from '../env.ts'
import { ProblemError } from '../errors.ts'

/** Tags that a client may name in one header; nobody holds more than a few versions of one thing. */
const TAGS_MAX = 20

/** A strong entity tag (RFC 9110): the same tag is the same content. */
export function etagOf(content: string | number): string {
  return `"${content}"`
}

/**
 * What `If-Match` names: the contents of its strong tags, or null where it is not there or is `*`, which whatever stands
 * satisfies. A weak tag never matches. 400 `invalid-if-match` for anything else.
 */
export function ifMatchOf(c: Context<AppEnv>): string[] | null {
  const header = c.req.header('if-match')?.trim()
  if (header === undefined || header === '*') return null
  const tags = header.split(',').map((tag) => tag.trim())
  if (tags.length > TAGS_MAX || !tags.every((tag) => /^(?:W\/)?"[\x21\x23-\x7e]{1,128}"$/.test(tag)))
    throw new ProblemError(400, 'invalid-if-match', 'If-Match is `*` or entity tags in quotes, with commas between.')
  return tags.filter((tag) => !tag.startsWith('W/')).map((tag) => tag.slice(1, -1))
}

/** Whether the client holds this content already, so that 304 says it all. */
export function isHeld(c: Context<AppEnv>, etag: string): boolean {
  const header = c.req.header('if-none-match')
  if (header === undefined) return false
  return header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag)
}

/** 412 with what stands now in `ETag`. */
export function preconditionFailed(current: string, detail: string): ProblemError {
  return new ProblemError(412, 'precondition-failed', detail, { headers: { etag: etagOf(current) } })
}
