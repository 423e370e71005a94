import { expect, test } from 'vitest'
import { REPLAY_WINDOW_MS, withinReplayWindow } from '../../worker/auth/replay.ts'

test('[SE51] a signed post is taken within five minutes of its own time, either way', () => {
  const now = Date.parse('2026-11-22T10:00:00Z')
  for (const off of [0, 1, -1, REPLAY_WINDOW_MS, -REPLAY_WINDOW_MS])
    expect(withinReplayWindow(now + off, now)).toBe(true)
  for (const off of [REPLAY_WINDOW_MS + 1, -REPLAY_WINDOW_MS - 1, 86_400_000, -now])
    expect(withinReplayWindow(now + off, now)).toBe(false)
  for (const never of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
    expect(withinReplayWindow(never, now)).toBe(false)
})
