import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { describe, expect, test } from 'vitest'
import { FLAP_HOLD_MS } from '../../durable/core/correlate/flap.ts'
import { Desk } from '../../durable/directory/desk.ts'
import { INBOX_ROWS_MAX } from '../../durable/directory/inbox.ts'
import type { IncidentDirectory } from '../../durable/directory/index.ts'
import type { Alert, Catalogue, CorrelationRules, DrillClock } from '../../durable/protocol/domain.ts'
import { packed } from '../../durable/protocol/packed.ts'
import {
  alertOf,
  chain,
  type DirectoryStub,
  directoryNamed,
  freshNamespace,
  later,
  post,
  rows,
  settled,
  sumOf,
} from './directory.world.ts'
import { roomNamed } from './opening.ts'
import { until } from './socket.ts'

function withRules(correlation: CorrelationRules, services = ['checkout', 'db-proxy', 'search']): Catalogue {
  return { ...chain(services, false), correlation }
}

async function move(directory: DirectoryStub, clock: DrillClock, ms: number): Promise<void> {
  await directory.setClock(later(clock, ms))
  await runDurableObjectAlarm(directory)
}

async function timeline(drill: string, id: string) {
  const page = await roomNamed(`drill/${drill}/${id}`).events(0, 500)
  return (page?.events ?? []).map(({ body }) => body)
}

describe('the threshold of a service', () => {
  const two = withRules({ thresholds: [{ service: 'checkout', count: 2 }] })

  test('[NO3] alerts below it wait, pending and listed, and open one incident together when it is reached', async () => {
    const { directory, drill } = await freshNamespace(two)
    await directory.intake(post(alertOf('a')))
    await directory.intake(post(alertOf('a')))
    expect(await rows(directory)).toEqual([])
    expect(await directory.counters()).toMatchObject({ received: 2, pending: 1, deduplicated: 1, attached: 0 })
    expect((await directory.suppressed(null)).items).toMatchObject([
      { fingerprint: 'a', reason: 'below-threshold', by: '1 of 2', status: 'firing', incident: null },
    ])
    await directory.intake(post(alertOf('b')))
    expect(await settled(directory)).toEqual({
      received: 3,
      attached: 2,
      deduplicated: 1,
      suppressed: 0,
      quarantined: 0,
      pending: 0,
    })
    const [row, ...more] = await rows(directory)
    if (!row) throw new Error('no incident')
    expect(more).toEqual([])
    const attached = (await timeline(drill, row.id)).filter((body) => body.type === 'alert-attached')
    expect(attached.map(({ alert, reason }) => [alert.fingerprint, reason])).toEqual([
      ['b', 'new-alert'],
      ['a', 'same-service'],
    ])
    expect((await directory.suppressed(null)).items).toEqual([])
  })

  test('[NO3] an alert that ends below it has its end as suppressed, and stays listed', async () => {
    const { directory } = await freshNamespace(two)
    await directory.intake(post(alertOf('brief')))
    await directory.intake(post(alertOf('brief', { status: 'resolved', endsAt: 2_000 })))
    expect(await directory.counters()).toMatchObject({ received: 2, pending: 0, suppressed: 1, deduplicated: 1 })
    expect((await directory.intakeReasons()).suppressed).toEqual({ 'below-threshold': 1 })
    expect((await directory.suppressed(null)).items).toMatchObject([{ fingerprint: 'brief', status: 'resolved' }])
    await directory.intake(post(alertOf('other')))
    expect(await rows(directory)).toEqual([])
  })

  test('[NO4] a duration is reached by the alarm, with nobody saying anything again', async () => {
    const { directory, clock, wall } = await freshNamespace(
      withRules({ thresholds: [{ service: '*', durationMs: 60_000 }] }),
    )
    await directory.intake(post(alertOf('slow', { startsAt: wall })))
    await move(directory, clock, 30_000)
    expect(await rows(directory)).toEqual([])
    await evictDurableObject(directory)
    await move(directory, clock, 61_000)
    expect(await settled(directory)).toMatchObject({ received: 1, attached: 1 })
    expect(await rows(directory)).toHaveLength(1)
  })

  test('[NO3] less severe alerts never open, and join what is open', async () => {
    const { directory } = await freshNamespace(withRules({ thresholds: [{ service: '*', severity: 'error' }] }))
    await directory.intake(post(alertOf('mild', { severity: 'warning' })))
    expect(await rows(directory)).toEqual([])
    await directory.intake(post(alertOf('grave')))
    expect(await settled(directory)).toMatchObject({ received: 2, attached: 2 })
    expect(await rows(directory)).toHaveLength(1)
  })
})

describe('silences', () => {
  const silence = (wall: number, said = {}) => ({
    kind: 'silence' as const,
    matchers: [{ name: 'service', op: '=' as const, value: 'checkout' }],
    comment: 'known',
    startsAt: wall,
    endsAt: wall + 600_000,
    by: 'ada',
    ...said,
  })

  test('[NO6] what a silence matches is stored, counted suppressed and listed, and nobody is told', async () => {
    const { directory, wall } = await freshNamespace()
    const kept = await directory.silence(silence(wall - 1))
    if (!kept.ok) throw new Error(kept.reason)
    await directory.intake(post(alertOf('quiet'), alertOf('loud', { service: 'search' })))
    await directory.intake(post(alertOf('quiet')))
    expect(await settled(directory)).toMatchObject({ received: 3, attached: 1, suppressed: 1, deduplicated: 1 })
    expect((await directory.suppressed(null)).items).toMatchObject([
      { fingerprint: 'quiet', reason: 'silenced', by: kept.silence.id },
    ])
    expect((await rows(directory)).map(({ service }) => service)).toEqual(['search'])
  })

  test('[NO7] when it ends by time or by a person, what still fires comes through; what ended does not', async () => {
    for (const ended of ['by time', 'by a person']) {
      const { directory, clock, wall } = await freshNamespace()
      const kept = await directory.silence(silence(wall - 1, { kind: 'maintenance' }))
      if (!kept.ok) throw new Error(kept.reason)
      await directory.intake(post(alertOf('still'), alertOf('over')))
      await directory.intake(post(alertOf('over', { status: 'resolved', endsAt: 2_000 })))
      expect((await directory.intakeReasons()).suppressed).toEqual({ 'in-maintenance': 2 })
      await evictDurableObject(directory)
      if (ended === 'by a person') {
        expect(await directory.endSilence(kept.silence.id)).toBe(true)
        expect(await directory.endSilence(kept.silence.id)).toBe(false)
        await move(directory, clock, 1)
      } else await move(directory, clock, 601_000)
      await until(async () => (await rows(directory)).length === 1, `the incident, ended ${ended}`)
      const counters = await settled(directory)
      expect(counters).toMatchObject({ received: 3, suppressed: 2, deduplicated: 1, attached: 0 })
      expect(sumOf(counters)).toBe(3)
      expect((await directory.suppressed(null)).items.map(({ fingerprint }) => fingerprint)).toEqual(['over'])
    }
  })

  test('[NO7] what people know already stays with them: its end is told through a silence', async () => {
    const { directory, drill, wall } = await freshNamespace()
    await directory.intake(post(alertOf('known')))
    await settled(directory)
    await directory.silence(silence(wall - 1))
    await directory.intake(post(alertOf('known', { status: 'resolved', endsAt: 2_000 })))
    await settled(directory)
    const [row] = await rows(directory)
    await until(async () => {
      const answer = await roomNamed(`drill/${drill}/${row?.id}`).detail()
      return answer.found && answer.detail.alerts[0]?.status === 'resolved'
    }, 'the room heard of the end')
  })
})

describe('windows of the catalogue', () => {
  const at = (ms: number) => new Date(ms).toISOString()
  const planned = (wall: number, said = {}): Catalogue => ({
    ...chain(['checkout', 'search'], false),
    maintenance: [
      {
        name: 'upgrade',
        matchers: [{ name: 'service', value: 'checkout' }],
        comment: 'upgrade to 18',
        from: at(wall - 60_000),
        until: at(wall + 600_000),
        ...said,
      },
    ],
  })

  test('[CA42] hold back as silences do, in the name of the catalogue, and let through what still fires at their end', async () => {
    const { directory, clock } = await freshNamespace(planned(Date.now()))
    expect(await directory.silences()).toMatchObject([
      {
        id: 'win_upgrade',
        kind: 'maintenance',
        state: 'active',
        by: 'catalogue',
        from: 'catalogue',
        matchers: [{ op: '=' }],
      },
    ])
    await directory.intake(post(alertOf('quiet'), alertOf('loud', { service: 'search' })))
    expect(await settled(directory)).toMatchObject({ received: 2, attached: 1, suppressed: 1 })
    expect((await directory.suppressed(null)).items).toMatchObject([{ reason: 'in-maintenance', by: 'win_upgrade' }])
    expect(await directory.endSilence('win_upgrade')).toBe(false)
    const maintenance = async (target: string) =>
      (await directory.controls({ incident: 'inc_abcdef', target })).maintenance
    expect([await maintenance('checkout'), await maintenance('search')]).toEqual([['win_upgrade'], []])
    await evictDurableObject(directory)
    await move(directory, clock, 601_000)
    await until(async () => (await rows(directory)).length === 2, 'it came through')
    expect(await directory.silences()).toEqual([])
  })

  test('[CA42] each week again: what is held back stays held from one span to the next that touches it', async () => {
    const weekly = {
      days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
      from: '00:00',
      until: '00:00',
      zone: 'UTC',
    }
    const { directory, clock } = await freshNamespace(planned(0, { from: undefined, until: undefined, weekly }))
    await directory.intake(post(alertOf('quiet')))
    for (const days of [1, 2, 3]) {
      await move(directory, clock, days * 86_400_000)
      expect(await rows(directory)).toEqual([])
      expect((await directory.silences())[0]?.state).toBe('active')
    }
    expect(await settled(directory)).toMatchObject({ received: 1, suppressed: 1 })
  })

  test('[CA43] a catalogue that takes a window out lets through what it held back; one that keeps it does not', async () => {
    const live = directoryNamed('live')
    const wall = Date.now()
    const standing = await live.catalogue()
    const put = async (version: string, said: Partial<Catalogue>) => {
      const text = JSON.stringify({ ...standing, ...said, version })
      expect(await live.putCatalogue({ text, ifMatch: null, by: 'ada' })).toMatchObject({ ok: true })
    }
    const window = planned(wall).maintenance ?? []
    const shown = async () => (await rows(live)).filter(({ service }) => service === 'checkout')
    await put('windows-1', { maintenance: window })
    await live.intake(post(alertOf('window-held')))
    await put('windows-2', { maintenance: window.map((one) => ({ ...one, comment: 'longer' })) })
    await runDurableObjectAlarm(live)
    await settled(live)
    expect(await shown()).toEqual([])
    expect((await live.suppressed(null)).items).toMatchObject([{ by: 'win_upgrade' }])
    await put('windows-3', {})
    await until(async () => (await shown()).length === 1, 'it came through')
  })
})

describe('flapping', () => {
  test('[NO9] a flapping alert’s end is held back, said so in its room, and told when it lasted', async () => {
    const { directory, drill, clock, wall } = await freshNamespace()
    let at = wall
    const fire = () => directory.intake(post(alertOf('flap', { startsAt: (at += 10) })))
    const end = () => directory.intake(post(alertOf('flap', { status: 'resolved', startsAt: at, endsAt: (at += 10) })))
    for (let n = 0; n < 20; n += 1) {
      await fire()
      await end()
    }
    await settled(directory)
    const [row, ...more] = await rows(directory)
    if (!row) throw new Error('no incident')
    expect(more).toEqual([])
    const shown = async () => {
      const answer = await roomNamed(`drill/${drill}/${row.id}`).detail()
      return answer.found
        ? (answer.detail.alerts[0] as (Alert & { reason: string; matched?: string }) | undefined)
        : undefined
    }
    await until(async () => (await shown())?.reason === 'flapping', 'the room knows that it flaps')
    expect(await shown()).toMatchObject({ status: 'firing', matched: expect.stringContaining('of 21 changes') })
    expect((await directory.suppressed(null)).items).toMatchObject([
      { fingerprint: 'flap', reason: 'flapping', incident: row.id },
    ])
    const reopened = (await timeline(drill, row.id)).filter(({ type }) => type === 'incident-reopened').length
    await fire()
    await end()
    await move(directory, clock, FLAP_HOLD_MS - 60_000)
    expect(await shown()).toMatchObject({ status: 'firing' })
    await move(directory, clock, FLAP_HOLD_MS + 60_000)
    await until(async () => (await shown())?.status === 'resolved', 'the end was told')
    expect((await timeline(drill, row.id)).filter(({ type }) => type === 'incident-reopened')).toHaveLength(reopened)
    const counters = await settled(directory)
    expect(sumOf(counters)).toBe(counters.received)
  })
})

describe('a storm', () => {
  const services = Array.from({ length: 300 }, (_, n) => `lone-${n}`)

  test('[NO11] beyond so many new alerts a minute one incident gathers what belongs nowhere, nothing is dropped, and it ends', async () => {
    const { directory, clock } = await freshNamespace(withRules({ stormPerMinute: 10 }))
    await directory.intake(post(...services.slice(0, 15).map((service) => alertOf(service, { service }))))
    await settled(directory)
    expect(await directory.storm()).toMatchObject({ perMinute: 15 })
    await directory.intake(post(...services.slice(15, 60).map((service) => alertOf(service, { service }))))
    expect(await settled(directory)).toMatchObject({ received: 60, attached: 60 })
    const during = await rows(directory)
    expect(during).toHaveLength(11)
    expect(during.filter(({ title }) => title === 'Alert storm')).toHaveLength(1)
    await evictDurableObject(directory)
    expect(await directory.storm()).not.toBeNull()
    await move(directory, clock, 400_000)
    await directory.intake(post(alertOf('calm', { service: 'calm' })))
    await settled(directory)
    // The first look after a restart knows no rate: it ends when a whole minute was watched.
    await move(directory, clock, 500_000)
    await directory.intake(post(alertOf('calmer', { service: 'calmer' })))
    expect(await directory.storm()).toBeNull()
    await settled(directory)
    expect((await rows(directory)).map(({ title }) => title)).toContain('HighErrors on calmer')
  })

  test('[NO12] 1,000 alerts of 20 services in one post and one by one: all stored, at most 20 incidents, agents once each', async () => {
    const twenty = services.slice(0, 20)
    const { directory, drill } = await freshNamespace(chain(twenty, false))
    const alerts = Array.from({ length: 1_000 }, (_, n) => alertOf(`n-${n}`, { service: twenty[n % 20] ?? '' }))
    await Promise.all(alerts.slice(0, 300).map((one) => directory.intake(post(one))))
    await directory.intake(post(...alerts.slice(300)))
    expect(await settled(directory)).toMatchObject({ received: 1_000, attached: 1_000 })
    const open = await rows(directory)
    expect(open).toHaveLength(20)
    for (const { id } of open.slice(0, 3)) {
      await until(async () => {
        const runs = (await timeline(drill, id)).filter((body) => body.type === 'agent-started')
        return runs.length > 0
      }, 'the agents began')
      const runs = (await timeline(drill, id)).filter(
        (body) => body.type === 'agent-started' && body.agent === 'detection',
      )
      expect(runs).toHaveLength(1)
    }
  })
})

describe('many posts at once', () => {
  test('[IN100] posts that come during a flush go in one transaction; a poisoned one among 64 harms none', async () => {
    const { directory } = await freshNamespace()
    const receipts = await runInDurableObject(directory, async (instance: IncidentDirectory, { storage }) => {
      storage.sql.exec(
        `CREATE TRIGGER poison BEFORE INSERT ON journal WHEN NEW.body LIKE '%poisoned%'
         BEGIN SELECT RAISE(ABORT, 'cannot be stored'); END`,
      )
      return Promise.all(
        Array.from({ length: 64 }, (_, n) => instance.intake(post(alertOf(n === 40 ? 'poisoned' : `fine-${n}`)))),
      )
    })
    expect(receipts.filter((receipt) => receipt.ok && receipt.quarantined === undefined)).toHaveLength(63)
    expect(receipts[40]).toMatchObject({ ok: true, quarantined: 'not-storable' })
    expect(await settled(directory)).toMatchObject({ received: 64, attached: 63, quarantined: 1 })
    expect((await directory.quarantined(null)).items).toMatchObject([{ reason: 'not-storable' }])
  })

  test('[IN101] what was stored and not judged is judged after a crash, once, in its order', async () => {
    const { directory, drill } = await freshNamespace()
    const alerts = Array.from({ length: 150 }, (_, n) => alertOf(`late-${n}`))
    await runInDurableObject(directory, async (_, { storage }) => {
      const { store } = await import('../../durable/directory/inbox.ts')
      const desk = new Desk(storage, `drill/${drill}`)
      desk.commit(() => store(desk, [packed(post(...alerts))], Date.now()))
    })
    expect(await directory.counters()).toMatchObject({ received: 150, pending: 150 })
    await evictDurableObject(directory)
    await runInDurableObject(directory, (instance: IncidentDirectory) => instance.alarm())
    expect(await settled(directory)).toMatchObject({ received: 150, attached: 150 })
    expect(await rows(directory)).toHaveLength(1)
  })

  test('[IN101] with too much stored and not judged posts are refused as overloaded, and nothing of them is kept', async () => {
    const { directory } = await freshNamespace()
    await runInDurableObject(directory, (_, { storage }) => {
      storage.sql.exec(
        "INSERT INTO inbox (id, journal, units, alerts) VALUES (1, 0, 0, '[]'), (?, 0, 0, '[]')",
        INBOX_ROWS_MAX + 1,
      )
    })
    expect(await directory.intake(post(alertOf('late')))).toMatchObject({ ok: false, reason: 'overloaded' })
    expect(await directory.counters()).toMatchObject({ received: 0 })
  })

  test('[IN101] a stored piece that cannot be judged is set aside with its count, and the others go on', async () => {
    const { directory } = await freshNamespace()
    await runInDurableObject(directory, (_, { storage }) => {
      storage.sql.exec(
        `CREATE TRIGGER poison BEFORE INSERT ON alert WHEN NEW.fingerprint = 'n-70'
         BEGIN SELECT RAISE(ABORT, 'cannot be merged'); END`,
      )
    })
    await directory.intake(post(...Array.from({ length: 100 }, (_, n) => alertOf(`n-${n}`))))
    const counters = await settled(directory)
    expect(counters).toMatchObject({ received: 100, attached: 64, quarantined: 36 })
    expect(sumOf(counters)).toBe(100)
  })
})
