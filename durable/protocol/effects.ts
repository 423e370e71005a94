import type { AgentName, VoterName } from './domain.ts'

/**
 * What must happen outside because of an event. Effects are outbox rows, committed with the events that named them and
 * performed at least once, except `call-driver`, which is claimed before its one call. The answer re-enters as a command.
 */
export type Effect =
  | { type: 'gather-evidence'; run: number; after: Delay | null }
  | { type: 'run-agent'; agent: AgentName; run: number }
  | { type: 'prepare-proposal'; run: number }
  | { type: 'ask-voter'; proposal: string; voter: VoterName }
  | { type: 'ask-clerk'; proposal: string }
  | { type: 'begin-execution'; proposal: string }
  /** asks the driver what it would do; it changes nothing and may be asked again. */
  | { type: 'preview-driver'; proposal: string; key: string }
  /** reads the record of the action on its service, for a clause of the catalogue. */
  | { type: 'ask-autonomy'; proposal: string; clause: string }
  | { type: 'begin-undo'; proposal: string }
  /** `undo`: the rollback is what is sent. */
  | { type: 'call-driver'; proposal: string; key: string; token: number; undo?: true }
  | { type: 'ask-status'; proposal: string; key: string; attempt: number; after: Delay | null; undo?: true }
  | { type: 'read-step'; proposal: string; step: string; attempt: number; after: Delay | null }
  | { type: 'end-wait'; proposal: string; step: string; after: Delay | null }
  | { type: 'read-signals'; proposal: string; round: number; after: Delay | null }
  /** a drill's clock stands while a person is asked: for the approval, or with `step` for a step of their own. */
  | { type: 'pause-clock'; proposal: string; step?: string }
  | { type: 'resume-clock'; proposal: string; step?: string }
  | { type: 'update-index' }
  | { type: 'archive' }
  /** asks the directory to move alerts; `seq` of the event that asked makes it once. */
  | { type: 'move-alerts'; seq: number; move: Move }
  /** tells the parent, through the directory, that it has this child, or no longer. */
  | { type: 'link-parent'; parent: string; linked: boolean }
  | { type: 'notify'; page: string; to: number; attempt: number; after: Delay | null }

/** Which alerts are to go where. */
export type Move =
  | { kind: 'merge'; into: string }
  | { kind: 'unmerge'; from: string }
  | { kind: 'split'; alerts: { source: string; fingerprint: string }[]; title: string; by: string }

/** Not before so long after the event, on the room's clock or on the wall. */
export interface Delay {
  ms: number
  clock: 'room' | 'wall'
}

/** Under which name a question to a person holds a drill's clock. */
export function clockHolder({ proposal, step }: Extract<Effect, { type: 'pause-clock' | 'resume-clock' }>): string {
  return step === undefined ? proposal : `${proposal}:${step}`
}

/** Whether this lets a clock go that another row has yet to stop: it waits for that one. */
export function isHeldBack(effect: Effect, rows: readonly { effect: Effect }[]): boolean {
  if (effect.type !== 'resume-clock') return false
  const holder = clockHolder(effect)
  return rows.some(({ effect: other }) => other.type === 'pause-clock' && clockHolder(other) === holder)
}

/** The outbox key: a second effect with the same key is the same effect. */
export function effectKey(effect: Effect, seq: number): string {
  switch (effect.type) {
    case 'gather-evidence':
      // With the seq: a run that was refused because a proposal stood in the way is asked for again when that ends.
      return `gather-evidence:${effect.run}:${seq}`
    case 'prepare-proposal':
      return `prepare-proposal:${effect.run}`
    case 'run-agent':
      return `run-agent:${effect.agent}:${effect.run}`
    case 'ask-voter':
      return `ask-voter:${effect.proposal}:${effect.voter}`
    case 'ask-clerk':
    case 'begin-execution':
    case 'ask-autonomy':
      return `${effect.type}:${effect.proposal}`
    case 'pause-clock':
    case 'resume-clock':
      return `${effect.type}:${clockHolder(effect)}`
    case 'begin-undo':
      // With the seq: one that a kill switch stopped may be ordered again.
      return `begin-undo:${effect.proposal}:${seq}`
    case 'read-step':
      return `read-step:${effect.proposal}:${effect.step}:${effect.attempt}`
    case 'end-wait':
      return `end-wait:${effect.proposal}:${effect.step}`
    case 'preview-driver':
      return `preview-driver:${effect.key}`
    case 'call-driver':
      return `call-driver:${effect.key}`
    case 'ask-status':
      return `ask-status:${effect.key}:${effect.attempt}`
    case 'read-signals':
      return `read-signals:${effect.proposal}:${effect.round}`
    case 'update-index':
    case 'archive':
      return `${effect.type}:${seq}`
    case 'move-alerts':
      return `move-alerts:${effect.seq}`
    case 'link-parent':
      return `link-parent:${seq}`
    case 'notify':
      return `notify:${effect.page}:${effect.to}:${effect.attempt}`
    default:
      return effect satisfies never
  }
}
