import { createHash } from 'node:crypto'
import { EXPORT_FORMAT, EXPORT_VERSION, type ExportFile } from '../../../durable/core/export/file.ts'
import type { EventBody, RoomEvent } from '../../../durable/protocol/events.ts'
import { CHAIN_START, chainInput } from '../../../durable/protocol/verify.ts'
import { BODIES, head, logOf } from '../../protocol/events.ts'

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The log with a chain that holds, whatever it says. */
export function chained(events: RoomEvent[]): RoomEvent[] {
  let before = CHAIN_START
  return events.map((event) => {
    before = sha256(chainInput(before, event))
    return { ...event, hash: before }
  })
}

/** An export of a log of these bodies, by default one of every type. */
export function fileOf(bodies: EventBody[] = Object.values(BODIES), id = 'inc_abcdef'): ExportFile {
  const opening = bodies.map((body) =>
    body.type === 'incident-opened' ? { ...body, head: { ...head, ...body.head, id } } : body,
  )
  return fileWith(chained(logOf(opening)), id)
}

export function fileWith(events: RoomEvent[], incident = 'inc_abcdef'): ExportFile {
  return {
    format: EXPORT_FORMAT,
    version: EXPORT_VERSION,
    exportedAt: '2026-01-01T00:00:00.000Z',
    incident,
    title: 'HighErrors on checkout',
    catalogue: 'test-1',
    policy: 'policy-1',
    chainHead: events.at(-1)?.hash ?? '',
    count: events.length,
    events,
  }
}
