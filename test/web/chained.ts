import { createHash } from 'node:crypto'
import { canonical } from '../../durable/protocol/canonical.ts'
import type { RoomEvent } from '../../durable/protocol/events.ts'
import { CHAIN_START, chainInput } from '../../durable/protocol/verify.ts'
import { type Said, numbered } from '../../web/src/gallery/log.ts'
import { proposal } from '../../web/src/gallery/proposal.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** A hand-made story as a room would have stored it: digests that are those of their words, and a chain that holds. */
export function chained(said: readonly Said[]): RoomEvent[] {
  const { id, digest, body } = proposal()
  const real = sha256(canonical(body))
  const text = JSON.stringify(numbered(said))
  const events = JSON.parse(text.replaceAll(digest, real).replaceAll(id, `prp_${real.slice(0, 20)}`)) as RoomEvent[]
  let head = CHAIN_START
  for (const event of events) {
    event.hash = sha256(chainInput(head, event))
    head = event.hash
  }
  return events
}

/** The same as an exported file. */
export function exported(events: readonly RoomEvent[]): string {
  return JSON.stringify({
    format: 'incident-commander/incident',
    version: 1,
    exportedAt: '2026-11-22T12:00:00Z',
    incident: 'inc_galleryroom',
    title: 'a title',
    catalogue: 'gallery-1',
    policy: 'policy-1',
    chainHead: events.at(-1)?.hash ?? '',
    count: events.length,
    events,
  })
}
