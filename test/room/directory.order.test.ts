import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Desk } from '../../durable/directory/desk.ts'
import { take } from '../../durable/directory/intake.ts'
import type { IncidentDirectory } from '../../durable/directory/index.ts'
import type { Alert } from '../../durable/protocol/domain.ts'
import { type DirectoryStub, alertOf, freshNamespace, post, settled } from './directory.world.ts'
import { roomNamed } from './opening.ts'

type Said = ReturnType<typeof alertOf>

const message: fc.Arbitrary<Said> = fc
  .record({
    fingerprint: fc.constantFrom('a', 'b', 'c'),
    status: fc.constantFrom('firing' as const, 'resolved' as const),
    startsAt: fc.integer({ min: 1, max: 6 }),
    length: fc.integer({ min: 0, max: 3 }),
    severity: fc.constantFrom('critical' as const, 'warning' as const),
  })
  .map(({ fingerprint, status, startsAt, length, severity }) => {
    const endsAt = status === 'resolved' ? startsAt + length : null
    return alertOf(fingerprint, {
      status,
      startsAt,
      endsAt,
      severity,
      service: fingerprint === 'c' ? 'search' : 'checkout',
    })
  })

const storm = fc.array(message, { minLength: 1, maxLength: 10 }).chain((messages) =>
  fc.record({
    messages: fc.constant(messages),
    again: fc.shuffledSubarray([...messages, ...messages], { minLength: messages.length * 2 }),
    size: fc.integer({ min: 1, max: 4 }),
    crashes: fc.infiniteStream(fc.constantFrom('none', 'before-call', 'evict')),
  }),
)

/** A post whose directory dies after the commit, before any room is called; the alarm finds the rows. */
async function takeAndDie(directory: DirectoryStub, drill: string, alerts: Said[]): Promise<void> {
  await runInDurableObject(directory, (_, { storage }) => {
    const desk = new Desk(storage, `drill/${drill}`)
    desk.commit(() => take(desk, post(...alerts), Date.now(), Date.now()))
  })
  await evictDurableObject(directory)
}

async function states(directory: DirectoryStub): Promise<Record<string, unknown>> {
  return runInDurableObject(directory, (_, { storage }) =>
    Object.fromEntries(
      storage.sql
        .exec<{ fingerprint: string; state: string }>('SELECT fingerprint, state FROM alert ORDER BY fingerprint')
        .toArray()
        .map(({ fingerprint, state }) => [fingerprint, JSON.parse(state) as unknown]),
    ),
  )
}

/** Each alert as its directory believes it was told, with the incident it belongs to. */
async function told(directory: DirectoryStub): Promise<{ incident: string; alert: Alert }[]> {
  return runInDurableObject(directory, (_, { storage }) =>
    storage.sql
      .exec<{ incident: string; told: string }>('SELECT incident, told FROM alert WHERE told IS NOT NULL')
      .toArray()
      .map((row) => ({ incident: row.incident, alert: JSON.parse(row.told) as Alert })),
  )
}

test('[IN36] doubled, shuffled and in other batches, with crashes in between: the same states, sums that add up, rooms that agree', async () => {
  for (const { messages, again, size, crashes } of fc.sample(storm, { numRuns: 15, seed: 83_609 })) {
    const plain = await freshNamespace()
    for (const one of messages) await plain.directory.intake(post(one))
    const wild = await freshNamespace()
    for (let n = 0; n < again.length; n += size) {
      const some = again.slice(n, n + size)
      const crash = crashes.next().value
      if (crash === 'before-call') await takeAndDie(wild.directory, wild.drill, some)
      else await wild.directory.intake(post(...some))
      if (crash === 'evict') await evictDurableObject(wild.directory)
    }
    await runInDurableObject(wild.directory, (instance: IncidentDirectory) => instance.alarm())
    expect(await states(wild.directory)).toEqual(await states(plain.directory))
    const counters = await settled(wild.directory)
    expect(counters).toMatchObject({ received: again.length, pending: 0 })
    for (const { incident, alert } of await told(wild.directory)) {
      const answer = await roomNamed(`drill/${wild.drill}/${incident}`).detail()
      const shown = answer.found
        ? answer.detail.alerts.find(({ fingerprint }) => fingerprint === alert.fingerprint)
        : null
      expect(shown).toMatchObject({ status: alert.status, startsAt: alert.startsAt, endsAt: alert.endsAt })
    }
  }
})

test('[NO13] 1,000 small sets, each replayed three times shuffled: no new incident, no new word for a room, the same states', async () => {
  const { directory, drill } = await freshNamespace()
  const firing = message.map((said) => ({ ...said, status: 'firing' as const, endsAt: null }))
  const replay = fc
    .uniqueArray(firing, { minLength: 1, maxLength: 4, selector: ({ fingerprint }) => fingerprint })
    .chain((set) =>
      fc.record({
        set: fc.constant(set),
        again: fc.shuffledSubarray([...set, ...set, ...set], { minLength: set.length * 3 }),
        size: fc.integer({ min: 1, max: 5 }),
      }),
    )
  const runs = fc.sample(replay, { numRuns: 1_000, seed: 83_609 })
  const differences = await runInDurableObject(directory, (_, { storage }) => {
    const desk = new Desk(storage, `drill/${drill}`)
    const look = () => ({
      incidents: storage.sql.exec('SELECT id FROM incident ORDER BY id').toArray(),
      mail: storage.sql.exec('SELECT COUNT(*) AS n FROM outbox').toArray(),
      states: storage.sql.exec('SELECT source, fingerprint, state, told, incident FROM alert ORDER BY 1, 2').toArray(),
    })
    const found: string[] = []
    for (const { set, again, size } of runs) {
      const undone = () =>
        desk.commit(() => {
          take(desk, post(...set), Date.now(), Date.now())
          const before = look()
          for (let n = 0; n < again.length; n += size)
            take(desk, post(...again.slice(n, n + size)), Date.now(), Date.now())
          const after = look()
          throw new Error(JSON.stringify(before) === JSON.stringify(after) ? 'same' : JSON.stringify({ before, after }))
        })
      try {
        undone()
      } catch (end) {
        if (end instanceof Error && end.message !== 'same') found.push(end.message)
      }
    }
    return found
  })
  expect(differences).toEqual([])
})
