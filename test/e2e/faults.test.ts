import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { serve } from '../load/serving.ts'
import { type Api, apiOf } from './api.ts'
import { approve, awaitProposal, awaitVerified, finish, startDrill } from './play.ts'
import { type Server, freePort, removeFolder, tempFolder } from './server.ts'
import { until } from './until.ts'

/** With the variant `slow-answer` an action takes effect 2 s after the call and answers 2 s after that. */
const CASES = [
  { when: 'killed right after the approval', variant: 'slow-answer', killAfterMs: 0, awaitStart: false },
  { when: 'killed after the call, before its effect', variant: 'slow-answer', killAfterMs: 1_000, awaitStart: true },
  { when: 'killed after the effect, before its answer', variant: 'slow-answer', killAfterMs: 3_000, awaitStart: true },
  {
    when: 'no answer until the timeout',
    variant: 'answer-withheld',
    killAfterMs: null,
    awaitStart: true,
  },
]

test.each(CASES)('[GR19] $when: the action runs once, the incident ends', async (fault) => {
  const port = await freePort()
  const state = tempFolder('fault')
  let server = await serve('product', { port, state })
  const api = apiOf(server.url)
  const { incident } = await startDrill(api, { variant: fault.variant })
  const proposal = await awaitProposal(api, incident)
  await approve(api, incident, proposal)
  if (fault.awaitStart) await untilStarted(api, incident)
  if (fault.killAfterMs !== null) {
    await sleep(fault.killAfterMs)
    await server.kill()
    server = await serve('product', { port, state })
  }

  const ended = await awaitVerified(api, incident, proposal.id)
  expect(ended.proposal?.verification?.end).toBe('recovered')
  await finish(api, incident)
  const events = await api.events(incident)
  expect(events.filter(({ body }) => body.type === 'execution-started')).toHaveLength(1)
  expect(await api.chain(incident)).toMatchObject({ ok: true })
  await stopAndCount(server, state)
  removeFolder(state)
})

async function untilStarted(api: Api, incident: string): Promise<void> {
  await until('the execution has started', 30_000, async () =>
    (await api.events(incident)).some(({ body }) => body.type === 'execution-started') ? true : null,
  )
}

/** What the endpoint itself has in its book, read from its store on disk: one order, carried out. */
async function stopAndCount(server: Server, state: string): Promise<void> {
  await server.kill()
  const carriedOut = storesIn(state).flatMap((file) => {
    const store = new DatabaseSync(file)
    const isStage = store.prepare("SELECT 1 FROM sqlite_master WHERE name = 'action'").get() !== undefined
    const rows = isStage ? store.prepare('SELECT state FROM action').all() : []
    store.close()
    return rows.map((row) => row['state'])
  })
  expect(carriedOut).toEqual(['applied'])
}

function storesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.sqlite'))
    .map((name) => join(folder, name))
}
