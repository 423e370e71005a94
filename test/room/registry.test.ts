import { createHash } from 'node:crypto'
import { env } from 'cloudflare:workers'
import { runInDurableObject } from 'cloudflare:test'
import { expect, test } from 'vitest'
import type { AuditEntry, AuditNote } from '../../durable/protocol/access.ts'
import { AUDIT_START, verifyAudit } from '../../durable/protocol/audit.ts'
import { tagOf } from '../../durable/protocol/door.ts'
import { Audit, REFUSALS_PER_MINUTE_MAX } from '../../durable/registry/audit.ts'
import { dueEndings, endSockets, ended, nextEnding, notEnded, noteSocket } from '../../durable/registry/sockets.ts'
import { putTicket, takeTicket, TICKETS_MAX, TICKET_MS } from '../../durable/registry/tickets.ts'
import { putToken, TOKENS_MAX, USED_EVERY_MS, worthOf } from '../../durable/registry/tokens.ts'
import { putSecret, SECRETS_MAX } from '../../durable/registry/secrets.ts'

const WALL = Date.parse('2026-11-22T10:00:00Z')
const sha256Hex = (text: string) => createHash('sha256').update(text).digest('hex')

/** A registry of its own for each test: its tables, and nobody else at them. */
function inRegistry<T>(name: string, work: (sql: SqlStorage, storage: DurableObjectStorage) => T): Promise<T> {
  return runInDurableObject(env.REGISTRY.getByName(`test/${name}`), (_, { storage }) => work(storage.sql, storage))
}

function note(more: Partial<AuditNote> = {}): AuditNote {
  return {
    who: 'ada',
    role: 'commander',
    via: 'token',
    action: 'POST /api/v1/incidents/:id/resolve',
    subject: '/api/v1/incidents/inc_abcdef123456/resolve',
    outcome: 'ok',
    code: '',
    requestId: 'r-1',
    more: 0,
    ...more,
  }
}

test('[AU7] a flipped byte anywhere in ten thousand lines is found, and found where it is', async () => {
  const rows = await inRegistry('flips', (sql, storage) => {
    const audit = new Audit(sql)
    storage.transactionSync(() => {
      for (let line = 0; line < 10_000; line += 1)
        audit.append(note({ who: `person ${line % 37}`, subject: `/api/v1/incidents/inc_${line}` }), WALL + line)
    })
    expect(audit.verify()).toMatchObject({ ok: true, count: 10_000 })
    return sql
      .exec<{ entry: string }>('SELECT entry FROM audit ORDER BY seq')
      .toArray()
      .map(({ entry }) => entry)
  })
  let before: { seq: number; hash: string } = AUDIT_START
  for (const [index, text] of rows.entries()) {
    // Another byte in each line, so that together all places of a line are tried.
    const at = (index * 7) % text.length
    const flipped = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1)
    const verdict = verdictOf(flipped, before)
    expect([index + 1, flipped, verdict]).toEqual([index + 1, flipped, 'found'])
    const entry = JSON.parse(text) as AuditEntry
    before = { seq: entry.seq, hash: entry.hash }
  }
  await inRegistry('flips', (sql) => {
    for (const seq of [1, 2, 777, 9_999, 10_000]) {
      const text = rows[seq - 1] ?? ''
      const put = (entry: string) => sql.exec('UPDATE audit SET entry = ? WHERE seq = ?', entry, seq).toArray()
      put(text.replace('"ok"', '"no"'))
      expect(new Audit(sql).verify()).toEqual({ ok: false, seq, reason: 'hash-differs' })
      put(text)
    }
    put(sql, 'DELETE FROM audit WHERE seq = 5000')
    expect(new Audit(sql).verify()).toEqual({ ok: false, seq: 5_001, reason: 'gap' })
  })
}, 120_000)

function put(sql: SqlStorage, statement: string): void {
  sql.exec(statement).toArray()
}

function verdictOf(text: string, before: { seq: number; hash: string }): 'found' | 'not-found' {
  try {
    const verdict = verifyAudit([JSON.parse(text) as AuditEntry], sha256Hex, before)
    return verdict.ok ? 'not-found' : 'found'
  } catch {
    return 'found'
  }
}

test('[AU7] lines cannot be swapped, repeated or left out', async () => {
  const items = await inRegistry('order', (sql) => {
    const audit = new Audit(sql)
    for (let line = 0; line < 5; line += 1) audit.append(note({ code: String(line) }), WALL)
    return audit.page(0, 10).items
  })
  const walked = (order: number[]) =>
    verifyAudit(
      order.flatMap((at) => items[at] ?? []),
      sha256Hex,
    )
  expect(walked([0, 1, 2, 3, 4])).toMatchObject({ ok: true, count: 5 })
  for (const order of [
    [1, 0, 2],
    [0, 0],
    [0, 2, 3],
    [1, 2],
  ])
    expect(walked(order)).toMatchObject({ ok: false, reason: 'gap' })
})

test('[AU8] whoever knocks for hours fills no log: refusals past so many a minute are counted into the next line', async () => {
  await inRegistry('flood', (sql) => {
    const audit = new Audit(sql)
    const knock = note({ who: 'nobody', role: null, via: 'none', outcome: 'refused', code: 'unauthenticated', more: 2 })
    for (let count = 0; count < REFUSALS_PER_MINUTE_MAX + 50; count += 1) audit.append(knock, WALL)
    expect(audit.head().seq).toBe(REFUSALS_PER_MINUTE_MAX)
    // People's own lines are never counted away.
    expect(audit.append(note(), WALL)).toMatchObject({ seq: REFUSALS_PER_MINUTE_MAX + 1, more: 0 })
    expect(audit.append(knock, WALL + 60_000)).toMatchObject({ more: 50 * 3 + 2 })
    const { items } = audit.page(0, 1_000)
    const knocks = items.filter(({ via }) => via === 'none')
    expect(knocks.reduce((sum, { more }) => sum + 1 + more, 0)).toBe((REFUSALS_PER_MINUTE_MAX + 51) * 3)
  })
})

test('[AU9] a full log lets its oldest lines go, and the rest verifies from what they led up to', async () => {
  await inRegistry('full', (sql) => {
    const audit = new Audit(sql, 500)
    for (let line = 0; line < 3_200; line += 1) audit.append(note({ subject: String(line) }), WALL)
    const kept = sql.exec<{ n: number }>('SELECT count(*) AS n FROM audit').one().n
    expect(kept).toBeGreaterThanOrEqual(500)
    expect(kept).toBeLessThanOrEqual(1_500)
    expect(audit.head().seq).toBe(3_200)
    expect(audit.anchor().seq).toBe(3_200 - kept)
    expect(audit.verify()).toMatchObject({ ok: true, count: kept })
    const { items, anchor } = audit.page(0, 1_000)
    expect(verifyAudit(items, sha256Hex, anchor)).toMatchObject({ ok: true })
    expect(verifyAudit(items, sha256Hex)).toMatchObject({ ok: false, reason: 'gap' })
  })
})

test('[AU4] what outsiders wrote is cut, and comes out as well-formed text', async () => {
  const entry = await inRegistry('texts', (sql) =>
    new Audit(sql).append(note({ subject: `/${'x'.repeat(198)}😀${'y'.repeat(500)}`, who: '\ud800' }), WALL),
  )
  expect(entry?.subject.length).toBe(200)
  expect(entry?.subject.isWellFormed()).toBe(true)
  expect(entry?.who).toBe('\ufffd')
})

test('[SE42] an ending is repeated after ten seconds, and tried again until the object answered', async () => {
  await inRegistry('endings', (sql) => {
    const opened = { session: 'tok_1', object: 'room live/inc_a', until: null, signed: false }
    noteSocket(sql, opened, WALL)
    noteSocket(sql, { ...opened, session: 'tok_2' }, WALL)
    expect(dueEndings(sql, WALL)).toEqual([])
    endSockets(sql, 'tok_1', 'token-revoked', WALL + 1_000)
    const [ending] = dueEndings(sql, WALL + 1_000)
    expect(ending).toEqual({ session: 'tok_1', object: 'room live/inc_a', reason: 'token-revoked' })
    if (!ending) throw new Error('no ending')
    notEnded(sql, ending, WALL + 1_000)
    expect(dueEndings(sql, WALL + 5_999)).toEqual([])
    expect(dueEndings(sql, WALL + 6_000)).toEqual([ending])
    // It was let in a moment before: whatever reaches the object after this is ended too.
    ended(sql, ending, WALL + 6_000)
    expect(nextEnding(sql)).toBe(WALL + 16_000)
    ended(sql, ending, WALL + 16_000)
    expect(dueEndings(sql, WALL + 60_000)).toEqual([])
    // The other sign-in is still there.
    expect(nextEnding(sql)).toBe(WALL + 12 * 3_600_000)
  })
})

test('[SE43] sockets of a signed-in person are checked again after half an hour, or when the sign-in ends', async () => {
  await inRegistry('until', (sql) => {
    const signed = { session: 'jwt_1', object: 'lobby live', signed: true }
    noteSocket(sql, { ...signed, until: WALL + 8 * 3_600_000 }, WALL)
    expect(nextEnding(sql)).toBe(WALL + 30 * 60_000)
    noteSocket(sql, { ...signed, session: 'jwt_2', until: WALL + 60_000 }, WALL)
    expect(nextEnding(sql)).toBe(WALL + 60_000)
    expect(dueEndings(sql, WALL + 60_000)).toEqual([{ session: 'jwt_2', object: 'lobby live', reason: 'sign-in-over' }])
    expect(tagOf('jwt_2')).toBe('session:jwt_2')
  })
})

test('[SE49] what the registry keeps is bounded: tokens, tickets and secrets past their limits are refused', async () => {
  await inRegistry('bounds', (sql, storage) => {
    const token = { kind: 'api', role: 'viewer', name: 'x', expiresAt: WALL + 1_000, by: 'ada' } as const
    const key = { id: 'k', bytes: new Uint8Array(32) }
    const visitor = { name: 'ada', role: 'viewer', via: 'local', session: null, until: null } as const
    storage.transactionSync(() => {
      for (let n = 0; n < TOKENS_MAX; n += 1)
        expect(putToken(sql, { ...token, sha256: sha256Hex(`t${n}`) }, WALL)).not.toBeNull()
      for (let n = 0; n < TICKETS_MAX; n += 1) putTicket(sql, sha256Hex(`w${n}`), visitor, WALL)
      for (let n = 0; n < SECRETS_MAX; n += 1) putSecret(sql, key, { name: `s${n}`, value: 'v', by: 'ada' }, WALL)
    })
    expect(putToken(sql, { ...token, sha256: sha256Hex('more') }, WALL)).toBeNull()
    expect(putTicket(sql, sha256Hex('more'), visitor, WALL)).toBeNull()
    expect(putSecret(sql, key, { name: 'more', value: 'v', by: 'ada' }, WALL)).toBeNull()
    // A name that is there can still be set; what is over makes room.
    expect(putSecret(sql, key, { name: 's1', value: 'w', by: 'ada' }, WALL)).toMatchObject({ version: 2 })
    expect(putToken(sql, { ...token, sha256: sha256Hex('later') }, WALL + 1_000)).not.toBeNull()
    expect(putTicket(sql, sha256Hex('later'), visitor, WALL + TICKET_MS)).not.toBeNull()
    expect(takeTicket(sql, sha256Hex('w1'), WALL + TICKET_MS)).toBeNull()
  })
})

test('[SE27] a token is found by its whole digest, and its last use is written once a minute', async () => {
  await inRegistry('digest', (sql) => {
    const sha256 = sha256Hex('a token')
    putToken(sql, { kind: 'ingest', source: 'prometheus', name: 'x', expiresAt: null, by: 'ada', sha256 }, WALL)
    expect(worthOf(sql, sha256, WALL)).toMatchObject({ kind: 'ingest', source: 'prometheus' })
    const cousin = sha256.slice(0, -1) + (sha256.endsWith('0') ? '1' : '0')
    expect(worthOf(sql, cousin, WALL)).toBeNull()
    expect(worthOf(sql, sha256.slice(0, 16), WALL)).toBeNull()
    const used = () => sql.exec<{ used: number }>('SELECT used FROM tokens').one().used
    worthOf(sql, sha256, WALL + USED_EVERY_MS - 1)
    expect(used()).toBe(WALL)
    worthOf(sql, sha256, WALL + USED_EVERY_MS)
    expect(used()).toBe(WALL + USED_EVERY_MS)
  })
})
