/** How far a signed post's own time may lie from ours, in ms: five minutes, as Standard Webhooks and Slack have it. */
export const REPLAY_WINDOW_MS = 5 * 60_000

/**
 * Whether a signed post was signed about now. Both ways: a sender's clock may run ahead, and a time far ahead would be
 * replayable for ever. What is no finite number is never within.
 */
export function withinReplayWindow(signedAt: number, now: number, windowMs: number = REPLAY_WINDOW_MS): boolean {
  return Number.isFinite(signedAt) && Math.abs(now - signedAt) <= windowMs
}
