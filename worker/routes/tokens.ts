import type { Context } from 'hono'
import * as z from 'zod/mini'
import type { NewToken, TokenRow } from '../../durable/protocol/access.ts'
import { askerOf } from '../auth/asker.ts'
import { forgetToken, registry } from '../auth/known.ts'
import { makeToken, sha256Hex } from '../auth/token.ts'
import type { AppEnv } from '../env.ts'
import { ProblemError } from '../errors.ts'
import { linked } from '../middleware/link.ts'
import { bodyOf, queryOf } from '../validate.ts'
import { cursor, limit } from './params.ts'

/** A name stands in records; without `@`, which signed-in people's names always have. */
export const tokenName = z
  .string()
  .check(
    z.trim(),
    z.regex(/^[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,58}[A-Za-z0-9])?$/, 'letters, digits, space . _ -, 60 at most'),
  )
const sourceName = z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'a source of the catalogue'))
/** Longest life of a token that has an end, in days. */
const DAYS_MAX = 3_660
const DAY_MS = 86_400_000

const shared = { name: tokenName, expiresInDays: z.nullish(z.int().check(z.minimum(1), z.maximum(DAYS_MAX))) }
export const tokenBody = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('api'), role: z.enum(['viewer', 'responder', 'commander', 'admin']), ...shared }),
  z.strictObject({ kind: z.literal('ingest'), source: sourceName, ...shared }),
])

/**
 * `POST /api/v1/tokens {kind:'api', role, name, expiresInDays?}` or `{kind:'ingest', source, name, …}` by an admin: 201
 * with the row and `token`, which is shown this once.
 */
export async function createToken(c: Context<AppEnv>): Promise<Response> {
  const { expiresInDays, ...grant } = await bodyOf(c, tokenBody)
  const expiresAt = expiresInDays == null ? null : Date.now() + expiresInDays * DAY_MS
  const token = makeToken(grant.kind)
  const wanted: NewToken & { sha256: string } = { ...grant, expiresAt, sha256: sha256Hex(token) }
  const row = await registry(c, (one) => one.createToken(wanted, askerOf(c)))
  if (!row) throw new ProblemError(409, 'too-many-tokens', 'Revoke tokens that are not needed any more first.')
  c.set('noted', true)
  return c.json({ ...shown(row), token }, 201, { location: `/api/v1/tokens/${row.id}` })
}

/** `GET /api/v1/tokens?cursor=&limit=` by an admin: `{items, next}`, newest first, revoked ones too; never a token. */
export async function listTokens(c: Context<AppEnv>): Promise<Response> {
  const query = queryOf(c, z.strictObject({ cursor, limit }))
  const { items, next } = await registry(c, (one) => one.tokens(query.cursor ?? null, query.limit))
  return linked(c, { items: items.map(shown), next })
}

/** `DELETE /api/v1/tokens/{id}` by an admin: revoked now, its sockets ended. Again is answered the same. */
export async function revokeToken(c: Context<AppEnv>): Promise<Response> {
  const id = c.req.param('id') ?? ''
  const row = /^tok_[0-9a-f]{18}$/.test(id) ? await registry(c, (one) => one.revokeToken(id, askerOf(c))) : null
  if (!row) throw new ProblemError(404, 'not-found', 'There is no such token.')
  forgetToken(id)
  c.set('noted', true)
  return c.json(shown(row))
}

/** The row with its times as people and clients read them. */
export function shown({ createdAt, expiresAt, lastUsedAt, revokedAt, ...row }: TokenRow): object {
  return {
    ...row,
    createdAt: instant(createdAt),
    expiresAt: instant(expiresAt),
    lastUsedAt: instant(lastUsedAt),
    revokedAt: instant(revokedAt),
  }
}

function instant(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
