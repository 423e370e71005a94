import { type State, decide, isRefusal } from '../../durable/core/incident/index.ts'
import type { Decided } from '../../durable/protocol/events.ts'
import type { Twists } from './shell.ts'

/** One rule taken out on purpose, and the law that must notice. */
export interface Control {
  says: string
  law: string
  twists: Twists
}

/** Calls approved what was only carried, and starts it whatever the check at use says. */
const unasked: typeof decide = (state, command) => {
  const answer = decide(state, command)
  if (isRefusal(answer)) return answer
  const { body } = command
  if (body.type !== 'start-execution') return answer.map(approvedAtOnce)
  const revoked = answer.findIndex((one) => one.body.type === 'proposal-moved' && one.body.status === 'revoked')
  const proposal = state.view.proposals.find(({ id }) => id === body.proposal)
  const at = answer[revoked]
  if (!at || !proposal) return answer
  const token = state.view.seq + revoked + 1
  const { guard, gate, digest, id } = proposal
  return [
    ...answer.slice(0, revoked),
    { ...at, body: { type: 'execution-started', proposal: id, digest, key: `unasked:${id}`, token, guard, gate } },
  ]
}

function approvedAtOnce(one: Decided): Decided {
  const { body } = one
  if (body.type !== 'proposal-moved' || body.status !== 'awaiting-approval') return one
  return { ...one, body: { ...body, status: 'approved' } }
}

/** Forgets what the room itself knows of the switch when it starts. */
const switchAsRead: typeof decide = (state, command) =>
  command.body.type === 'start-execution'
    ? decide({ ...state, view: { ...state.view, killSwitch: false } }, command)
    : decide(state, command)

/** Starts whatever freezes were read. */
const throughFreezes: typeof decide = (state, command) => {
  const { body } = command
  if (body.type !== 'start-execution' || body.controls === null) return decide(state, command)
  return decide(state, { ...command, body: { ...body, controls: { ...body.controls, freezes: [] } } })
}

/** Calls although only what would be called was asked for. */
const forReal: typeof decide = (state, command) => {
  const { body } = command
  if (body.type !== 'start-execution') return decide(state, command)
  const controls = body.controls && { ...body.controls, dryRun: false }
  const view = { ...state.view, dryRun: { global: null, incident: null } }
  return decide({ ...state, view }, { ...command, body: { ...body, controls } })
}

/** Takes back whatever the switches say. */
const undoAnyway: typeof decide = (state, command) => {
  const { body } = command
  if (body.type !== 'start-undo') return decide(state, command)
  const stops: State['view']['stops'] = { ...state.view.stops, services: {}, incident: null }
  const free = { ...state, view: { ...state.view, killSwitch: false, stops } }
  return decide(free, { ...command, body: { ...body, killSwitch: false } })
}

/** Forgets how earlier actions ended when it proposes the next. */
const tryForEver: typeof decide = (state, command) => {
  if (command.body.type !== 'propose') return decide(state, command)
  const proposals = state.view.proposals.map(({ undo: _undo, ...proposal }) => ({ ...proposal, verification: null }))
  return decide({ ...state, view: { ...state.view, proposals } }, command)
}

/** Takes any approval for one of the digest that stands. */
const anyDigest: typeof decide = (state, command) => {
  const { body } = command
  if (body.type !== 'approve') return decide(state, command)
  const last = state.view.proposals.at(-1)
  return decide(state, last ? { ...command, body: { ...body, proposal: last.id, digest: last.digest } } : command)
}

/** Sends a rollback a second time. */
const undoTwice: typeof decide = (state, command) => {
  const answer = decide(state, command)
  if (command.body.type !== 'start-undo' || isRefusal(answer)) return answer
  return [...answer, ...answer.filter(({ body }) => body.type === 'undo-started')]
}

/** Remembers beside the state how often it was asked. */
function counting(): typeof decide {
  let asked = 0
  return (state, command) => {
    asked += 1
    const answer = decide(state, command)
    if (isRefusal(answer)) return answer
    return answer.map((one) =>
      one.body.type === 'note-added'
        ? { ...one, body: { ...one.body, note: { ...one.body.note, text: `${one.body.note.text}, ${asked}` } } }
        : one,
    )
  }
}

/** Writes of a certificate that its evidence was not enough, and lets it stand. */
const gateless: typeof decide = (state, command) => {
  const answer = decide(state, command)
  if (isRefusal(answer)) return answer
  return answer.map((one): Decided => {
    const { body } = one
    if (body.type !== 'ballot-closed' || !body.certificate) return one
    const certificate = { ...body.certificate, gate: { ...body.certificate.gate, passes: false } }
    return { ...one, body: { ...body, certificate } }
  })
}

/** Keeps the clerk's word under another signature than its own. */
const resigned: typeof decide = (state, command) => {
  const answer = decide(state, command)
  if (isRefusal(answer)) return answer
  return answer.map(
    (one): Decided =>
      one.body.type === 'clerk-spoke'
        ? { ...one, body: { ...one.body, word: { ...one.body.word, reason: 'somebody else said this' } } }
        : one,
  )
}

/** Believes every signature. */
const anySignature: typeof decide = (state, command) =>
  decide(state, command.body.type === 'cast-vote' ? { ...command, signed: 'valid' } : command)

/** Forgets who signed two different votes. */
const forgiving: typeof decide = (state, command) =>
  decide({ ...state, view: { ...state.view, quarantined: [] } }, command)

export const CONTROLS: readonly Control[] = [
  { says: 'the call is claimed after it was made', law: 'no-double-execution', twists: { claimAfterCall: true } },
  { says: 'what carried runs unasked', law: 'nothing-runs-without-mandate', twists: { decide: unasked } },
  { says: 'only the switch as it was read counts', law: 'kill-switch-stops', twists: { decide: switchAsRead } },
  { says: 'a freeze that was read is passed by', law: 'freeze-holds', twists: { decide: throughFreezes } },
  { says: 'dry run is forgotten at the start', law: 'dry-run-calls-nothing', twists: { decide: forReal } },
  { says: 'a rollback minds no switch', law: 'kill-switch-stops-undo', twists: { decide: undoAnyway } },
  { says: 'what did not help is retried for ever', law: 'one-retry', twists: { decide: tryForEver } },
  { says: 'an approval of anything approves', law: 'decided-on-the-named-digest', twists: { decide: anyDigest } },
  { says: 'every signature is believed', law: 'what-counts-is-signed', twists: { decide: anySignature } },
  { says: 'an equivocation is forgiven', law: 'a-quarantined-voter-does-not-count', twists: { decide: forgiving } },
  { says: 'a rollback goes out twice', law: 'undo-at-most-once', twists: { decide: undoTwice } },
  { says: 'a decision has a memory of its own', law: 'replay-decides-the-same', twists: { decide: counting() } },
  { says: 'a certificate has no evidence', law: 'a-certificate-stands-alone', twists: { decide: gateless } },
  { says: 'a signed word is altered', law: 'the-log-verifies', twists: { decide: resigned } },
  { says: 'answers are not remembered', law: 'said-once-is-done-once', twists: { forgetAnswers: true } },
  { says: 'the answer goes out before the commit', law: 'nothing-acknowledged-is-lost', twists: { answerFirst: true } },
]
