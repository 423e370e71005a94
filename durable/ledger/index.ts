import { DurableObject } from 'cloudflare:workers'
import type { Claim, Claimed, KeptAnswer } from '../protocol/ledger.ts'
import { migrate } from './migrations.ts'

/** An answer is said again for so long, in ms: a day, as clients of this header expect. */
const KEPT_MS = 86_400_000
/** A request that has not been answered by then died with whoever ran it, in ms: the Worker's own calls take seconds. */
const RUNNING_MS_MAX = 60_000
/** Keys of one person that are kept; more are refused rather than forgotten early. */
const KEYS_MAX = 20_000
/** How often what is over is swept out, in ms. */
const SWEEP_MS = 3_600_000

interface Row extends Record<string, SqlStorageValue> {
  id: number
  fingerprint: string
  wall: number
  answer: string | null
  done: number
}

/**
 * One per person: what they asked under which key, so that a request that is repeated because its answer was lost is
 * not done twice. A claim is stored before the request runs; an answer before it is given.
 */
export class RequestLedger extends DurableObject<Env> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    migrate(ctx.storage)
  }

  /** Claims a request, or says what became of it. */
  async claim({ route, key, fingerprint }: Claim): Promise<Claimed> {
    const { sql } = this.ctx.storage
    const now = Date.now()
    const row = sql
      .exec<Row>('SELECT id, fingerprint, wall, answer, done FROM request WHERE route = ? AND key = ?', route, key)
      .toArray()[0]
    if (row && row.wall > now - KEPT_MS) {
      if (row.fingerprint !== fingerprint) return { is: 'mismatch' }
      if (row.answer !== null) return { is: 'answered', answer: JSON.parse(row.answer) as KeptAnswer }
      if (row.done === 1) return { is: 'done' }
      if (row.wall > now - RUNNING_MS_MAX) return { is: 'running' }
    }
    if (row) sql.exec('DELETE FROM request WHERE id = ?', row.id)
    if (sql.exec<{ n: number }>('SELECT count(*) AS n FROM request').one().n >= KEYS_MAX) return { is: 'full' }
    const { id } = sql
      .exec<{ id: number }>(
        'INSERT INTO request (route, key, fingerprint, wall, answer, done) VALUES (?, ?, ?, ?, NULL, 0) RETURNING id',
        route,
        key,
        fingerprint,
        now,
      )
      .one()
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(now + SWEEP_MS)
    return { is: 'new', claim: id }
  }

  /** What became of a claim: an answer to keep, `done` without one, or null: nothing happened and it may be tried again. */
  async settle(claim: number, outcome: KeptAnswer | 'done' | null): Promise<void> {
    const { sql } = this.ctx.storage
    if (outcome === null) sql.exec('DELETE FROM request WHERE id = ? AND done = 0', claim)
    else if (outcome === 'done') sql.exec('UPDATE request SET done = 1 WHERE id = ?', claim)
    else sql.exec('UPDATE request SET done = 1, answer = ? WHERE id = ?', JSON.stringify(outcome), claim)
  }

  /** Lets go of what is older than a day; an empty ledger sleeps. */
  override async alarm(): Promise<void> {
    const { sql } = this.ctx.storage
    sql.exec('DELETE FROM request WHERE wall <= ?', Date.now() - KEPT_MS)
    const { n } = sql.exec<{ n: number }>('SELECT count(*) AS n FROM request').one()
    if (n > 0) await this.ctx.storage.setAlarm(Date.now() + SWEEP_MS)
  }
}
