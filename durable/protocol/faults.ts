import type { VoterName } from './domain.ts'

/** What one voter can be made to do wrong. Injected into drills only. */
export const SEAT_FAULTS = [
  /** believes a log line that an outsider wrote. */
  'injected-log',
  /** is sure of a service that has nothing to do with it. */
  'hallucinated-target',
  /** cites observations that nobody made. */
  'invented-evidence',
  /** sees the world as it was minutes ago and takes it for now. */
  'stale-metrics',
  /** is sure of whatever it thinks of first, and agrees to everything. */
  'overconfidence',
  /** signs in the names of the other voters. */
  'forged-vote',
  /** says again what it and others said before. */
  'replayed-vote',
  /** signs a yes and a no. */
  'equivocation',
  'silence',
  /** answers when the deadline is over. */
  'slow-agent',
  /** wants one harmful action, together with whoever else has this fault. */
  'colluders',
] as const

/** What reaches everybody alike: text in a log, one metric that lies, a world that moves between approval and run. */
export const COMMON_FAULTS = ['injected-log', 'poisoned-metric', 'state-changed'] as const

export type SeatFault = (typeof SEAT_FAULTS)[number]
export type CommonFault = (typeof COMMON_FAULTS)[number]
export type FaultKind = SeatFault | CommonFault

/** Faults of one drill at once: every voter with two, and all that reach everybody. */
export const FAULTS_PER_DRILL_MAX = 12

/** One thing that goes wrong in a drill. */
export interface Fault {
  kind: FaultKind
  /** whose seat is faulty; absent: it reaches everybody. */
  agent?: VoterName
  /** not before so many ms of the room's clock after the incident opened; absent: from its beginning. */
  from?: number
}

/** Everything that goes wrong in a drill, as its stage tells its rooms. */
export interface Faults {
  faults: readonly Fault[]
  /** the drill's own: the same faults do the same to the same drill. */
  seed: number
  /** what a liar would like to see run: the story's tempting and harmful actions. */
  tempting: readonly { type: string; target: string }[]
}

/** Whether the kind is a voter's or everybody's, as the fault says it. */
export function isFault({ kind, agent }: Fault): boolean {
  const known: readonly string[] = agent === undefined ? COMMON_FAULTS : SEAT_FAULTS
  return known.includes(kind)
}
