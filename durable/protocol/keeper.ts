/** What the keeper watches: sources that must not fall silent, and Alertmanagers that are asked what still fires. */
import type { Alert, Instant } from './domain.ts'

/** An Alertmanager's answer as the Worker's parser reads it. */
export interface PulledAlerts {
  source: string
  /** when it was asked, in wall time: what came since is not judged by the answer. */
  askedAt: Instant
  /** what it calls active. */
  active: Omit<Alert, 'catalogued'>[]
  /** identities that it knows and holds back itself: they still fire, and nobody new is told. */
  heldBack: string[]
}

export type ReadPull =
  | { ok: true; active: PulledAlerts['active']; heldBack: string[] }
  | { ok: false; reason: 'not-json' | 'not-a-list' }

/** Why a pull brought nothing. */
export type PullReason =
  | 'address-not-allowed'
  | 'binding-missing'
  | 'unreachable'
  | 'redirected'
  | 'status'
  | 'too-large'
  | 'not-json'
  | 'not-a-list'
  | 'not-taken'

/** A source as it is listed. */
export interface SourceWatch {
  name: string
  /** when it was last heard of; null: never since this instance knows it. */
  heardAt: string | null
  heartbeat: null | { everyMs: number; state: 'ok' | 'missing' }
  pull: null | { at: string | null; ok: boolean; reason: PullReason | ''; fired: number; resolved: number }
}
