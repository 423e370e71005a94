import type { Call } from './call.ts'
import type { Reached } from './clients.ts'

/** A fake of one's own, reached by HTTP alone: for tests inside workerd, of which several files run at once. */
export interface World extends Reached {
  /** Throws with what is wrong where the script says what AWS would not. */
  script: (script: unknown) => Promise<void>
  calls: () => Promise<Call[]>
  forget: () => Promise<void>
}

export async function world(beside: Pick<Reached, 'url'>): Promise<World> {
  const made = (await (await fetch(`${beside.url}/__fake/worlds`, { method: 'POST' })).json()) as Reached
  return {
    ...made,
    script: async (script) => {
      const response = await fetch(`${made.url}/__fake/script`, { method: 'PUT', body: JSON.stringify(script) })
      if (!response.ok) throw new Error(await response.text())
    },
    calls: async () => {
      const { calls } = (await (await fetch(`${made.url}/__fake/calls`)).json()) as { calls: Call[] }
      return calls
    },
    forget: async () => {
      await fetch(`${made.url}/__fake/calls`, { method: 'DELETE' })
    },
  }
}
