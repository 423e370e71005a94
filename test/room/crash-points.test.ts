import { expect, it } from 'vitest'
import { Kernel, type Submission } from '../../durable/room/kernel.ts'
import { pending } from '../../durable/room/outbox.ts'
import { tell } from '../sim/crash-points.ts'
import type { Decided } from '../sim/disk.ts'
import { eventsOf } from '../sim/disk.ts'
import { freshId, inside, roomNamed } from './opening.ts'

const PATIENCE_MS = 120_000

class Died extends Error {}

/** The same storage, whose every transaction is lost with the process just before it is committed. */
function dying(storage: DurableObjectStorage): DurableObjectStorage {
  return new Proxy(storage, {
    get: (target, name) => {
      if (name === 'transactionSync')
        return (work: () => unknown) =>
          target.transactionSync(() => {
            work()
            throw new Died()
          })
      const member: unknown = Reflect.get(target, name, target)
      return typeof member === 'function' ? (member.bind(target) as unknown) : member
    },
  })
}

it(
  '[AC184] the real kernel dies in and after each transaction of one incident, and holds the same log as the model',
  async () => {
    const { world } = await tell()
    const commands = world.shell.disk.commands.map((text) => JSON.parse(text) as Decided)
    const log = eventsOf(world.shell.disk)
    await inside(roomNamed(`live/${freshId()}`), (_, { storage }) => {
      const alive = (): Kernel => new Kernel(storage, () => {})
      alive().prepare(null)
      let committed = 0
      let deaths = 0
      const holds = (): void => {
        const { view } = alive().state
        expect([view.seq, view.hash]).toEqual([committed, log[committed - 1]?.hash ?? ''])
        deaths += 1
      }
      for (const { command, events, refused } of commands) {
        const { by, role, body, wall } = command
        const said: Submission = { id: `c-${deaths}`, by, role, body, settles: null }
        const waiting = pending(storage.sql).length
        for (let time = 1; time <= 2; time += 1) {
          expect(() => new Kernel(dying(storage), () => {}).submit(said, wall)).toThrow(Died)
          holds()
          expect(pending(storage.sql).length).toBe(waiting)
        }
        const answer = alive().submit(said, wall)
        expect([body.type, answer.ok ? null : answer.reason]).toEqual([body.type, refused])
        committed += events
        for (let time = 1; time <= 2; time += 1) {
          holds()
          // Asked again after it died, it has its first answer.
          expect(alive().submit(said, wall)).toEqual(answer)
        }
      }
      expect(committed).toBe(log.length)
      console.log(`${commands.length} transactions, ${deaths} deaths, ${committed} events as the model has them`)
    })
  },
  PATIENCE_MS,
)
