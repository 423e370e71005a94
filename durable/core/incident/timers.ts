import { AGENTS, type Instant } from '../../protocol/domain.ts'
import { VERIFY_GRACE_MS } from '../consensus/policy.ts'
import { ackLapsesAt, slaClocks } from '../../protocol/sla.ts'
import { approveByWall } from '../../protocol/steps.ts'
import type { State } from './state.ts'

/** A named reason to ring the room's one alarm. */
export interface Timer {
  name: string
  due: { clock: 'wall' | 'room'; at: Instant }
}

/** Every deadline that stands, derived from the state alone; effects carry their own delays in the outbox. */
export function timers(state: State): Timer[] {
  const due: Timer[] = []
  for (const agent of AGENTS) {
    const seat = state.view.agents[agent]
    if (seat.state === 'working' && seat.deadlineWall !== null)
      due.push({ name: `agent-late:${agent}`, due: { clock: 'wall', at: seat.deadlineWall } })
  }
  for (const proposal of state.view.proposals) {
    if (proposal.status === 'voting' && proposal.ballot) {
      due.push({ name: `ballot-deadline:${proposal.id}`, due: { clock: 'wall', at: proposal.ballot.deadlineWall } })
    }
    if (proposal.status === 'awaiting-approval' || proposal.status === 'approved') {
      const at = proposal.status === 'approved' ? proposal.body.expiresWall : approveByWall(proposal.body)
      due.push({ name: `approval-expires:${proposal.id}`, due: { clock: 'wall', at } })
    }
    if (proposal.status === 'verifying' && proposal.verification?.end === null) {
      const at = proposal.verification.until + VERIFY_GRACE_MS
      due.push({ name: `verification-overdue:${proposal.id}`, due: { clock: 'room', at } })
    }
  }
  const { view } = state
  const nextPage = view.paging?.nextAt ?? null
  if (nextPage !== null) due.push({ name: 'next-page', due: { clock: 'room', at: nextPage } })
  const lapses = ackLapsesAt(view)
  if (lapses !== null) due.push({ name: 'ack-lapses', due: { clock: 'room', at: lapses } })
  for (const { clock, due: at, state: word } of slaClocks(view))
    if (word === 'running') due.push({ name: `sla:${clock}`, due: { clock: 'room', at } })
  return due
}
