import { describe, expect, test } from 'vitest'
import type { EventBody } from '../../durable/protocol/events.ts'
import { type Deaths, type Told, tell } from './crash-points.ts'
import { eventsOf } from './disk.ts'

const PATIENCE_MS = 300_000

const bodies = ({ world }: Told): EventBody[] => eventsOf(world.shell.disk).map(({ body }) => body)

/** Acting calls and rollbacks that reached the world, most of any one approval. */
function mostCalls({ world }: Told, undo: boolean): number {
  const calls = world.driver.received.filter((call) => (call.undo ?? false) === undo)
  const counts = calls.map(({ proposal }) => calls.filter((other) => other.proposal === proposal).length)
  return Math.max(0, ...counts, ...world.driver.effects.values())
}

describe('a room that dies at each boundary of one incident', () => {
  test('[AC180] the incident goes all the way: worse, taken back, retried, recovered, resolved, closed, archived', async () => {
    const told = await tell()
    const way = bodies(told).flatMap((body) => {
      if (body.type === 'verification-ended') return [body.end]
      if (body.type === 'ballot-closed') return body.outcome === 'carried' ? ['carried'] : []
      return WAY.has(body.type) ? [body.type] : []
    })
    expect(way.join(', ')).toBe(
      'carried, decision-recorded, execution-started, worse, undo-started, ' +
        'carried, decision-recorded, execution-started, recovered, ' +
        'incident-resolved, incident-closed, incident-archived',
    )
    expect(told.deaths).toBe(0)
  })

  test.each(['once', 'again'] as const satisfies readonly Deaths[])(
    '[AC180] dying there %s: at most one execution an approval, nothing answered is lost, and it ends',
    async (how) => {
      const { points } = await tell()
      const wrong: string[] = []
      const ends = { recovered: 0, deaths: 0 }
      for (const [number, where] of points.entries()) {
        const says = (what: string): void => void wrong.push(`boundary ${number}, ${where}: ${what}`)
        const told = await tell(number, how).catch((error: unknown) => says(String(error)))
        if (!told) continue
        if (told.deaths < (how === 'once' ? 1 : 2)) says(`it died ${told.deaths} times`)
        if (mostCalls(told, false) > 1) says('an action ran twice')
        if (mostCalls(told, true) > 1) says('a rollback ran twice')
        ends.deaths += told.deaths
        ends.recovered += bodies(told).some((body) => body.type === 'verification-ended' && body.end === 'recovered')
          ? 1
          : 0
      }
      console.log(
        `${points.length} boundaries, ${ends.deaths} deaths (${how}), ${ends.recovered} recovered all the same`,
      )
      expect(wrong).toEqual([])
      expect(points.length).toBeGreaterThan(300)
    },
    PATIENCE_MS,
  )

  test('[AC181] a claim that comes after the call is seen: some boundary then lets an action run twice', async () => {
    const { points } = await tell()
    const seen: string[] = []
    for (const [number, where] of points.entries()) {
      if (!where.includes('call-driver') && !where.includes('answer-')) continue
      await tell(number, 'once', { claimAfterCall: true }).catch((error: unknown) => seen.push(String(error)))
    }
    expect(seen.some((text) => text.includes('no-double-execution'))).toBe(true)
  })
})

const WAY: ReadonlySet<EventBody['type']> = new Set([
  'decision-recorded',
  'execution-started',
  'undo-started',
  'incident-resolved',
  'incident-closed',
  'incident-archived',
])
