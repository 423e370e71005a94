import type { Role } from '../../../../durable/protocol/domain.ts'
import type { View } from '../../../../durable/protocol/view.ts'
import type { Room } from '../../room/room.ts'

const RANK: Record<Role, number> = { viewer: 0, responder: 1, commander: 2, admin: 3 }

/** Whether who looks at the page may do what asks for a role; before the room has said who that is, nothing. */
export function mayAs(room: Room, role: Role): boolean {
  const { you } = room.state
  return you !== null && RANK[you.role] >= RANK[role]
}

/** It has ended: nobody works on it any more. */
export function isOver(view: View): boolean {
  return view.state === 'closed' || view.state === 'canceled' || view.state === 'merged'
}
