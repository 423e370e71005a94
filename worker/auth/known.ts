import type { Context } from 'hono'
import type { TokenWorth } from '../../durable/protocol/access.ts'
import type { AppEnv, Bindings } from '../env.ts'
import { log, unavailable } from '../errors.ts'
import { Memo } from './memo.ts'
import { sha256Hex } from './token.ts'

/** The one registry's name. */
export const INSTANCE = 'instance'
/**
 * How long an isolate believes what the registry said of a token, in ms: so long a revoked one may still be taken here,
 * and so long a source's posts cost one call each. Sockets are ended at once.
 */
const WORTH_MS = 20_000
/** How long it believes that a token is worth nothing: one just made must work soon. */
const NOTHING_MS = 2_000
/** Tokens remembered; past it the oldest is forgotten. */
const TOKENS_MAX = 2_000

const memo = new Memo<NonNullable<TokenWorth> | 'nothing'>(TOKENS_MAX)

/** What a token of our own is worth, asked of the registry once in a while. 503 when it does not answer. */
export async function worthOf(c: Context<AppEnv>, token: string): Promise<TokenWorth> {
  const sha256 = sha256Hex(token)
  const now = Date.now()
  const known = rememberedWorth(sha256, now)
  if (known !== undefined) return known
  const worth = await registry(c, (one) => one.worth(sha256))
  memo.set(sha256, worth ?? 'nothing', now + (worth ? WORTH_MS : NOTHING_MS))
  return worth
}

/** What this isolate remembers of a token; undefined where the registry must be asked. */
export function rememberedWorth(sha256: string, now: number): TokenWorth | undefined {
  const known = memo.get(sha256, now)
  if (known === undefined) return undefined
  return known === 'nothing' || isOver(known, now) ? null : known
}

/** A token was revoked here: this isolate forgets it at once, the others within WORTH_MS. */
export function forgetToken(id: string): void {
  memo.forgetWhere((worth) => worth !== 'nothing' && worth.id === id)
}

type Registry = ReturnType<Bindings['REGISTRY']['getByName']>

/** Asks the registry; an answer that does not come is a 503 that says so. */
export async function registry<T>(c: Context<AppEnv>, ask: (registry: Registry) => Promise<T>): Promise<T> {
  try {
    return await ask(c.env.REGISTRY.getByName(INSTANCE))
  } catch (error) {
    log(c, error)
    throw unavailable('registry-unavailable', 'The registry of who may come in did not answer.')
  }
}

function isOver({ expiresAt }: NonNullable<TokenWorth>, now: number): boolean {
  return expiresAt !== null && expiresAt <= now
}
