import { createHash } from 'node:crypto'
import { env } from 'cloudflare:workers'
import type { DrillNamespace } from '../../durable/protocol/objects.ts'
import type { Bindings } from '../../worker/env.ts'

/** A token of the form that a stage makes; its chance is that of the drill's name here. */
export function tokenFor(drill: string, source: string): string {
  return `ict_${drill.slice('drl_'.length)}_${source}_${createHash('sha256').update(`${drill}/${source}`).digest('hex')}`
}

/** Opens a drill's namespace as its stage does, with the live catalogue, and answers the token of one source. */
export async function openDrill(drill: string, source: string, startedAt: number = Date.now()): Promise<string> {
  const bindings = env as unknown as Bindings
  const token = tokenFor(drill, source)
  const directory = bindings.DIRECTORY.getByName(`drill/${drill}`) as unknown as {
    openNamespace(namespace: DrillNamespace): Promise<void>
  }
  await directory.openNamespace({
    drill,
    catalogue: await bindings.DIRECTORY.getByName('live').catalogue(),
    clock: { startedAt, startedWall: Date.now(), speed: 1, pausedMs: 0, pausedSinceWall: null },
    tokens: { [createHash('sha256').update(token).digest('hex')]: source },
  })
  return token
}
