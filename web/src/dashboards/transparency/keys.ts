import type { Replay } from './replay.ts'

/** Where a key leads; null for a key that is none of the scrubber's. */
export function seqByKey(
  event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>,
  replay: Pick<Replay, 'events' | 'stretches'>,
  seq: number,
): number | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null
  const last = replay.events.length
  switch (event.key) {
    case 'ArrowRight':
    case 'ArrowUp':
      if (event.shiftKey) return replay.stretches.find((stretch) => stretch.seq > seq)?.seq ?? last
      return Math.min(last, seq + 1)
    case 'ArrowLeft':
    case 'ArrowDown':
      if (event.shiftKey) return replay.stretches.findLast((stretch) => stretch.seq < seq)?.seq ?? 1
      return Math.max(1, seq - 1)
    case 'Home':
      return 1
    case 'End':
      return last
    default:
      return null
  }
}
