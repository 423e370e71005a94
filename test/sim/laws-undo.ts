import { canonical } from '../../durable/protocol/canonical.ts'
import type { Proposal, VerificationEnd } from '../../durable/protocol/domain.ts'
import type { RoomEvent } from '../../durable/protocol/events.ts'
import type { Received } from './driver.ts'
import { sha256 } from './shell.ts'
import type { World } from './world.ts'

type Law = (holds: boolean, name: string, detail: string) => void

/** What the log says of one action and its rollback, folded here and not by the view. */
interface Tried {
  proposal: Proposal
  key: string
  /** it surely ran, surely did not, or nobody knows. */
  ran: boolean | null
  end: VerificationEnd | null
  ordered: boolean
  undos: number
  over: Set<string>
}

/** How many actions in a row may run and not help before the system must not ask again. */
const IN_VAIN_MAX = 2

/** Laws of what comes around the one call: steps before it, its rollback, and the one retry. */
export class UndoLaws {
  #world: World
  #law: Law
  #tried = new Map<string, Tried>()
  #calls = 0

  constructor(world: World, law: Law) {
    this.#world = world
    this.#law = law
  }

  /** `stopped`: a switch that the room was told of reaches this target. */
  learn(event: RoomEvent, stopped: (target: string) => boolean): void {
    const { body } = event
    const law = this.#law
    if (body.type === 'proposal-made') {
      const tried = { key: '', ran: null, end: null, ordered: false, undos: 0, over: new Set<string>() }
      this.#tried.set(body.proposal.id, { proposal: body.proposal, ...tried })
      return
    }
    const known = 'proposal' in body && typeof body.proposal === 'string' ? this.#tried.get(body.proposal) : undefined
    if (!known) return
    const { plan } = known.proposal.body
    const says = `${known.proposal.id} at ${event.seq}`
    switch (body.type) {
      case 'ballot-opened':
        return law(this.#inVain() < IN_VAIN_MAX, 'one-retry', says)
      case 'step-ended':
        if (body.end !== 'failed') known.over.add(body.step)
        return
      case 'execution-started': {
        known.key = body.key
        const action = plan.steps?.findIndex(({ kind }) => kind === 'http') ?? 0
        const before = plan.steps?.slice(0, action) ?? []
        return law(
          before.every(({ id }) => known.over.has(id)),
          'steps-come-before-the-action',
          says,
        )
      }
      case 'execution-answered':
        known.ran = body.outcome === 'unknown' ? null : body.outcome === 'ran'
        return
      case 'outcome-settled':
        known.ran = body.outcome === 'it-ran'
        return
      case 'verification-ended':
        known.end = body.end
        return
      case 'undo-ordered':
        law(this.#world.people.undone.has(`${event.by.name} ${known.proposal.id}`), 'undone-by-order', says)
        known.ordered = true
        return
      case 'undo-started': {
        known.undos += 1
        law(known.undos === 1, 'undo-at-most-once', says)
        law(known.ran === true, 'undo-only-what-ran', says)
        law(plan.rollback !== null, 'undo-is-the-approved-rollback', says)
        law(body.key === `${known.key}:undo` && body.token === event.seq, 'undo-has-its-own-key-and-token', says)
        const asks = known.end === 'worse' || (known.end === 'no-better' && plan.undoOn?.includes('no-better') === true)
        law(asks || known.ordered, 'undo-has-its-reason', says)
        law(!stopped(plan.action.target), 'kill-switch-stops-undo', says)
        return law(
          this.#world.holds.read.get(undoOf(known.proposal.id))?.stopped === null,
          'kill-switch-stops-undo',
          says,
        )
      }
      default:
    }
  }

  /** What reached the driver as a rollback was sent once, for what the log says, with the body that was approved. */
  called(): void {
    const { received } = this.#world.driver
    for (; this.#calls < received.length; this.#calls += 1) {
      const call = received[this.#calls]
      if (call?.undo) this.#judge(call)
    }
  }

  #judge(call: Received): void {
    const known = this.#tried.get(call.proposal)
    this.#law(known?.undos === 1, 'undo-at-most-once', `${call.proposal} was sent unstarted`)
    this.#law(call.key === `${known?.key}:undo`, 'undo-has-its-own-key-and-token', call.key)
    const approved = sha256(canonical(call.body)) === known?.proposal.digest
    this.#law(approved && call.body.plan.rollback !== null, 'undo-is-the-approved-rollback', call.proposal)
    const sent = this.#world.driver.received.filter(({ undo, proposal }) => undo && proposal === call.proposal)
    this.#law(sent.length === 1, 'undo-at-most-once', call.proposal)
  }

  #inVain(): number {
    const all = [...this.#tried.values()]
    const last = all.findLastIndex(({ end }) => end === 'recovered')
    return all.slice(last + 1).filter(({ ran, end, undos }) => ran === true && (end !== null || undos > 0)).length
  }
}

/** The name under which a reading of the switches before a rollback is kept. */
export function undoOf(proposal: string): string {
  return `${proposal}:undo`
}
