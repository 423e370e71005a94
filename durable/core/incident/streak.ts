import type { Instant, SignalReading } from '../../protocol/domain.ts'
import type { State } from './state.ts'

/**
 * The streak after one more reading. A reading counts only when its oldest sample is newer than the last one that counted:
 * a scrape every fifteen seconds, read every five, is one sample and not three. A different word ends a streak at once.
 */
export function advance(streak: State['streak'], readings: SignalReading[], at: Instant): State['streak'] {
  const recovered = readings.length > 0 && readings.every((reading) => reading.judged === 'recovered')
  const worse = readings.some((reading) => reading.judged === 'worse')
  const sampleAt = oldestSample(readings)
  const news = sampleAt !== null && (streak.sampleAt === null || sampleAt > streak.sampleAt)
  const step = news ? 1 : 0
  return {
    recovered: recovered ? streak.recovered + step : 0,
    worse: worse ? streak.worse + step : 0,
    rounds: streak.rounds + 1,
    sampleAt: news ? sampleAt : streak.sampleAt,
    readAt: at,
  }
}

function oldestSample(readings: SignalReading[]): Instant | null {
  const seen = readings.flatMap((reading) => (reading.at === null ? [] : [reading.at]))
  return seen.length === 0 ? null : Math.min(...seen)
}
