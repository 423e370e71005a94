import type { ActionAnswer, ActionRefusal, ActionStatus } from '../protocol/action-request.ts'
import type { Instant } from '../protocol/domain.ts'
import type { EndpointBehaviour } from '../../scenarios/scenario.ts'
import type { ActionEntry, Book } from './book.ts'
import type { Order, Rejected } from './order.ts'

/** What the endpoint decided about a call before anything runs. */
export type Admission = { admitted: true } | { admitted: false; response: Response }

/**
 * Books an authentic call, durably, before anything runs. The same key is carried out once and always answered with the
 * first answer; a key that was asked about before it came is barred, so that `it-did-not` stays true; a fencing token
 * below the incident's highest is refused, for its sender has been overtaken.
 */
export function admit(
  book: Book,
  order: Extract<Order, { ask: 'call' }>,
  behaviour: EndpointBehaviour,
  wall: Instant,
): Admission {
  const known = book.action(order.key)
  if (known !== null) {
    if (known.state === 'barred') return refuse(409, 'barred', known.detail)
    // Not `refused`: the key did run, with another body; whoever asks must look at the status.
    if (known.digest !== order.digest)
      return {
        admitted: false,
        response: Response.json({ outcome: 'conflict', detail: 'this key had another body' }, { status: 409 }),
      }
    return { admitted: true }
  }
  if (order.token < book.highestToken(order.incident))
    return refuse(409, 'stale-token', 'a newer execution of this incident was here before')
  book.saveAction({
    key: order.key,
    incident: order.incident,
    token: order.token,
    digest: order.digest,
    action: order.action,
    state: 'received',
    due: wall + behaviour.delayMs,
    appliedMs: null,
    detail: 'received',
  })
  return { admitted: true }
}

function refuse(status: number, reason: ActionRefusal, detail: string): Admission {
  return { admitted: false, response: rejection({ status, reason, detail }) }
}

export function rejection({ status, reason, detail }: Rejected): Response {
  return Response.json({ outcome: 'refused', reason, detail } satisfies ActionAnswer, { status })
}

/** The first answer of a key, however often it is asked for; 503 while its delay still runs. */
export function answerOf(entry: ActionEntry): Response {
  switch (entry.state) {
    case 'applied':
      return Response.json({ outcome: 'ran', detail: entry.detail } satisfies ActionAnswer)
    case 'refused':
      return rejection({ status: 422, reason: 'not-applied', detail: entry.detail })
    case 'barred':
      return rejection({ status: 409, reason: 'barred', detail: entry.detail })
    case 'received':
      return Response.json({ outcome: 'pending', detail: entry.detail }, { status: 503 })
    default:
      return entry.state satisfies never
  }
}

/** What became of a key. One that never came is barred from now on: only so can `it-did-not` be said. */
export function statusOf(book: Book, key: string, wall: Instant): Response {
  const known = book.action(key)
  if (known === null) {
    const detail = 'never received; barred from now on'
    book.saveAction({
      key,
      incident: '',
      token: 0,
      digest: '',
      action: null,
      state: 'barred',
      due: wall,
      appliedMs: null,
      detail,
    })
    return Response.json({ status: 'it-did-not', detail } satisfies ActionStatus)
  }
  const status = known.state === 'applied' ? 'it-ran' : known.state === 'received' ? 'pending' : 'it-did-not'
  return Response.json({ status, detail: known.detail } satisfies ActionStatus)
}
