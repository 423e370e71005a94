import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { describe, expect, test } from 'vitest'
import type { IncidentDirectory } from '../../durable/directory/index.ts'
import { Desk } from '../../durable/directory/desk.ts'
import { take } from '../../durable/directory/intake.ts'
import {
  JOURNAL_CHARS_MAX,
  JOURNAL_KEEP_MS,
  JOURNAL_LOOK_POSTS,
  QUARANTINE_CHARS_MAX,
  writeJournals,
} from '../../durable/directory/journal.ts'
import { ENDED_KEEP_MS } from '../../durable/directory/alerts.ts'
import {
  BACKLOG_ROWS_MAX,
  ROW_CHARS_MAX,
  dueTargets,
  enqueue,
  park,
  parked,
  postpone,
  settle,
  takeBatch,
} from '../../durable/directory/outbox.ts'
import type { PersonCommand } from '../../durable/protocol/commands.ts'
import type { IncidentRow } from '../../durable/protocol/rows.ts'
import { packed } from '../../durable/protocol/packed.ts'
import { parseAlertmanager } from '../../worker/ingest/alertmanager/parse.ts'
import { stormGroup, stormSingles } from '../captures/storm.ts'
import { alertOf, chain, freshNamespace, later, post, rows, settled, sumOf } from './directory.world.ts'
import { roomNamed } from './opening.ts'
import { until } from './socket.ts'

const twenty = Array.from({ length: 20 }, (_, index) => `svc-${index}`)

async function only(list: Promise<IncidentRow[]>): Promise<IncidentRow> {
  const [row, ...more] = await list
  if (!row || more.length > 0) throw new Error(`expected one incident, got ${more.length + (row ? 1 : 0)}`)
  return row
}

/** A person works in a room until the directory has heard of it. */
async function person(drill: string, id: string, command: PersonCommand): Promise<void> {
  const answer = await roomNamed(`drill/${drill}/${id}`).order({
    cmd: `${id}-${command.type}`,
    name: 'ada',
    role: 'commander',
    command,
  })
  if (!answer.ok) throw new Error(`${answer.reason}: ${answer.detail}`)
}

describe('a storm', () => {
  test('[IN33] a group of 1,000 alerts is 1,000 stored, one incident, and counters that add up', async () => {
    const { directory, drill } = await freshNamespace(chain(twenty, false))
    const { alerts } = parseAlertmanager(stormGroup(1_000, Date.now()), 'prometheus', Date.now())
    const receipt = await directory.intake({ intake: 'alertmanager', source: 'prometheus', raw: 'as it came', alerts })
    expect(receipt).toMatchObject({ ok: true, received: 1_000, deduplicated: 0 })
    const counters = await settled(directory)
    expect(counters).toEqual({
      received: 1_000,
      attached: 1_000,
      deduplicated: 0,
      suppressed: 0,
      quarantined: 0,
      pending: 0,
    })
    const { id } = await only(rows(directory))
    const stored = await runInDurableObject(directory, (_, { storage }) =>
      storage.sql.exec<{ n: number }>('SELECT COUNT(*) AS n FROM alert WHERE incident = ?', id).one(),
    )
    expect(stored.n).toBe(1_000)
    const answer = await roomNamed(`drill/${drill}/${id}`).detail()
    if (!answer.found) throw new Error('no room')
    expect(answer.detail.alerts.length + answer.detail.alertsBeyond).toBe(1_000)
  })

  test.each([
    [false, 20],
    [true, 1],
  ])(
    '[IN34] 1,000 single posts of 20 services: linked by the catalogue %s, incidents %i, all stored',
    async (linked, n) => {
      const { directory } = await freshNamespace(chain(twenty, linked))
      const posts = stormSingles(1_000, Date.now()).map(
        (body) => parseAlertmanager(body, 'prometheus', Date.now()).alerts,
      )
      for (const some of chunks(posts, 50)) {
        await Promise.all(some.map((alerts) => directory.intake(post(...alerts))))
        const counters = await directory.counters()
        expect(sumOf(counters)).toBe(counters.received)
      }
      expect(await settled(directory)).toMatchObject({ received: 1_000, attached: 1_000 })
      expect(await rows(directory)).toHaveLength(n)
    },
  )

  test('[IN35] posts that come while a room is busy go to it in one call', async () => {
    const { directory } = await freshNamespace()
    await directory.intake(post(alertOf('first')))
    await settled(directory)
    const batches = await runInDurableObject(directory, (_, { storage }) => {
      const desk = new Desk(storage, 'drill/none')
      desk.commit(() => {
        for (let n = 0; n < 300; n += 1) take(desk, post(alertOf(`more-${n}`)), Date.now(), Date.now())
      })
      const [target] = dueTargets(storage.sql, Date.now())
      if (target === undefined) throw new Error('nothing is due')
      const sizes: number[] = []
      for (
        let batch = takeBatch(storage.sql, target, Date.now());
        batch;
        batch = takeBatch(storage.sql, target, Date.now())
      ) {
        sizes.push(batch.messages.length)
        settle(storage.sql, batch)
      }
      return sizes
    })
    expect(batches).toEqual([200, 100])
  })
})

describe('alerts are levels', () => {
  test('[IN36] a replayed and shuffled post opens nothing, attaches nothing and is counted deduplicated', async () => {
    const { directory } = await freshNamespace()
    const alerts = [alertOf('a'), alertOf('b', { service: 'search' }), alertOf('c')]
    await directory.intake(post(...alerts))
    const before = await settled(directory)
    const open = await rows(directory)
    for (const again of [alerts.toReversed(), [...alerts, ...alerts]]) await directory.intake(post(...again))
    const after = await settled(directory)
    expect(after.attached).toBe(before.attached)
    expect(after.deduplicated).toBe(before.deduplicated + 9)
    expect((await rows(directory)).map(({ id }) => id)).toEqual(open.map(({ id }) => id))
    expect((await directory.intakeReasons()).deduplicated).toEqual({ 're-sent': 9 })
  })

  test('[IN37] an end of what nobody was told of is stored and counted, and opens nothing', async () => {
    const { directory } = await freshNamespace()
    await directory.intake(post(alertOf('gone', { status: 'resolved', endsAt: 2_000 })))
    expect(await settled(directory)).toMatchObject({ received: 1, deduplicated: 1, attached: 0 })
    expect(await rows(directory)).toEqual([])
    await directory.intake(post(alertOf('gone')))
    expect((await directory.intakeReasons()).deduplicated).toEqual({ 'nothing-to-resolve': 1, 'already-over': 1 })
    expect(await rows(directory)).toEqual([])
  })

  test('[IN38] an alert that is not said again ends by the alarm, as of its validity, in its room', async () => {
    const { directory, drill, clock, wall } = await freshNamespace()
    await directory.intake(post(alertOf('brief', { startsAt: wall, validUntil: wall + 60_000 })))
    await settled(directory)
    const { id } = await only(rows(directory))
    await directory.setClock(later(clock, 61_000))
    await runDurableObjectAlarm(directory)
    await until(async () => {
      const answer = await roomNamed(`drill/${drill}/${id}`).detail()
      return answer.found && answer.detail.alerts[0]?.status === 'resolved'
    }, 'the room heard of the end')
    const answer = await roomNamed(`drill/${drill}/${id}`).detail()
    expect(answer.found && answer.detail.alerts[0]?.endsAt).toBe(wall + 60_000)
    expect(await settled(directory)).toMatchObject({ received: 1, attached: 1 })
  })

  test('[IN38] said again in time it does not end, and the alarm waits for the new validity', async () => {
    const { directory, clock, wall } = await freshNamespace()
    await directory.intake(post(alertOf('kept', { startsAt: wall, validUntil: wall + 60_000 })))
    await directory.intake(post(alertOf('kept', { startsAt: wall, validUntil: wall + 600_000 })))
    await directory.setClock(later(clock, 61_000))
    await runDurableObjectAlarm(directory)
    await settled(directory)
    const told = await runInDurableObject(directory, (_, { storage }) =>
      storage.sql.exec<{ told: string; expires: number }>('SELECT told, expires FROM alert').one(),
    )
    expect(JSON.parse(told.told)).toMatchObject({ status: 'firing' })
    expect(told.expires).toBe(wall + 600_000)
  })
})

describe('which room hears', () => {
  test('[IN39] an alert is severe by its source’s word, and its incident names it, its service and why it opened', async () => {
    const { directory, drill } = await freshNamespace()
    await directory.intake(post(alertOf('w', { severity: 'warning', service: 'nobody-knows' })))
    await settled(directory)
    expect(await only(rows(directory))).toMatchObject({
      title: 'HighErrors on nobody-knows',
      severity: 'SEV-3',
      sourceSeverity: 'warning',
      service: 'nobody-knows',
      drill,
      state: 'triggered',
    })
    const { id } = await only(rows(directory))
    const answer = await roomNamed(`drill/${drill}/${id}`).detail()
    expect(answer.found && answer.detail.alerts[0]).toMatchObject({ catalogued: false, reason: 'new-alert' })
  })

  test('[IN40] a closed room takes nothing: what fires goes to another incident and no unit is lost', async () => {
    const { directory, drill } = await freshNamespace()
    await directory.intake(post(alertOf('first')))
    await settled(directory)
    const { id } = await only(rows(directory))
    await person(drill, id, { type: 'resolve', reason: 'done' })
    await person(drill, id, { type: 'close', reason: 'done' })
    await until(async () => (await rows(directory)).length === 0, 'the index heard of the close')
    // As if the room's word had not arrived yet: the directory still believes it open.
    await runInDurableObject(directory, (_, { storage }) => {
      storage.sql.exec("UPDATE incident SET state = 'triggered', ended = NULL WHERE id = ?", id)
    })
    await evictDurableObject(directory)
    await directory.intake(post(alertOf('second')))
    expect(await settled(directory)).toMatchObject({ received: 2, attached: 2 })
    const [next, ...more] = await rows(directory)
    expect(more).toEqual([])
    expect(next?.id).not.toBe(id)
    const answer = await roomNamed(`drill/${drill}/${next?.id}`).detail()
    expect(answer.found && answer.detail.alerts.map(({ fingerprint }) => fingerprint)).toEqual(['second'])
  })

  test('[IN31] what its source still calls firing long after its incident was closed opens another one', async () => {
    const { directory, drill, clock } = await freshNamespace()
    await directory.intake(post(alertOf('stubborn')))
    await settled(directory)
    const { id } = await only(rows(directory))
    await person(drill, id, { type: 'resolve', reason: 'not ours' })
    await person(drill, id, { type: 'close', reason: 'not ours' })
    await until(async () => (await rows(directory)).length === 0, 'the index heard of the close')
    await directory.intake(post(alertOf('stubborn')))
    expect(await rows(directory)).toEqual([])
    await directory.setClock(later(clock, 11 * 60_000))
    await directory.intake(post(alertOf('stubborn')))
    await settled(directory)
    expect((await only(rows(directory))).id).not.toBe(id)
  })

  test('[IN41] a declared incident has no alert, is answered with its id, and its room is open', async () => {
    const { directory, drill } = await freshNamespace()
    const { id } = await directory.declare({
      title: 'Orders look wrong',
      severity: 'SEV-2',
      service: 'checkout',
      by: 'ada',
      role: 'commander',
    })
    expect(id).toMatch(/^inc_dir\d{5}-[a-z0-9]{12}$/)
    const answer = await roomNamed(`drill/${drill}/${id}`).detail()
    expect(answer.found && answer.detail).toMatchObject({ title: 'Orders look wrong', severity: 'SEV-2', alerts: [] })
    await directory.intake(post(alertOf('joins')))
    await settled(directory)
    expect((await only(rows(directory))).id).toBe(id)
  })
})

describe('durable before answered', () => {
  test('[IN42] a body is kept as it came, however long, under the number of its receipt', async () => {
    const { directory } = await freshNamespace()
    const raw = `${'ä'.repeat(700_000)}€`
    const receipt = await directory.intake({ ...post(alertOf('long')), raw })
    if (!receipt.ok) throw new Error(receipt.reason)
    await evictDurableObject(directory)
    expect(await directory.journalled(receipt.journal)).toBe(raw)
  })

  test('[IN42] an alert too large for a row keeps its names and its incident; what it said stays in the journal', async () => {
    const { directory } = await freshNamespace()
    const huge = Object.fromEntries(
      Array.from({ length: 64 }, (_, n) => [`${n}`.padEnd(1_024, '\u0001'), '\u0001'.repeat(1_024)]),
    )
    const said = alertOf('huge', { labels: { ...huge, alertname: 'HighErrors' }, annotations: huge })
    const receipt = await directory.intake(post(said, alertOf('small')))
    if (!receipt.ok) throw new Error(receipt.reason)
    expect(await settled(directory)).toMatchObject({ received: 2, attached: 2 })
    expect((await directory.journalled(receipt.journal))?.length).toBe(JSON.stringify([said, alertOf('small')]).length)
    const told = await runInDurableObject(directory, (_, { storage }) =>
      storage.sql.exec<{ told: string }>("SELECT told FROM alert WHERE fingerprint = 'huge'").one(),
    )
    expect(JSON.parse(told.told)).toMatchObject({
      labels: { alertname: 'HighErrors', ic_cut: 'too large' },
      annotations: {},
    })
  })

  test('[IN35] many large alerts for one room are several rows and calls, in order, none lost', async () => {
    const { directory, drill } = await freshNamespace()
    const annotations = { runbook: 'x'.repeat(90_000) }
    const alerts = Array.from({ length: 30 }, (_, n) => alertOf(`large-${String(n).padStart(2, '0')}`, { annotations }))
    const longest = await runInDurableObject(directory, (_, { storage }) => {
      const desk = new Desk(storage, `drill/${drill}`)
      desk.commit(() => take(desk, post(...alerts), Date.now(), Date.now()))
      return storage.sql.exec<{ chars: number }>('SELECT MAX(LENGTH(body)) AS chars FROM outbox').one().chars
    })
    expect(longest).toBeLessThan(ROW_CHARS_MAX + 10_000)
    await evictDurableObject(directory)
    await runInDurableObject(directory, (instance: IncidentDirectory) => instance.alarm())
    expect(await settled(directory)).toMatchObject({ received: 30, attached: 30 })
    const { id } = await only(rows(directory))
    const answer = await roomNamed(`drill/${drill}/${id}`).detail()
    expect(answer.found && answer.detail.alerts.map(({ fingerprint }) => fingerprint)).toEqual(
      alerts.map(({ fingerprint }) => fingerprint),
    )
  })

  test('[IN49] bodies are kept for a week and a number of characters, ended alerts for 30 days, firing ones always', async () => {
    const { directory } = await freshNamespace()
    const over = alertOf('over', { status: 'resolved', endsAt: 2_000 })
    const old = await directory.intake(post(alertOf('fires'), over))
    if (!old.ok) throw new Error(old.reason)
    await settled(directory)
    const kept = () =>
      runInDurableObject(directory, (_, { storage: { sql } }) => ({
        alerts: sql.exec<{ fingerprint: string }>('SELECT fingerprint FROM alert ORDER BY fingerprint').toArray(),
        bodies: sql.exec<{ n: number }>('SELECT COUNT(*) AS n FROM journal WHERE body IS NOT NULL').one().n,
      }))
    await runInDurableObject(directory, (_, { storage: { sql } }) => {
      sql.exec('UPDATE journal SET wall = wall - ?', JOURNAL_KEEP_MS - 60_000)
      sql.exec('UPDATE alert SET wall = wall - ?, ended = ended - ?', ENDED_KEEP_MS, ENDED_KEEP_MS - 60_000)
    })
    await runInDurableObject(directory, (instance: IncidentDirectory) => instance.alarm())
    expect(await kept()).toMatchObject({ alerts: [{ fingerprint: 'fires' }, { fingerprint: 'over' }], bodies: 1 })
    await runInDurableObject(directory, (_, { storage: { sql } }) => {
      sql.exec('UPDATE journal SET wall = wall - 60000')
      sql.exec('UPDATE alert SET ended = ended - 60000')
    })
    await runInDurableObject(directory, (instance: IncidentDirectory) => instance.alarm())
    expect(await kept()).toEqual({ alerts: [{ fingerprint: 'fires' }], bodies: 0 })
    await runInDurableObject(directory, (_, { storage: { sql } }) => {
      const size = Math.ceil(JOURNAL_CHARS_MAX / 10)
      for (let n = 0; n < JOURNAL_LOOK_POSTS - 2; n += 1) writeJournals(sql, [packed(post())], Date.now())
      sql.exec('UPDATE journal SET bytes = ?', size)
      writeJournals(sql, [packed(post())], Date.now())
    })
    expect((await kept()).bodies).toBe(10)
  })

  test('[IN43] after a crash between commit and call the alarm tells the rooms', async () => {
    const { directory, drill } = await freshNamespace()
    await runInDurableObject(directory, (_, { storage }) => {
      const desk = new Desk(storage, `drill/${drill}`)
      desk.commit(() => take(desk, post(alertOf('orphan')), Date.now(), Date.now()))
    })
    expect(await directory.counters()).toMatchObject({ received: 1, pending: 1 })
    await evictDurableObject(directory)
    await runInDurableObject(directory, (instance: IncidentDirectory) => instance.alarm())
    expect(await settled(directory)).toMatchObject({ received: 1, attached: 1 })
    const { id } = await only(rows(directory))
    expect((await roomNamed(`drill/${drill}/${id}`).detail()).found).toBe(true)
  })

  test('[IN43] the alarm is set in the turn of the commit', async () => {
    const { directory } = await freshNamespace()
    const armed = await runInDurableObject(directory, async (instance: IncidentDirectory, { storage }) => {
      const taken = instance.intake(post(alertOf('armed')))
      const due = await storage.getAlarm()
      await taken
      return due
    })
    expect(armed).not.toBeNull()
  })

  test('[IN44] what nobody could read is kept, listed, counted, and cut where it is too long', async () => {
    const { directory } = await freshNamespace()
    const body = { intake: 'alertmanager', source: 'prometheus', contentType: 'text/plain', reason: 'not-json' }
    await directory.quarantine({ ...body, raw: '{oops' })
    await directory.quarantine({ ...body, raw: 'x'.repeat(QUARANTINE_CHARS_MAX + 1) })
    expect(await settled(directory)).toMatchObject({ received: 2, quarantined: 2 })
    const { items, next } = await directory.quarantined(null)
    expect(items.map(({ reason, raw, cut }) => [reason, raw.length, cut])).toEqual([
      ['not-json', QUARANTINE_CHARS_MAX, true],
      ['not-json', 5, false],
    ])
    expect(next).toBeNull()
  })

  test('[IN45] a directory with too long a backlog says overloaded and when to come again, and keeps nothing of it', async () => {
    const { directory } = await freshNamespace()
    await runInDurableObject(directory, (_, { storage }) => {
      storage.sql.exec(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
         INSERT INTO outbox (target, kind, body, items, units, due) SELECT 'inc_backlog', 'alerts', '{}', 1, 0, ? FROM n`,
        BACKLOG_ROWS_MAX,
        Date.now() + 3_600_000,
      )
    })
    expect(await directory.intake(post(alertOf('late')))).toMatchObject({
      ok: false,
      reason: 'overloaded',
      retryAfterS: 10,
    })
    expect(await directory.counters()).toMatchObject({ received: 0 })
  })

  test('[IN45] a failing storage keeps nothing of a post and says so', async () => {
    const { directory } = await freshNamespace()
    await runInDurableObject(directory, (_, { storage }) => {
      storage.sql.exec("CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    })
    expect(await directory.intake(post(alertOf('lost')))).toMatchObject({ ok: false, reason: 'storage' })
    expect(await directory.counters()).toMatchObject({ received: 0 })
    expect(await rows(directory)).toEqual([])
    await runInDurableObject(directory, (_, { storage }) => void storage.sql.exec('DROP TRIGGER full'))
    expect(await directory.intake(post(alertOf('lost')))).toMatchObject({ ok: true, received: 1, deduplicated: 0 })
    expect(await settled(directory)).toMatchObject({ attached: 1 })
  })

  test('[IN45] what a failed transaction opened is forgotten with it: the repeat opens its own incident', async () => {
    const { directory, drill } = await freshNamespace()
    const kinds = await runInDurableObject(directory, (_, { storage }) => {
      const desk = new Desk(storage, `drill/${drill}`)
      const attempt = (end: () => void) =>
        desk.commit(() => {
          take(desk, post(alertOf('twice')), Date.now(), Date.now())
          end()
        })
      expect(() =>
        attempt(() => {
          throw new Error('disk full')
        }),
      ).toThrow('disk full')
      attempt(() => undefined)
      return storage.sql.exec<{ kind: string }>('SELECT kind FROM outbox').toArray()
    })
    expect(kinds).toEqual([{ kind: 'open' }])
  })

  test('[IN46] a call that fails goes again as the same batch, later each time; a definite no is parked with its reason', async () => {
    const { directory } = await freshNamespace()
    const seen = await runInDurableObject(directory, (_, { storage: { sql } }) => {
      const wall = 1_000_000
      enqueue(sql, 'inc_target', { kind: 'alerts', alerts: [] }, 2, wall)
      const first = takeBatch(sql, 'inc_target', wall)
      enqueue(sql, 'inc_target', { kind: 'alerts', alerts: [] }, 1, wall)
      if (!first) throw new Error('no batch')
      postpone(sql, first, wall)
      const waits = takeBatch(sql, 'inc_target', wall + 499)
      const again = takeBatch(sql, 'inc_target', wall + 500)
      if (!again) throw new Error('no second try')
      postpone(sql, again, wall)
      const waitsLonger = takeBatch(sql, 'inc_target', wall + 999)
      park(sql, again, 'invalid-transition')
      return { first, waits, again, waitsLonger, parked: parked(sql), next: takeBatch(sql, 'inc_target', wall)?.id }
    })
    expect(seen.waits).toBeNull()
    expect(seen.again).toEqual(seen.first)
    expect(seen.waitsLonger).toBeNull()
    expect(seen.parked).toEqual([{ reason: 'invalid-transition', target: 'inc_target', units: 2 }])
    expect(seen.next).not.toBe(seen.first.id)
  })
})

function chunks<T>(items: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size))
}
