import { newestValues, sameSeries } from '../core/consensus/readings.ts'
import type { CommandBody } from '../protocol/commands.ts'
import type { Proposal, SeriesWindow, SignalReading, VerifySignal } from '../protocol/domain.ts'
import { alertKey } from '../protocol/view.ts'
import { freshMsOf } from './evidence.ts'
import { windowsOf } from './gather.ts'
import type { Place } from './place.ts'

type Raw = Omit<SignalReading, 'judged'>

/** Reads every signal that must recover, once. A series is read on its newest samples, an alert is the level the room holds. */
export async function readSignals(place: Place, proposal: Proposal): Promise<CommandBody | null> {
  if (!proposal.verification || proposal.verification.end !== null) return null
  const { signals } = proposal.body.plan.verify
  const services = [...new Set(signals.flatMap((signal) => (signal.kind === 'series' ? [signal.series.service] : [])))]
  const windows = (await Promise.all(services.map((service) => windowsOf(place, service)))).flatMap(
    (seen) => seen ?? [],
  )
  const readings = signals.map((signal, index): Raw => ({ signal: index, ...readingOf(place, signal, windows) }))
  return { type: 'sample-verification', proposal: proposal.id, readings }
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
