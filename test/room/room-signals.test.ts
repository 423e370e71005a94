import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { SeriesKey, SignalReading, Verification } from '../../durable/protocol/domain.ts'
import type { TelemetrySeries } from '../../durable/protocol/objects.ts'
import { Kernel } from '../../durable/room/kernel.ts'
import { Peers } from '../../durable/room/peers.ts'
import { placeOf } from '../../durable/room/places.ts'
import { Signer } from '../../durable/room/signer.ts'
import { readSignals, readStep } from '../../durable/room/signals.ts'
import { inside, openRoom, quiet, type RoomStub } from './opening.ts'

const errors: SeriesKey = { source: 'prometheus', service: 'checkout', name: 'errors', peer: null }

type Window = Pick<Verification, 'settleAt' | 'until'>

/** A room with a proposal of a person in it. */
async function decidedRoom(): Promise<RoomStub> {
  const { room } = await openRoom()
  const answer = await room.order({
    cmd: 'own',
    name: 'ada',
    role: 'commander',
    command: {
      type: 'decide-myself',
      runbook: 'rb-raise-pool',
      target: 'db-proxy',
      parameters: { limit: 60 },
      confirm: 'db-proxy',
      passed: ['data-fresh', 'preconditions-hold'],
      reason: 'the pool is exhausted',
    },
  })
  if (!answer.ok) throw new Error(answer.reason)
  await quiet(room)
  return room
}

async function observe(samples: [number, number][], name = errors.name): Promise<void> {
  const monitor = env.MONITOR.getByName('live/checkout') as unknown as {
    ingest(post: { source: string; series: TelemetrySeries[] }): Promise<unknown>
  }
  const { service, peer } = errors
  const series: TelemetrySeries = {
    service,
    name,
    peer,
    role: 'errors',
    unit: '',
    limit: null,
    breach: 'above',
    samples,
  }
  await monitor.ingest({ source: errors.source, series: [series] })
}

/** One reading of one series, judged after `settleAt`, in a window that ends at `until`. */
function read(room: RoomStub, series: SeriesKey, window: Window): Promise<Omit<SignalReading, 'judged'> | undefined> {
  return inside(room, async (_, { storage }) => {
    const kernel = new Kernel(storage, () => {})
    const place = placeOf(kernel, storage.sql, new Peers(env, 'live'), env, Date.now(), () => {}, new Signer())
    const proposal = structuredClone(kernel.state.view.proposals[0])
    if (!proposal) throw new Error('no proposal')
    proposal.verification = { startedAt: 0, ...window, readings: [], end: null, endedAt: null }
    proposal.body.plan.verify.signals = [
      { kind: 'series', series, direction: 'up', baseline: 0, recoveredAt: 1, worseAt: 9 },
    ]
    const said = await readSignals({ ...place, claim: () => Promise.resolve() }, proposal)
    return said?.type === 'sample-verification' ? said.readings[0] : undefined
  })
}

/** What one verify step on this token of the symptom's service sees. */
function readOf(room: RoomStub, signal: string): Promise<{ value: number | null; at: number | null } | null> {
  return inside(room, async (_, { storage }) => {
    const kernel = new Kernel(storage, () => {})
    const place = placeOf(kernel, storage.sql, new Peers(env, 'live'), env, Date.now(), () => {}, new Signer())
    const proposal = structuredClone(kernel.state.view.proposals[0])
    if (!proposal) throw new Error('no proposal')
    const when = { of: 'symptom', signal, is: 'below', value: 1 } as const
    proposal.body.plan.steps = [{ kind: 'verify', id: 'calm', when, withinMs: 60_000 }]
    const said = await readStep({ ...place, claim: () => Promise.resolve() }, proposal, 'calm')
    return said?.type === 'read-step' ? { value: said.value, at: said.at } : null
  })
}

describe('reading what a step waits for', () => {
  it('[AC228] the newest fresh level of the first series whose name has the token; without one there is none', async () => {
    const room = await decidedRoom()
    const now = Date.now()
    const seen = (from: number, value: number): [number, number][] =>
      Array.from({ length: 30 }, (_, second) => [from + second * 1_000, value])
    await observe(seen(now - 30_000, 7), 'step_queue_b')
    await observe(seen(now - 30_000, 3), 'step_queue_a')
    await observe(seen(now - 300_000, 9), 'step_idle')
    expect(await readOf(room, 'STEP_queue')).toMatchObject({ value: 3 })
    expect(await readOf(room, 'step_idle')).toEqual({ value: null, at: null })
    expect(await readOf(room, 'nobody_observes_this')).toEqual({ value: null, at: null })
  })
})

describe('reading the signals', () => {
  it('[AC55] the last reading of a window waits for samples that are on their way', async () => {
    const room = await decidedRoom()
    const now = Date.now()
    await observe(Array.from({ length: 60 }, (_, second) => [now - 70_000 + second * 1_000, 5]))
    const late = read(room, errors, { settleAt: now - 5_000, until: now - 1 })
    await new Promise((resolve) => setTimeout(resolve, 400))
    await observe(Array.from({ length: 10 }, (_, second) => [now - 9_000 + second * 1_000, 0.5]))
    const reading = await late
    expect(reading?.value).toBe(0.5)
    expect(reading?.at).toBeGreaterThanOrEqual(now - 5_000)
  })

  it('[AC56] a signal without a fresh sample has no value; one that nobody observes has no time either', async () => {
    const room = await decidedRoom()
    const window = { settleAt: 0, until: Date.now() + 60_000 }
    const now = Date.now()
    const stale = { ...errors, name: 'errors_long_ago' }
    await observe(
      Array.from({ length: 60 }, (_, second) => [now - 200_000 + second * 1_000, 5]),
      stale.name,
    )
    const old = await read(room, stale, window)
    expect(old?.value).toBeNull()
    expect(old?.at).toBeLessThan(now - 60_000)
    expect(await read(room, { ...errors, name: 'nobody_observes_this' }, window)).toEqual({
      signal: 0,
      value: null,
      at: null,
    })
  })
})
