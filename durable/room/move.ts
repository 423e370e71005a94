import type { CommandBody } from '../protocol/commands.ts'
import type { Effect } from '../protocol/effects.ts'
import { PEER_ANSWERS_MS } from './gather.ts'
import type { Place } from './place.ts'
import { within } from './within.ts'

type Of<T extends Effect['type']> = Extract<Effect, { type: T }>

/** Has the directory move alerts: it alone knows both incidents at once. Asked again it gives its first answer. */
export async function moveAlerts(
  { head, view, peers }: Place,
  { seq, move }: Of<'move-alerts'>,
): Promise<CommandBody | null> {
  if (view.moving?.seq !== seq) return null
  const key = `${head.id}:${seq}`
  const outcome = await within(PEER_ANSWERS_MS, peers.directory().move({ key, incident: head.id, move }))
  return { type: 'record-move', seq, outcome }
}

/** Tells the parent through the directory; a parent that is not there is taken out again. */
export async function linkParent(
  { head, peers }: Place,
  { parent, linked }: Of<'link-parent'>,
): Promise<CommandBody | null> {
  const request = { parent, child: head.id, linked }
  const answer = await within(PEER_ANSWERS_MS, peers.directory().linkParent(request))
  if (answer.ok || !linked) return null
  return { type: 'record-link', relation: 'parent', incident: parent, linked: false, reason: answer.reason }
}
