import { assert } from '../core/assert.ts'
import type { EventType, RoomEvent } from '../protocol/events.ts'
import type { HistoryRow } from '../protocol/objects.ts'
import type { ArchivedIncident } from '../protocol/ports.ts'

/** What is over for good, unless somebody takes it back. */
const ENDS: readonly EventType[] = ['incident-closed', 'incident-canceled', 'incident-merged']

/** What history lists of an archived incident, read from its own events. */
export function historyRow({ detail, events, chainHead }: ArchivedIncident): HistoryRow {
  const closed = events.findLast(({ body }) => ENDS.includes(body.type))
  assert(closed, 'only what is over is archived')
  const resolved = last(events, 'incident-resolved')
  return {
    id: detail.id,
    title: detail.title,
    severity: detail.severity,
    service: detail.service,
    drill: detail.drill,
    openedAt: detail.openedAt,
    resolvedAt: resolved ? new Date(resolved.at).toISOString() : null,
    closedAt: new Date(closed.at).toISOString(),
    outcome: OUTCOMES[closed.body.type] ?? outcomeOf(events),
    chainHead,
    seq: detail.seq,
    ...(detail.private && { private: detail.private }),
  }
}

/** Ends that are an outcome by themselves. */
const OUTCOMES: Partial<Record<EventType, string>> = { 'incident-canceled': 'false-alarm', 'incident-merged': 'merged' }

/** How it ended, as one word: what the last verified action came to when it recovered, else how it was resolved. */
function outcomeOf(events: RoomEvent[]): string {
  const verified = last(events, 'verification-ended')?.body
  if (verified?.type === 'verification-ended' && verified.end === 'recovered') return 'recovered-by-action'
  const resolved = last(events, 'incident-resolved')?.body
  return resolved?.type === 'incident-resolved' ? resolved.how : 'closed'
}

function last(events: RoomEvent[], type: EventType): RoomEvent | undefined {
  return events.findLast(({ body }) => body.type === type)
}
