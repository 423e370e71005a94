import { expect, test } from 'vitest'
import type { EventBody } from '../../durable/protocol/events.ts'
import { eventsOf } from './disk.ts'
import { World } from './world.ts'

/** Worlds that are looked into: enough that each control has stopped something in one of them. */
const SEEDS = 60
const PATIENCE_MS = 300_000

test(
  '[AC130] switches, freezes and dry run come at any time, every law holds, and each of them stopped something',
  () => {
    const bodies: EventBody[] = []
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const world = new World(seed).play()
      bodies.push(...eventsOf(world.shell.disk).map(({ body }) => body))
    }
    const reasons = bodies.flatMap((body) =>
      body.type === 'proposal-moved' && (body.status === 'revoked' || body.status === 'refused') ? [body.reason] : [],
    )
    const count = (holds: (reason: string) => boolean) => reasons.filter(holds).length
    const stopped = {
      byFreeze: count((reason) => reason.startsWith('frozen:')),
      byService: count((reason) => reason === 'kill-switch-on:service'),
      unreadable: count((reason) => reason === 'kill-switch-unreadable'),
      dry: bodies.filter(({ type }) => type === 'dry-run-started').length,
      shown: bodies.filter(({ type }) => type === 'dry-run-reported').length,
    }
    console.log(`${SEEDS} worlds: ${JSON.stringify(stopped)}`)
    for (const [what, n] of Object.entries(stopped)) expect([what, n > 0]).toEqual([what, true])
  },
  PATIENCE_MS,
)
