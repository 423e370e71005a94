import type { Instant } from './domain.ts'
import type { EventBody } from './events.ts'
import type { Notification } from './oncall.ts'
import { type View, stopPaging } from './view.ts'

type Of<T extends EventBody['type']> = Extract<EventBody, { type: T }>
type Receipt = Of<'notification-sent' | 'notification-failed' | 'notification-parked'>
type PagingEvent = Of<'escalation-started' | 'paged' | 'escalation-ended' | 'sla-breached'> | Receipt

/** Folds who was called and what became of it. */
export function foldPaging(view: View, body: PagingEvent, at: Instant): void {
  switch (body.type) {
    case 'escalation-started':
      view.paging = { policy: body.policy, round: 0, step: 0, startedAt: at, nextAt: at, stopped: '' }
      return
    case 'paged': {
      const { page, waitMs } = body
      view.pages.push(page)
      for (const [to, addressee] of page.to.entries())
        view.notifications.push({
          page: page.id,
          to,
          target: 'target' in addressee ? addressee.target : '',
          person: null,
          state: 'waiting',
          attempt: 0,
          reason: '',
          retryWall: null,
          at,
        })
      if (!view.paging) return
      view.paging.round = page.round
      view.paging.step = page.step
      if (waitMs !== null) view.paging.nextAt = at + waitMs
      return
    }
    case 'escalation-ended':
      stopPaging(view, body.reason)
      return
    case 'notification-sent':
      receipt(view, body, { state: 'sent', reason: body.detail, retryWall: null, at })
      return
    case 'notification-failed':
      receipt(view, body, { state: 'failed', reason: body.reason, retryWall: body.retryWall, at })
      return
    case 'notification-parked':
      receipt(view, body, { state: 'parked', reason: body.reason, retryWall: null, at })
      return
    case 'sla-breached':
      view.breaches.push(body.breach)
      return
    default:
      return body satisfies never
  }
}

function receipt(
  view: View,
  { page, to, attempt, target, person }: Receipt,
  said: Pick<Notification, 'state' | 'reason' | 'retryWall' | 'at'>,
): void {
  const known = view.notifications.find((one) => one.page === page && one.to === to)
  if (known) Object.assign(known, { attempt, target, person, ...said })
}
