import { DurableObject } from 'cloudflare:workers'
import type {
  AuditNote,
  AuditPage,
  NewToken,
  SecretReason,
  SecretRow,
  SigningState,
  TokenRow,
  TokenWorth,
  Visitor,
} from '../protocol/access.ts'
import type { AuditVerdict } from '../protocol/audit.ts'
import type { AgentKey, Instant } from '../protocol/domain.ts'
import type { Page } from '../protocol/objects.ts'
import { type SigningKey, publishedKeys, standingKeys } from './agent-keys.ts'
import { Audit } from './audit.ts'
import { masterKey } from './key.ts'
import { migrate } from './migrations.ts'
import { endAt } from './peers.ts'
import { deleteSecret, listSecrets, putSecret, useSecret } from './secrets.ts'
import { readSetting, writeSetting } from './settings.ts'
import { dueEndings, endSockets, ended, nextEnding, notEnded, noteSocket } from './sockets.ts'
import { putTicket, takeTicket } from './tickets.ts'
import { putToken, revokeToken, tokenById, tokenPage, tokenStands, worthOf } from './tokens.ts'

/** Who asks for a change, for the audit line that is stored with it. */
export interface Asker {
  visitor: Pick<Visitor, 'name' | 'role' | 'via'>
  action: string
  requestId: string
}

/**
 * Who may come in: tokens, tickets, secrets and the audit log of one instance. Named `instance`. It is asked for what a
 * Worker does not remember, so that taking in an alert stays one call to one object. What it changes and the audit line
 * about it are one transaction.
 */
export class InstanceRegistry extends DurableObject<Env> {
  readonly #sql: SqlStorage
  readonly #audit: Audit
  #armed: Instant | null = null

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    migrate(ctx.storage)
    this.#sql = ctx.storage.sql
    this.#audit = new Audit(this.#sql)
  }

  // ------------------------------------------------------------------------------------------ setting up

  /** Whether the first admin token was ever made here. */
  async initialised(): Promise<boolean> {
    return this.#initialised()
  }

  /** Makes the first admin token, once. Null ever after. */
  async init(token: { name: string; sha256: string }, requestId: string): Promise<TokenRow | null> {
    return this.#commit((wall) => {
      if (this.#initialised()) return null
      writeSetting(this.#sql, 'initialised', String(wall))
      const by = 'init token'
      const made = putToken(this.#sql, { kind: 'api', role: 'admin', expiresAt: null, by, ...token }, wall)
      const asker = {
        visitor: { name: by, role: 'admin', via: 'token' },
        action: 'POST /api/v1/init',
        requestId,
      } as const
      this.#note(asker, made?.id ?? '', wall)
      return made
    })
  }

  // ------------------------------------------------------------------------------------------ tokens

  /** What a token's SHA-256 is worth now; null for nothing. */
  async worth(sha256: string): Promise<TokenWorth> {
    return this.#commit((wall) => worthOf(this.#sql, sha256, wall))
  }

  /** Stores a token by its digest; null when there are too many. */
  async createToken(token: NewToken & { sha256: string }, asker: Asker): Promise<TokenRow | null> {
    return this.#commit((wall) => {
      const made = putToken(this.#sql, { ...token, by: asker.visitor.name }, wall)
      if (made) this.#note(asker, made.id, wall)
      return made
    })
  }

  async tokens(cursor: string | null, limit: number): Promise<Page<TokenRow>> {
    return tokenPage(this.#sql, cursor, limit)
  }

  /** Revokes, and has every object close the sockets that came with it. Null for no such token. */
  async revokeToken(id: string, asker: Asker): Promise<TokenRow | null> {
    const revoked = this.#commit((wall) => {
      if (!tokenById(this.#sql, id)) return null
      endSockets(this.#sql, id, 'token-revoked', wall)
      this.#note(asker, id, wall)
      return revokeToken(this.#sql, id, wall)
    })
    if (revoked) this.ctx.waitUntil(this.#endDue())
    return revoked
  }

  // ------------------------------------------------------------------------------------------ tickets and sockets

  /** Keeps a ticket by its SHA-256 for 30 s; null when too many wait. */
  async createTicket(sha256: string, visitor: Visitor): Promise<{ expiresAt: Instant } | null> {
    return this.#commit((wall) => putTicket(this.#sql, sha256, visitor, wall))
  }

  /** Whose ticket this was; it is gone now. Null for none, used, or too late, and when its sign-in ended meanwhile. */
  async takeTicket(sha256: string): Promise<Visitor | null> {
    return this.#commit((wall) => {
      const visitor = takeTicket(this.#sql, sha256, wall)
      return visitor && this.#stands(visitor, wall) ? visitor : null
    })
  }

  /** An object is about to be given a socket of this sign-in. False when the sign-in no longer stands. */
  async openSocket(visitor: Pick<Visitor, 'via' | 'session' | 'until'>, object: string): Promise<boolean> {
    const { session, until, via } = visitor
    if (session === null) return true
    return this.#commit((wall) => {
      if (!this.#stands(visitor, wall)) return false
      noteSocket(this.#sql, { session, object, until, signed: via === 'access' || via === 'oidc' }, wall)
      return true
    })
  }

  // ------------------------------------------------------------------------------------------ secrets

  async setSecret(
    secret: { name: string; value: string },
    asker: Asker,
  ): Promise<{ ok: true; row: SecretRow } | { ok: false; reason: SecretReason }> {
    return this.#commit((wall) => {
      const found = masterKey(this.env, this.#sql)
      if (!found.ok) return found
      const row = putSecret(this.#sql, found.key, { ...secret, by: asker.visitor.name }, wall)
      if (!row) return { ok: false, reason: 'too-many-secrets' }
      this.#note(asker, secret.name, wall)
      return { ok: true, row }
    })
  }

  async deleteSecret(name: string, asker: Asker): Promise<boolean> {
    return this.#commit((wall) => {
      const had = deleteSecret(this.#sql, name)
      if (had) this.#note(asker, name, wall)
      return had
    })
  }

  /** Names, ages and last uses; and whether there is a key to seal under. */
  async secrets(): Promise<{ items: SecretRow[]; key: SigningState }> {
    const found = masterKey(this.env, this.#sql)
    return { items: listSecrets(this.#sql, found.ok ? found.key : null), key: found.ok ? 'ready' : found.reason }
  }

  /**
   * The value of a secret, for the drivers inside; null when there is none that today's key opens. `purpose` says in the
   * audit log what it was read for. No address of the API answers with it.
   */
  async secretNamed(name: string, purpose: string): Promise<string | null> {
    return this.#commit((wall) => {
      const found = masterKey(this.env, this.#sql)
      const used = found.ok ? useSecret(this.#sql, found.key, name, wall) : null
      if (used?.tell) {
        const what = { action: 'secret-used', subject: `${name} for ${purpose}`, outcome: 'ok', code: '' } as const
        this.#audit.append({ who: 'system', role: null, via: 'system', ...what, requestId: null, more: 0 }, wall)
      }
      return used?.value ?? null
    })
  }

  // ------------------------------------------------------------------------------------------ the agents' keys

  /**
   * The pairs that rooms of this instance sign with; null while there is no key to seal them under. For rooms alone: no
   * address of the API answers with a private half, and no list of secrets names one.
   */
  async signingKeys(instance: string): Promise<SigningKey[] | null> {
    return this.#commit((wall) => {
      const found = masterKey(this.env, this.#sql)
      return found.ok ? standingKeys(this.#sql, found.key, instance, wall) : null
    })
  }

  /** Whether the seats of this instance can sign: there is a key to seal theirs under. */
  async signing(): Promise<SigningState> {
    const found = masterKey(this.env, this.#sql)
    return found.ok ? 'ready' : found.reason
  }

  /** Public halves, those that were replaced too; made now where there are none and there is a key to seal them under. */
  async agentKeys(instance: string): Promise<AgentKey[]> {
    return this.#commit((wall) => {
      const found = masterKey(this.env, this.#sql)
      if (found.ok) standingKeys(this.#sql, found.key, instance, wall)
      return publishedKeys(this.#sql, instance)
    })
  }

  // ------------------------------------------------------------------------------------------ audit

  /** Appends one line. */
  async note(note: AuditNote): Promise<void> {
    this.#commit((wall) => this.#audit.append(note, wall))
  }

  /** Lines after a seq, oldest first. */
  async audit(after: number, limit: number): Promise<AuditPage> {
    return this.#audit.page(after, limit)
  }

  /** Walks the whole log as it is stored. */
  async verifyAudit(): Promise<AuditVerdict> {
    return this.#audit.verify()
  }

  // ------------------------------------------------------------------------------------------ the inside

  /** Sockets whose sign-in is over are ended. It never throws: the platform gives up on an alarm that throws too often. */
  override async alarm(): Promise<void> {
    this.#armed = null
    try {
      await this.#endDue()
    } catch (thrown) {
      console.error('registry alarm', thrown instanceof Error ? thrown.message : thrown)
    } finally {
      this.#arm()
    }
  }

  async #endDue(): Promise<void> {
    const wall = Date.now()
    const endings = dueEndings(this.#sql, wall)
    const told = await Promise.allSettled(endings.map((ending) => endAt(this.env, ending)))
    this.#commit((now) => {
      for (const [index, ending] of endings.entries()) {
        if (told[index]?.status === 'fulfilled') ended(this.#sql, ending, now)
        else notEnded(this.#sql, ending, now)
      }
    })
  }

  #initialised(): boolean {
    return readSetting(this.#sql, 'initialised') !== null
  }

  #stands({ session, until, via }: Pick<Visitor, 'session' | 'until' | 'via'>, wall: Instant): boolean {
    if (until !== null && until <= wall) return false
    return via !== 'token' || (session !== null && tokenStands(this.#sql, session, wall))
  }

  #note({ visitor, action, requestId }: Asker, subject: string, wall: Instant): void {
    const { name, role, via } = visitor
    this.#audit.append({ who: name, role, via, action, subject, outcome: 'ok', code: '', requestId, more: 0 }, wall)
  }

  #commit<T>(work: (wall: Instant) => T): T {
    const wall = Date.now()
    const result = this.ctx.storage.transactionSync(() => work(wall))
    this.#arm()
    return result
  }

  // An alarm that rings early finds nothing to do and sets itself again.
  #arm(): void {
    const due = nextEnding(this.#sql)
    if (due === null || this.#armed === due) return
    this.#armed = due
    void this.ctx.storage.setAlarm(due)
  }
}
