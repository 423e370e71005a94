import type { Alert } from './domain.ts'
import type { AlertIntake } from './objects.ts'

/** Alerts of one piece: so many are judged in one turn, which takes a few milliseconds. */
export const ALERTS_PER_PIECE_MAX = 64
/** Characters of one piece: a row holds 2 MB, at 3 bytes each at most. */
export const PIECE_CHARS_MAX = 400_000
/** Characters of JSON of one alert that are kept beside its journal. A row of 2 MB holds it twice, at 3 bytes each. */
export const ALERT_CHARS_MAX = 200_000

/** Some alerts as text: their JSON, with a comma between two. */
export interface Piece {
  units: number
  alerts: string
}

/**
 * A post whose alerts are text already. The Worker makes it once: a call carries text faster than what it stands for,
 * and of a storm it is stored as it came.
 */
export interface PackedPost extends Omit<AlertIntake, 'alerts'> {
  units: number
  pieces: Piece[]
}

export function packed({ alerts, ...post }: AlertIntake): PackedPost {
  return { ...post, units: alerts.length, pieces: joined(alerts.map(asText)) }
}

export function unpacked(pieces: readonly Piece[]): AlertIntake['alerts'] {
  return pieces.flatMap(({ alerts }) => JSON.parse(`[${alerts}]`) as AlertIntake['alerts'])
}

/** The same alerts in the same order in few pieces, each within the limits. */
export function joined(pieces: Iterable<Piece>): Piece[] {
  const all: Piece[] = []
  let last: Piece | null = null
  for (const { units, alerts } of pieces) {
    if (last && last.units + units <= ALERTS_PER_PIECE_MAX && last.alerts.length + alerts.length < PIECE_CHARS_MAX) {
      last.units += units
      last.alerts += `,${alerts}`
    } else all.push((last = { units, alerts }))
  }
  return all
}

const NAMES: readonly string[] = ['alertname', 'service', 'severity']

// One of a sensible size as it is; a larger one with its names only. The post as it came is in the journal.
function asText(alert: Omit<Alert, 'catalogued'>): Piece {
  const whole = JSON.stringify(alert)
  if (whole.length <= ALERT_CHARS_MAX) return { units: 1, alerts: whole }
  const names = Object.entries(alert.labels).filter(([name]) => NAMES.includes(name))
  const labels = Object.fromEntries([...names, ['ic_cut', 'too large']])
  return { units: 1, alerts: JSON.stringify({ ...alert, labels, annotations: {}, links: [] }) }
}
