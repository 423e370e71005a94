import { setTimeout as sleep } from 'node:timers/promises'
import { type Server, freePort, removeFolder, tempFolder } from '../e2e/server.ts'
import { serve } from '../load/serving.ts'
import { startWriters } from './writers.ts'

/** A kill comes this long after the server answers: early ones hit the start, late ones hit full load. */
const ALIVE_MS = [300, 450, 600, 800, 1_000]

export interface CrashRun {
  acknowledged: Set<string>
  server: Server
  /** stops the last server and removes its state. */
  end(): Promise<void>
}

/**
 * Kills the whole server `rounds` times under `writers` concurrent writers and gives back what they were told is
 * stored, with a server on the state that is left.
 */
export async function crashRounds(what: string, rounds: number, writers: number): Promise<CrashRun> {
  const port = await freePort()
  const state = tempFolder('crash')
  const first = await serve(what, { port, state })
  const load = startWriters(first.url, writers)
  let server = first
  for (let round = 0; round < rounds; round += 1) {
    await sleep(ALIVE_MS[round % ALIVE_MS.length])
    await server.kill()
    server = await serve(what, { port, state })
  }
  await load.stop()
  // Only a crash loses what sat in memory; the last one must come after the last acknowledgement.
  await server.kill()
  server = await serve(what, { port, state })
  return {
    acknowledged: load.acknowledged,
    server,
    async end() {
      await server.kill()
      removeFolder(state)
    },
  }
}
