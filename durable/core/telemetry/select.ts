import type { SeriesWindow, SignalRole } from '../../protocol/domain.ts'
import { departureOf } from './departure.ts'
import { isBroken, isFull } from './level.ts'

/** What each role tells of trouble, before its change is known: symptoms and resources before volumes. */
const TELLS: Record<SignalRole, number> = { errors: 3, saturation: 3, latency: 2.5, rate: 1.5, other: 0.5 }
/** A resource with a limit answers "is there room for more", also while it is calm. */
const HEADROOM_TELLS = 1
/** A full resource or a broken bound speaks even where the change lies before the window. */
const AT_LIMIT_TELLS = 4

/**
 * The most telling windows, at most `max`, in the order given: what changed most and what is at its limit, but first one of
 * each service, so that no service falls silent because another one is loud. Names do not matter.
 */
export function selectSeries<W extends SeriesWindow>(windows: readonly W[], max: number): W[] {
  if (windows.length <= max) return [...windows]
  const ranked = windows
    .map((window, place) => ({ window, place, tells: tellingOf(window) }))
    .sort((a, b) => b.tells - a.tells || a.place - b.place)
  // A call speaks of two services and stands for neither: each needs a series of its own.
  const own = ranked.filter(({ window }) => window.peer === null)
  const firsts = own.filter(
    (entry, rank) => own.findIndex((other) => other.window.service === entry.window.service) === rank,
  )
  const rest = ranked.filter((entry) => !firsts.includes(entry))
  return [...firsts, ...rest]
    .slice(0, max)
    .sort((a, b) => a.place - b.place)
    .map((entry) => entry.window)
}

function tellingOf(window: SeriesWindow): number {
  const departure = departureOf(window)
  const changed = departure ? (departure.present ? 2 : 1) * Math.log1p(departure.sizeSigma) : 0
  return (
    TELLS[window.role] * (0.1 + changed) +
    (isFull(window) || isBroken(window) ? AT_LIMIT_TELLS : 0) +
    (window.role === 'saturation' && window.limit !== null ? HEADROOM_TELLS : 0)
  )
}
