import type { Context } from 'hono'
import * as z from 'zod/mini'
import type { SecretReason, SecretRow } from '../../durable/protocol/access.ts'
import { askerOf } from '../auth/asker.ts'
import { registry } from '../auth/known.ts'
import { forgetSecret } from '../auth/secret.ts'
import type { AppEnv } from '../env.ts'
import { ProblemError, unavailable } from '../errors.ts'
import { bodyOf } from '../validate.ts'

const NAME = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/
/** A private key in PEM is 3,000 characters. */
const VALUE_CHARS_MAX = 10_000
/** How long to wait for somebody to set a Worker secret, in s: senders of ours do not ask for this. */
const RETRY_AFTER_S = 60

export const secretBody = z.strictObject({ value: z.string().check(z.minLength(1), z.maxLength(VALUE_CHARS_MAX)) })

const MISSING =
  'Secrets are sealed under the Worker secret IC_MASTER_KEY, 32 bytes in base64. Make and set one with: openssl rand -base64 32 | wrangler secret put IC_MASTER_KEY'
const REFUSALS: Record<SecretReason, () => ProblemError> = {
  'master-key-missing': () => unavailable('master-key-missing', `It is not set. ${MISSING}`, RETRY_AFTER_S),
  'master-key-invalid': () =>
    unavailable('master-key-invalid', `What is set is not of that form. ${MISSING}`, RETRY_AFTER_S),
  'too-many-secrets': () => new ProblemError(409, 'too-many-secrets', 'Delete secrets that are not needed any more.'),
}

/** `PUT /api/v1/secrets/{name} {value}` by an admin: the row. The value is never answered, logged or exported. */
export async function setSecret(c: Context<AppEnv>): Promise<Response> {
  const name = nameOf(c)
  const { value } = await bodyOf(c, secretBody)
  const answer = await registry(c, (one) => one.setSecret({ name, value }, askerOf(c)))
  if (!answer.ok) throw REFUSALS[answer.reason]()
  forgetSecret(name)
  c.set('noted', true)
  return c.json(shown(answer.row))
}

/** `GET /api/v1/secrets` by an admin: `{items, next, key}`: names, ages and last uses; whether there is a key to seal under. */
export async function listSecrets(c: Context<AppEnv>): Promise<Response> {
  const { items, key } = await registry(c, (one) => one.secrets())
  return c.json({ items: items.map(shown), next: null, key })
}

/** `DELETE /api/v1/secrets/{name}` by an admin: 204. */
export async function deleteSecret(c: Context<AppEnv>): Promise<Response> {
  const name = nameOf(c)
  const had = await registry(c, (one) => one.deleteSecret(name, askerOf(c)))
  forgetSecret(name)
  if (!had) throw new ProblemError(404, 'not-found', 'There is no such secret.')
  c.set('noted', true)
  return c.body(null, 204)
}

function nameOf(c: Context<AppEnv>): string {
  const name = c.req.param('name') ?? ''
  if (!NAME.test(name))
    throw new ProblemError(404, 'not-found', 'A secret is named with a-z, 0-9, dot, dash and underscore, 64 at most.')
  return name
}

function shown({ setAt, lastUsedAt, ...row }: SecretRow): object {
  return {
    ...row,
    setAt: new Date(setAt).toISOString(),
    ageDays: Math.floor((Date.now() - setAt) / 86_400_000),
    lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt).toISOString(),
  }
}
