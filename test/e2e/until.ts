import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 50

/**
 * Asks until the answer is not null and gives it back; a question that throws counts as null. Throws after `withinMs`
 * with what was awaited and the last error.
 */
export async function until<T>(what: string, withinMs: number, ask: () => Promise<T | null> | T | null): Promise<T> {
  const giveUpAt = performance.now() + withinMs
  let last = ''
  for (;;) {
    try {
      const answer = await ask()
      if (answer !== null) return answer
    } catch (error) {
      last = ` (${String(error)})`
    }
    if (performance.now() > giveUpAt) throw new Error(`not within ${withinMs} ms: ${what}${last}`)
    await sleep(POLL_MS)
  }
}
