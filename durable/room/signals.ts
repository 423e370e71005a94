import { newestValues, sameSeries } from '../core/consensus/readings.ts'
import { clockAt } from '../protocol/clock.ts'
import type { CommandBody } from '../protocol/commands.ts'
import type { Proposal, RunbookStep, SeriesWindow, SignalReading, VerifySignal } from '../protocol/domain.ts'
import { alertKey } from '../protocol/view.ts'
import { freshMsOf } from './evidence.ts'
import { windowsOf } from './gather.ts'
import type { Place } from './place.ts'

type Raw = Omit<SignalReading, 'judged'>

/** The last reading of a window waits so long for samples that are on their way, in ms of wall time, before it says unreadable. */
export const LAST_LOOK_MS = 2_000
const LOOK_AGAIN_MS = 250

/**
 * Reads every signal that must recover. A series is read on its newest samples, an alert is the level the room holds. The
 * last reading decides how the verification ends, so telemetry that lags (a crash, a starved machine) gets a moment more.
 */
export async function readSignals(place: Place, proposal: Proposal): Promise<CommandBody | null> {
  const { verification } = proposal
  if (!verification || verification.end !== null) return null
  let readings = await look(place, proposal)
  if (place.at >= verification.until) {
    const unread = () => readings.some(({ at }) => at === null || at < verification.settleAt)
    for (let waited = 0; waited < LAST_LOOK_MS && unread(); waited += LOOK_AGAIN_MS) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
      readings = await look({ ...place, at: Math.max(place.at, clockAt(place.clock, Date.now())) }, proposal)
    }
  }
  return { type: 'sample-verification', proposal: proposal.id, readings }
}

async function look(place: Place, proposal: Proposal): Promise<Raw[]> {
  const { signals } = proposal.body.plan.verify
  const services = [...new Set(signals.flatMap((signal) => (signal.kind === 'series' ? [signal.series.service] : [])))]
  const windows = (await Promise.all(services.map((service) => windowsOf(place, service)))).flatMap(
    (seen) => seen ?? [],
  )
  return signals.map((signal, index): Raw => ({ signal: index, ...readingOf(place, signal, windows) }))
}

function readingOf(place: Place, signal: VerifySignal, windows: SeriesWindow[]): Omit<Raw, 'signal'> {
  const { view, at, catalogue, clock } = place
  if (signal.kind === 'alert') {
    const alert = view.alerts[alertKey(signal)]
    return alert ? { value: alert.status === 'firing' ? 1 : 0, at } : { value: null, at: null }
  }
  const window = windows.find((candidate) => sameSeries(candidate, signal.series))
  if (!window) return { value: null, at: null }
  const newest = newestValues(window)
  const stale = newest.at === null || at - newest.at > freshMsOf(catalogue, signal.series.source, clock)
  return { value: stale ? null : newest.median, at: newest.at }
}

/** The level that a verify or a branch step goes by: the newest fresh one of the first series whose name has the token. */
export async function readStep(place: Place, proposal: Proposal, id: string): Promise<CommandBody | null> {
  const step = proposal.body.plan.steps?.find((candidate) => candidate.id === id)
  if (!step || !('when' in step)) return null
  const service = serviceOf(place, proposal, step)
  const windows = ((await windowsOf(place, service)) ?? [])
    .filter(({ name, peer }) => peer === null && name.toLowerCase().includes(step.when.signal.toLowerCase()))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const [reading] = windows.flatMap((window) => {
    const { median, at } = newestValues(window)
    const fresh = at !== null && place.at - at <= freshMsOf(place.catalogue, window.source, place.clock)
    return fresh && median !== null ? [{ value: median, at }] : []
  })
  return { type: 'read-step', proposal: proposal.id, step: id, ...(reading ?? { value: null, at: null }) }
}

function serviceOf(
  { head }: Place,
  { body }: Proposal,
  { when }: Extract<RunbookStep, { kind: 'verify' | 'branch' }>,
): string {
  return when.of === 'target' ? body.plan.action.target : head.service
}
