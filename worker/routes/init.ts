import { timingSafeEqual } from 'node:crypto'
import type { Context } from 'hono'
import * as z from 'zod/mini'
import { registry } from '../auth/known.ts'
import { isIngestToken, makeToken, sha256Hex, tokenOf, unauthenticated } from '../auth/token.ts'
import type { AppEnv } from '../env.ts'
import { ProblemError } from '../errors.ts'
import { bodyOf } from '../validate.ts'
import { shown, tokenName } from './tokens.ts'

/** A shorter init token could be guessed by whoever finds a fresh deployment. */
const INIT_TOKEN_CHARS_MIN = 24

/**
 * `POST /api/v1/init {name}` with the Worker secret IC_INIT_TOKEN as bearer: makes the first admin token, once: 201 with
 * the row and `token`. 409 `already-initialised` ever after. A guess is 401, whether or not there is anything to guess.
 */
export async function init(c: Context<AppEnv>): Promise<Response> {
  const given = tokenOf(c.req.raw)
  if (given !== null && isIngestToken(given))
    throw new ProblemError(403, 'token-not-allowed', 'An ingest token may only post to ingest.')
  const expected = c.env.IC_INIT_TOKEN ?? ''
  if (given === null || expected.length < INIT_TOKEN_CHARS_MIN || !same(given, expected))
    throw unauthenticated(
      `Send the Worker secret IC_INIT_TOKEN (${INIT_TOKEN_CHARS_MIN} characters at least) as bearer.`,
    )
  const { name } = await bodyOf(c, z.strictObject({ name: tokenName }))
  const token = makeToken('api')
  const row = await registry(c, (one) => one.init({ name, sha256: sha256Hex(token) }, c.get('requestId')))
  if (!row) throw new ProblemError(409, 'already-initialised', 'The first admin token was made already.')
  c.set('noted', true)
  return c.json({ ...shown(row), token }, 201, { location: `/api/v1/tokens/${row.id}` })
}

function same(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(sha256Hex(one)), Buffer.from(sha256Hex(other)))
}
