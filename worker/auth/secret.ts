import type { Bindings } from '../env.ts'
import { INSTANCE } from './known.ts'
import { Memo } from './memo.ts'

/** How long an isolate keeps a secret it was given, in ms, and that there is none: a signed post needs its own each time. */
const SECRET_MS = 20_000
const NOTHING_MS = 2_000
const SECRETS_MAX = 500

const memo = new Memo<{ value: string | null }>(SECRETS_MAX)

/**
 * The value of a named secret, for checking a signature inside the Worker; null when there is none. Throws when the
 * registry does not answer. `purpose` stands in the audit log. The value goes into no answer, log or error.
 */
export async function secretNamed(env: Bindings, name: string, purpose: string): Promise<string | null> {
  const now = Date.now()
  const known = memo.get(name, now)
  if (known) return known.value
  const value = await env.REGISTRY.getByName(INSTANCE).secretNamed(name, purpose)
  memo.set(name, { value }, now + (value === null ? NOTHING_MS : SECRET_MS))
  return value
}

/** A secret was set or deleted here: this isolate asks again. */
export function forgetSecret(name: string): void {
  memo.forget(name)
}
