import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'

/** Keys this young are used without asking again, in ms. Providers rotate in days (Access: every six weeks). */
const FRESH_MS = 10 * 60_000
/** While the provider does not answer, the keys it last gave serve for so long, in ms. */
const STALE_MS = 24 * 3_600_000
/** Between two askings, whatever key ids are presented, in ms: unknown ones are free to invent. */
const COOLDOWN_MS = 30_000
/** The same while no keys are known at all. */
const FIRST_COOLDOWN_MS = 1_000
const TIMEOUT_MS = 5_000
/** A key set, in characters: a dozen RSA keys are 10 kB. */
const KEYS_CHARS_MAX = 200_000

interface Known {
  resolve: JWTVerifyGetKey
  readAt: number
}

/** The provider's keys could not be read and none are known: nobody can be judged now. */
export class KeysUnavailable extends Error {}

/**
 * A provider's published keys, kept by the isolate. A key id that is not among them is looked for once more; a provider
 * that does not answer leaves the keys as they were. The address comes from the settings, never from a token: `jku`, `x5u`
 * and `jwk` in a header are not read.
 */
export class ProviderKeys {
  readonly #url: string
  #known: Known | null = null
  #askedAt = Number.NEGATIVE_INFINITY

  constructor(url: string) {
    this.#url = url
  }

  /** The key that a token's header names. Throws KeysUnavailable, or jose's errors where no key fits. */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    const now = Date.now()
    if (!this.#known || now - this.#known.readAt > FRESH_MS) await this.#ask(now)
    if (!this.#known || now - this.#known.readAt > STALE_MS)
      throw new KeysUnavailable('no keys of the provider are known')
    try {
      return await this.#known.resolve(header, token)
    } catch (error) {
      const before = this.#known
      await this.#ask(now)
      if (this.#known === before) throw error
      return this.#known.resolve(header, token)
    }
  }

  async #ask(now: number): Promise<void> {
    if (now - this.#askedAt < (this.#known ? COOLDOWN_MS : FIRST_COOLDOWN_MS)) return
    try {
      const answer = await fetch(this.#url, {
        // A key set that moved is not followed: the answer is not ok.
        redirect: 'manual',
        headers: { accept: 'application/json' },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      const text = await answer.text()
      if (!answer.ok || text.length > KEYS_CHARS_MAX) throw new Error(`status ${answer.status}`)
      // Throws for what is no key set.
      this.#known = { resolve: createLocalJWKSet(JSON.parse(text) as JSONWebKeySet), readAt: now }
    } catch (error) {
      console.warn(`the identity provider's keys could not be read: ${error instanceof Error ? error.name : 'failed'}`)
    } finally {
      // Only now: requests that come meanwhile ask for themselves, for they may not wait for this one's answer.
      this.#askedAt = Date.now()
    }
  }
}
