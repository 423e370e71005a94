/** A service that keeps failing is left alone for a while, for each operation and model by itself. */

/** Failures within the window that open it, the window, and how long it stays open, ms. As the bridge's design sets them. */
export const BREAKER_FAILURES = 5
export const BREAKER_WINDOW_MS = 60_000
export const BREAKER_OPEN_MS = 30_000

export interface BreakerState {
  /** when it failed, epoch ms, oldest first; at most BREAKER_FAILURES. */
  failedAt: number[]
  openUntil: number | null
  /** one call tries whether it is well again; until when others are kept away, epoch ms. */
  tryingUntil: number | null
}

/** Where states stand: an object's storage, or an isolate's memory. Reading and writing is one step, nothing waits between. */
export interface BreakerStore {
  get(key: string): BreakerState | null
  set(key: string, state: BreakerState): void
}

export function breakersInMemory(): BreakerStore {
  const states = new Map<string, BreakerState>()
  return { get: (key) => states.get(key) ?? null, set: (key, state) => void states.set(key, state) }
}

/** Whether a call may go out now. After its time one call at a time is let through to try. */
export function mayCall(store: BreakerStore, key: string, now: number): boolean {
  const state = store.get(key)
  if (!state || state.openUntil === null) return true
  if (now < state.openUntil) return false
  if (state.tryingUntil !== null && now < state.tryingUntil) return false
  store.set(key, { ...state, tryingUntil: now + BREAKER_OPEN_MS })
  return true
}

/** Says how a call ended. A failed try opens it again at once; a success closes it and forgets. */
export function callEnded(store: BreakerStore, key: string, ended: 'well' | 'failed', now: number): void {
  const state = store.get(key) ?? { failedAt: [], openUntil: null, tryingUntil: null }
  if (ended === 'well') {
    // A slow answer from before it opened does not close it: only the try does.
    const stillOpen = state.openUntil !== null && state.tryingUntil === null
    if (!stillOpen) store.set(key, { failedAt: [], openUntil: null, tryingUntil: null })
    return
  }
  const failedAt = [...state.failedAt.filter((at) => at > now - BREAKER_WINDOW_MS), now].slice(-BREAKER_FAILURES)
  const opens = state.tryingUntil !== null || failedAt.length >= BREAKER_FAILURES
  store.set(key, { failedAt, openUntil: opens ? now + BREAKER_OPEN_MS : state.openUntil, tryingUntil: null })
}
