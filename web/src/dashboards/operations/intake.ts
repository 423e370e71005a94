import { createResource } from 'solid-js'
import type { IntakeReasons, StormRow } from '../../../../durable/protocol/noise.ts'
import type { IntakeCounters } from '../../../../durable/protocol/objects.ts'
import { call } from '../../room/http.ts'

/** How often the counters are read while the list says something, in ms; a silent list asks nothing. */
const READ_EVERY_MS = 10_000

export type Noise = IntakeReasons & { storm: StormRow | null }

export interface Intake {
  counters: () => IntakeCounters | null
  noise: () => Noise | null
}

/** Where every live alert went, and the storm that is on; what was last read stays while it is read again. */
export function watchIntake(heard: () => number | null): Intake {
  const due = () => Math.floor((heard() ?? 0) / READ_EVERY_MS)
  const [counters] = createResource(due, () => call<IntakeCounters>('GET', '/api/v1/intake'))
  const [noise] = createResource(due, () => call<Noise>('GET', '/api/v1/intake/noise'))
  return {
    counters: () => {
      const reply = counters.latest
      return reply?.ok ? reply.data : null
    },
    noise: () => {
      const reply = noise.latest
      return reply?.ok ? reply.data : null
    },
  }
}
