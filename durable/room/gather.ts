import { injectedLog, poisoned } from '../core/drill/index.ts'
import { selectSeries } from '../core/telemetry/select.ts'
import type { Change, EvidenceDraft, Gap, SeriesWindow } from '../protocol/domain.ts'
import type { CommandBody } from '../protocol/commands.ts'
import { SERIES_PER_RUN_MAX } from '../protocol/limits.ts'
import { alertEvidence, changeEvidence, freshMsOf, pathEvidence, seriesEvidence } from './evidence.ts'
import { SERVICES_PER_RUN_MAX, callPaths, neighbours } from './neighbours.ts'
import type { Place } from './place.ts'
import { within } from './within.ts'

/** Telemetry looked at, ms of the room's clock: a baseline before the onset and what came after; 480 values at one a second. */
export const LOOK_BACK_MS = 8 * 60_000
/** Changes looked at: what was set a quarter of an hour ago may bite now. */
export const CHANGES_BACK_MS = 15 * 60_000
/** The finest grid asked for. */
export const STEP_MS = 1_000
/** One object has so long to answer, in ms of wall time; then its data is a gap. */
export const PEER_ANSWERS_MS = 3_000

/**
 * One look at the world around the incident: alerts, changes, telemetry of the neighbourhood and of whatever changed, call
 * paths. What cannot be read is a gap with its reason, never a failure of the look.
 */
export async function gatherEvidence(place: Place, run: number): Promise<CommandBody> {
  const { view, catalogue, head, clock, at } = place
  const gaps: Gap[] = []
  const changes = await recentChanges(place, gaps)
  const symptoms = [...new Set([head.service, ...Object.values(view.alerts).map(({ service }) => service)])]
  const near = neighbours(catalogue, symptoms)
  const changed = changes.filter(({ catalogued }) => catalogued).map(({ service }) => service)
  const services = [...new Set([...near, ...changed])]
  if (services.length > SERVICES_PER_RUN_MAX)
    gaps.push({ what: `telemetry of ${services.length - SERVICES_PER_RUN_MAX} more services`, reason: 'limit-reached' })
  const windows = await telemetry(place, services.slice(0, SERVICES_PER_RUN_MAX), gaps)
  const chosen = selectSeries(windows, SERIES_PER_RUN_MAX)
  if (chosen.length < windows.length)
    gaps.push({ what: `${windows.length - chosen.length} less telling series`, reason: 'limit-reached' })
  const observed = new Set(chosen.flatMap(({ service, peer }) => (peer === null ? [service] : [service, peer])))
  const door = await place.faults()
  const drafts: EvidenceDraft[] = [
    ...Object.values(view.alerts).map((alert) => alertEvidence(alert, at, catalogue, clock)),
    ...changes.map((change) => changeEvidence(change, catalogue, clock)),
    ...chosen.flatMap((window) => seriesEvidence(window, catalogue, clock) ?? []),
    ...callPaths(catalogue, head.service)
      .filter((path) => path.slice(1).some((service) => observed.has(service) || changed.includes(service)))
      .map((path) => pathEvidence(path, at, freshMsOf(catalogue, 'catalogue', clock))),
    ...(door ? injectedLog(door.faults, view, at) : []),
  ]
  return { type: 'record-evidence', run, drafts, gaps }
}

async function recentChanges(place: Place, gaps: Gap[]): Promise<Change[]> {
  const { peers, at } = place
  try {
    return await within(PEER_ANSWERS_MS, peers.directory().changesBetween(at - CHANGES_BACK_MS, at))
  } catch {
    gaps.push({ what: 'changes', reason: 'unreachable' })
    return []
  }
}

async function telemetry(place: Place, services: string[], gaps: Gap[]): Promise<SeriesWindow[]> {
  const looked = await Promise.all(
    services.map(async (service) => ({ service, seen: await windowsOf(place, service) })),
  )
  return looked.flatMap(({ service, seen }) => {
    if (seen === null) gaps.push({ what: `telemetry of ${service}`, reason: 'unreachable' })
    else if (seen.length === 0) gaps.push({ what: `telemetry of ${service}`, reason: 'not-watched' })
    else if (seen.every(({ values }) => values.every((value) => value === null)))
      gaps.push({ what: `telemetry of ${service}`, reason: 'no-data' })
    return (seen ?? []).filter(({ values }) => values.some((value) => value !== null))
  })
}

/** The recent windows of one service; null when its monitor cannot be reached. */
export async function windowsOf(place: Place, service: string): Promise<SeriesWindow[] | null> {
  const { peers, at } = place
  try {
    const asked = peers.monitor(service).windows({ from: at - LOOK_BACK_MS, to: at, stepMs: STEP_MS })
    const windows = await within(PEER_ANSWERS_MS, asked)
    const door = await place.faults()
    return door ? poisoned(door.faults, place.view, at, windows) : windows
  } catch {
    return null
  }
}
