import { scenarioNamed } from '../../scenarios/index.ts'
import type { Emission } from '../../scenarios/scenario.ts'
import type { DrillRow } from '../../durable/protocol/objects.ts'
import { type Api, apiOf } from '../e2e/api.ts'
import { removeFolder } from '../e2e/server.ts'
import { until } from '../e2e/until.ts'
import { joinLobby } from '../load/lobby.ts'
import { serve } from '../load/serving.ts'

const STORY = 'database-cascade'
/** Longer than the product promises; a proposal that never comes is an error, not a slow figure. */
const PROPOSAL_MS_MAX = 90_000

/** Drills at speed 60, one after another: wall milliseconds until a proposal awaits a person. */
export async function drillToProposal(
  url: string,
  count: number,
): Promise<{ fromStart: number[]; fromAlert: number[] }> {
  const api = apiOf(url)
  const opened = new Map<string, number>()
  const proposed = new Map<string, number>()
  const lobby = await joinLobby(url, true, (row) => {
    if (row.drill === null) return
    if (!opened.has(row.drill)) opened.set(row.drill, performance.now())
    if (row.proposal?.status === 'awaiting-approval' && !proposed.has(row.drill))
      proposed.set(row.drill, performance.now())
  })
  const figures = { fromStart: [] as number[], fromAlert: [] as number[] }
  for (let seed = 1; seed <= count; seed += 1) {
    const startedAt = performance.now()
    const { id } = await api.post<DrillRow>('/api/v1/drills', { scenario: STORY, seed, speed: 60 })
    const at = await until('a proposal awaits approval', PROPOSAL_MS_MAX, () => proposed.get(id) ?? null)
    figures.fromStart.push(at - startedAt)
    figures.fromAlert.push(at - (opened.get(id) ?? at))
    await api.post(`/api/v1/drills/${id}/stop`, {})
  }
  lobby.end()
  return figures
}

/**
 * The story's telemetry posted as a live system's, with its times moved to end now, then its first alert: milliseconds
 * until all five agents have answered. Each run has a server of its own: the sample catalogue knows each service once.
 */
export async function liveToAnswer(count: number): Promise<number[]> {
  const figures: number[] = []
  for (let seed = 1; seed <= count; seed += 1) {
    const server = await serve('product')
    try {
      figures.push(await liveOnce(apiOf(server.url), seed))
    } finally {
      await server.kill()
      removeFolder(server.state)
    }
  }
  return figures
}

async function liveOnce(api: Api, seed: number): Promise<number> {
  const { emissions, alert } = untilFirstAlert(seed)
  for (const emission of emissions) {
    if (emission.series.length > 0) await api.post('/api/v1/telemetry', { series: emission.series })
    if (emission.changes.length > 0) await api.post('/api/v1/changes', { changes: emission.changes })
  }
  const sentAt = performance.now()
  const labels = { alertname: alert.name, service: alert.service, severity: alert.severity }
  await api.post('/api/v2/alerts', [{ labels, startsAt: new Date().toISOString() }])
  await until('five agents have answered', PROPOSAL_MS_MAX, async () => {
    const [row] = await api.incidents()
    return row && (await api.detail(row.id)).findings.length === 5 ? true : null
  })
  return performance.now() - sentAt
}

/** The story up to its first alert, as if that alert came now. */
function untilFirstAlert(seed: number) {
  const scenario = scenarioNamed(STORY)
  if (!scenario) throw new Error(`no story ${STORY}`)
  const length = lengthUntilAlert(seed)
  const model = scenario.begin(seed)
  const startedAt = Date.now() - length
  const emissions: Emission[] = []
  for (let ms = 0; ms <= length; ms += 1_000) emissions.push(...model.step(ms, startedAt))
  const [alert] = emissions.flatMap((emission) => emission.alerts).filter(({ status }) => status === 'firing')
  if (!alert) throw new Error(`${STORY} has no alert`)
  return { emissions: bySource(emissions), alert }
}

function lengthUntilAlert(seed: number): number {
  const scenario = scenarioNamed(STORY)
  const model = scenario?.begin(seed)
  for (let ms = 0; ms <= (scenario?.durationMs ?? 0); ms += 1_000)
    if (model?.step(ms, 0).some((emission) => emission.alerts.length > 0)) return ms
  throw new Error(`${STORY} never alerts`)
}

/** A second's emissions are many small posts; a live collector sends them together. */
function bySource(emissions: Emission[]): Emission[] {
  const merged = new Map<string, Emission>()
  for (const emission of emissions) {
    const into = merged.get(emission.source) ?? { source: emission.source, series: [], alerts: [], changes: [] }
    for (const series of emission.series) {
      const same = into.series.find(
        (known) => known.service === series.service && known.name === series.name && known.peer === series.peer,
      )
      if (same) same.samples.push(...series.samples)
      else into.series.push({ ...series, samples: [...series.samples] })
    }
    into.changes.push(...emission.changes)
    merged.set(emission.source, into)
  }
  return [...merged.values()]
}
