import type { RoomEvent } from './events.ts'
import { EVENT_VERSION } from './version.ts'

/**
 * Brings a stored event to the present shape. There is one version so far; the next one adds its upcaster here and
 * leaves stored rows (and so their hashes) as they are. Throws on a version from the future: an older build must not
 * guess at newer words.
 */
export function upgrade(stored: RoomEvent): RoomEvent {
  if (stored.v === EVENT_VERSION) return stored
  throw new Error(`event version ${stored.v} is newer than this build (${EVENT_VERSION})`)
}
