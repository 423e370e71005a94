import { createSignal } from 'solid-js'
import type { Instant } from '../../../durable/protocol/domain.ts'

/** How often ages and countdowns move. */
const TICK_MS = 1_000

const [tick, setTick] = createSignal(Date.now())
let watchers = 0
let timer: ReturnType<typeof setInterval> | undefined

/** This browser's wall time, moving once a second while somebody watches. */
export const wallNow: () => Instant = tick

/** Starts the shared tick; the answer stops it. */
export function watchTime(): () => void {
  watchers += 1
  if (watchers === 1) {
    setTick(Date.now())
    timer = setInterval(() => setTick(Date.now()), TICK_MS)
  }
  return () => {
    watchers -= 1
    if (watchers === 0) clearInterval(timer)
  }
}
