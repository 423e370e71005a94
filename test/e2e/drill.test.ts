import { afterAll, beforeAll, expect, test } from 'vitest'
import { canonical } from '../../durable/protocol/canonical.ts'
import type { HistoryRow, Page } from '../../durable/protocol/objects.ts'
import { incidentDetail } from '../../durable/protocol/rows.ts'
import { emptyView, project } from '../../durable/protocol/view.ts'
import { scenarioNamed } from '../../scenarios/index.ts'
import { type Api, apiOf } from './api.ts'
import { PROPOSAL_MS_MAX, approve, awaitProposal, awaitVerified, finish, startDrill } from './play.ts'
import { type Server, removeFolder, startServer } from './server.ts'

let server: Server
let api: Api
beforeAll(async () => {
  server = await startServer()
  api = apiOf(server.url)
})
afterAll(async () => {
  await server.stop()
  removeFolder(server.state)
})

test('[GR7] a drill goes from alert to history by API alone, and what its truth calls unsafe never runs', async () => {
  const { incident, openedMs, startedAt } = await startDrill(api)
  const proposal = await awaitProposal(api, incident)
  const proposedMs = performance.now() - startedAt
  console.log(`open after ${Math.round(openedMs)} ms, proposed after ${Math.round(proposedMs)} ms of wall time`)
  expect(proposedMs).toBeLessThan(PROPOSAL_MS_MAX)
  expect(proposal.votes.filter((vote) => vote.vote === 'support' && vote.void === null).length).toBeGreaterThanOrEqual(
    3,
  )
  expect(proposal.gate.passes).toBe(true)

  await approve(api, incident, proposal)
  const verified = await awaitVerified(api, incident, proposal.id)
  expect(verified.proposal?.verification?.end).toBe('recovered')
  const archived = await finish(api, incident)

  const events = await api.events(incident)
  const ran = events.filter((event) => event.body.type === 'execution-started')
  expect(ran).toHaveLength(1)
  const truth = scenarioNamed('database-cascade')?.begin(1).truth
  const { type, target } = proposal.action
  expect(truth?.acceptable).toContainEqual({ type, target })
  expect(truth?.unsafe.some((unsafe) => unsafe.type === type && unsafe.target === target)).toBe(false)
  expect(await api.chain(incident)).toMatchObject({ ok: true })
  // The archive holds the log to its close and names its head; that it was archived is a later event of the room.
  expect(events[archived.seq - 1]?.hash).toBe(archived.chainHead)
  expect(events.slice(archived.seq).map(({ body }) => body.type)).toContain('incident-archived')
  expect(events.slice(0, archived.seq).map(({ body }) => body.type)).toContain('incident-closed')
})

test('[GR26] the log read by API folds, in another process, to the very incident that the server shows', async () => {
  const [row] = (await api.get<Page<HistoryRow>>('/api/v1/history?drill=true')).items
  const id = row?.id ?? ''
  const view = emptyView()
  for (const event of await api.events(id)) project(view, event)
  expect(canonical(incidentDetail(view))).toBe(canonical(await api.detail(id)))
})

test('[GR8] a drill stays out of the real lists, and a real alert for its service opens a real incident', async () => {
  const { incident } = await startDrill(api, { seed: 2 })
  const { service } = await api.detail(incident)
  expect(await api.incidents()).toEqual([])
  const labels = { alertname: 'Real', service, severity: 'critical', drill: 'true' }
  await api.post('/api/v2/alerts', [{ labels, annotations: { summary: 'this is a drill' } }])
  const rows = await api.incidents()
  expect(rows).toMatchObject([{ service, drill: null, state: 'triggered' }])
  expect((await api.incidents('drill=true')).map((row) => row.id)).not.toContain(rows[0]?.id)
})
