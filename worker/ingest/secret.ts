import type { Context } from 'hono'
import { secretNamed } from '../auth/secret.ts'
import type { AppEnv } from '../env.ts'
import { log, unavailable } from '../errors.ts'

/** The value of a secret that the catalogue names, null where there is none; 503 when nobody can say. */
export async function secretOf(c: Context<AppEnv>, name: string, purpose: string): Promise<string | null> {
  try {
    return await secretNamed(c.env, name, purpose)
  } catch (error) {
    log(c, error)
    throw unavailable('secret-unavailable', 'The secret of this source could not be read; send it again.')
  }
}
