import { stillNeeded } from '../core/oncall/escalation.ts'
import { watchAt } from '../core/oncall/rotation.ts'
import type { CommandBody, NotifyOutcome } from '../protocol/commands.ts'
import type { Effect } from '../protocol/effects.ts'
import type { NotifyTarget, Page, PageReason, PageTo } from '../protocol/oncall.ts'
import type { Reach } from '../protocol/objects.ts'
import type { NotifyMessage } from '../protocol/ports.ts'
import { privacyOf } from '../protocol/view.ts'
import { wordsOf } from './ask.ts'
import { PEER_ANSWERS_MS } from './gather.ts'
import type { Place } from './place.ts'
import { within } from './within.ts'

type Notify = Extract<Effect, { type: 'notify' }>

/** Whom a page reaches now. */
interface Addressee {
  target: NotifyTarget
  person: string | null
}

/** What a receiver is told that it is about. */
const TYPES: Record<PageReason, string> = {
  opened: 'incident.triggered',
  escalated: 'incident.escalated',
  'escalated-by-person': 'incident.escalated',
  'severity-raised': 'incident.priority_updated',
  reopened: 'incident.reopened',
  unmerged: 'incident.reopened',
  'ack-timeout': 'incident.unacknowledged',
}

/**
 * One try to notify one addressee of a page. It never throws: whatever goes wrong is on the record with its reason, and is
 * tried again by the notification's own schedule.
 */
export async function notify(place: Place, { page: id, to, attempt }: Notify): Promise<CommandBody | null> {
  const { view } = place
  const page = view.pages.find((one) => one.id === id)
  const known = view.notifications.find((one) => one.page === id && one.to === to)
  const addressee = page?.to[to]
  if (!page || !known || !addressee || known.state === 'sent' || known.state === 'parked') return null
  const said = { type: 'record-notification', page: id, to, attempt } as const
  // A try that failed may come due hours later, when somebody has long been at it.
  if (attempt > 1 && !stillNeeded(page.reason, view.state))
    return {
      ...said,
      target: known.target,
      person: known.person,
      answer: { outcome: 'parked', reason: 'no-longer-needed' },
    }
  const reach = await reachOf(place)
  const found = lookUp(reach, addressee, place)
  if (typeof found === 'string') {
    const target = 'target' in addressee ? addressee.target : addressee.rotation
    return { ...said, target, person: null, answer: { outcome: 'parked', reason: found } }
  }
  const answer = await send(place, page, to, found)
  if (answer.outcome === 'gone') await disable(place, found.target, answer.reason)
  return { ...said, target: found.target.name, person: found.person, answer }
}

/** Today's targets and rotations; the incident's own catalogue where the directory does not answer. */
async function reachOf({ peers, catalogue }: Place): Promise<Reach> {
  try {
    return await within(PEER_ANSWERS_MS, peers.directory().reach())
  } catch {
    return { targets: catalogue.targets ?? [], rotations: catalogue.rotations ?? [], off: [] }
  }
}

/** The addressee, or the reason why there is none. */
function lookUp(reach: Reach, to: PageTo, { at }: Place): Addressee | string {
  const rotation = 'rotation' in to ? reach.rotations.find(({ name }) => name === to.rotation) : null
  if (rotation === undefined) return 'no-such-rotation'
  const watch = rotation && watchAt(rotation, at)
  if (rotation && !watch) return 'nobody-on-call'
  const name = 'target' in to ? to.target : (rotation?.target ?? '')
  const target = reach.targets.find((one) => one.name === name)
  if (!target) return 'no-such-target'
  return reach.off.includes(name) ? 'target-disabled' : { target, person: watch?.person ?? null }
}

async function send(place: Place, page: Page, to: number, { target, person }: Addressee): Promise<NotifyOutcome> {
  try {
    return await (await place.bridge()).notify(target).send(messageOf(place, page, to, person))
  } catch (error) {
    return { outcome: 'failed', reason: wordsOf(error), retryAfterMs: null }
  }
}

/** A target that is gone is asked no more, by any incident; where that cannot be written the next answer says it again. */
async function disable({ peers }: Place, { name, url }: NotifyTarget, reason: string): Promise<void> {
  try {
    await within(PEER_ANSWERS_MS, peers.directory().disableTarget({ name, url, reason }))
  } catch (error) {
    console.error(`target ${name} not disabled: ${wordsOf(error)}`)
  }
}

/** What a page says. Of a private incident neither title nor service: whoever is called signs in and reads. */
export function messageOf({ view, head }: Place, page: Page, to: number, person: string | null): NotifyMessage {
  const hidden = privacyOf(view) !== null
  return {
    id: `msg_${head.id}_${page.id}_${to}`,
    type: TYPES[page.reason],
    timestamp: new Date(page.at).toISOString(),
    data: {
      incident: head.id,
      drill: head.drill,
      title: hidden ? 'a private incident' : head.title,
      service: hidden ? null : head.service,
      severity: view.severity,
      state: view.state,
      openedAt: new Date(head.openedAt).toISOString(),
      page: page.id,
      reason: page.reason,
      policy: page.policy,
      round: page.round,
      step: page.step,
      person,
      path: `/ops/${head.id}`,
      seq: view.seq,
      chainHead: view.hash,
    },
  }
}
