import type { Context, Handler } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import * as z from 'zod/mini'
import type { PersonCommand } from '../../durable/protocol/commands.ts'
import { NOTE_CHARS_MAX, PARAMETER_CHARS_MAX, REASON_CHARS_MAX } from '../../durable/protocol/limits.ts'
import type { OrderAnswer } from '../../durable/protocol/objects.ts'
import type { AppEnv } from '../env.ts'
import { ProblemError } from '../errors.ts'
import { etagOf, ifMatchOf } from '../middleware/etag.ts'
import { bodyOf } from '../validate.ts'
import { incidentOf } from './params.ts'

type RefusalWord = Extract<OrderAnswer, { ok: false }>['reason']

/** Each reason word as a status: a new word does not compile without one. */
export const STATUS: Record<RefusalWord, ContentfulStatusCode> = {
  'not-found': 404,
  'not-open': 404,
  'no-such-proposal': 404,
  'no-such-ballot': 404,
  'role-too-low': 403,
  'empty-text': 400,
  'text-too-long': 400,
  'reason-needed': 400,
  'confirm-mismatch': 422,
  'no-such-runbook': 422,
  'no-such-target': 422,
  'guard-refuses': 422,
  'clause-not-named': 422,
  'outcome-unknown-on-target': 422,
  'already-open': 409,
  'invalid-transition': 409,
  'too-many-notes': 409,
  'wrong-digest': 409,
  'not-awaiting-approval': 409,
  'already-decided': 409,
  expired: 409,
  'nothing-to-settle': 409,
  'stale-run': 409,
  'stale-draft': 409,
  'ballot-closed': 409,
  'nothing-changed': 409,
  'another-proposal-open': 409,
  'seq-moved': 412,
  'no-such-task': 404,
  'no-such-alert': 422,
  'no-such-field': 404,
  'no-such-notification': 404,
  'not-held': 409,
  'too-many': 409,
  'bad-name': 400,
  'same-incident': 422,
  'no-such-incident': 422,
  'would-be-cycle': 422,
  'other-namespace': 422,
  'move-pending': 409,
  'nothing-left': 422,
  'nobody-to-page': 422,
  'not-earned': 422,
  'out-of-bounds': 422,
  'nothing-to-undo': 409,
  'no-such-step': 404,
  'bad-signature': 422,
  'unknown-key': 422,
}

const reason = z.string().check(z.trim(), z.maxLength(REASON_CHARS_MAX))
const ID_CHARS_MAX = 100
const id = z.string().check(z.minLength(1), z.maxLength(ID_CHARS_MAX))
const digest = z.string().check(z.regex(/^[0-9a-f]{64}$/, 'SHA-256 in hex'))

export const noFields = z.prefault(z.strictObject({}), {})
export const noteBody = z.strictObject({
  text: z.string().check(z.maxLength(NOTE_CHARS_MAX)),
  visibility: z.prefault(z.enum(['private', 'public']), 'private'),
})
export const reasonBody = z.strictObject({ reason })
export const decisionBody = z.strictObject({ digest, reason })
const parameters = z.record(
  z.string().check(z.maxLength(ID_CHARS_MAX)),
  z.union([z.number(), z.string().check(z.maxLength(PARAMETER_CHARS_MAX))]),
)
export const changesBody = z.strictObject({ digest, wants: z.prefault(parameters, {}), reason })
export const stepBody = z.strictObject({ outcome: z.enum(['done', 'could-not']), reason })
export const outcomeBody = z.strictObject({ proposal: id, outcome: z.enum(['it-ran', 'it-did-not']), reason })
export const ownDecisionBody = z.strictObject({
  runbook: id,
  target: id,
  parameters: z.record(
    z.string().check(z.maxLength(ID_CHARS_MAX)),
    z.union([z.number(), z.string().check(z.maxLength(PARAMETER_CHARS_MAX))]),
  ),
  confirm: id,
  passed: z.prefault(
    z.array(
      z.enum([
        'parameters-in-bounds',
        'target-known',
        'target-not-protected',
        'rollback-present',
        'no-outcome-unknown',
        'kill-switch-off',
        'preconditions-hold',
        'data-fresh',
        'cooldown-over',
        'not-same-failing-fix',
        'no-freeze',
        'no-maintenance',
        'blast-radius-in-bounds',
        'rate-in-bounds',
      ]),
    ),
    [],
  ),
  reason,
})

/**
 * `POST /api/v1/incidents/{id}/…`: what a person orders, by HTTP. The answer is the incident's row; a refusal is a
 * problem whose `code` is the room's reason word. `Idempotency-Key` makes it repeatable: the same person's same key is
 * answered with the first answer. `If-Match` with the seq that was looked at: 412 `seq-moved` says what changed since.
 */
export function order<S extends z.ZodMiniType>(
  schema: S,
  command: (body: z.output<S>, c: Context<AppEnv>) => PersonCommand,
): Handler<AppEnv> {
  return async (c) => {
    const { id: incident, namespace } = incidentOf(c)
    const body = await bodyOf(c, schema)
    const { name, role } = c.get('person')
    const cmd = idempotencyKey(c)
    const room = c.env.ROOM.getByName(`${namespace}/${incident}`)
    const answer = await room.order({ cmd, name, role, command: command(body, c), ...expected(c) })
    if (!answer.ok) throw new ProblemError(STATUS[answer.reason], answer.reason, answer.detail)
    return c.json(answer.row, 200, { etag: etagOf(answer.seq) })
  }
}

export const acknowledge = order(noFields, () => ({ type: 'acknowledge' }))
export const addNote = order(noteBody, (body) => ({ type: 'add-note', ...body }))
export const mitigate = order(reasonBody, (body) => ({ type: 'mitigate', ...body }))
export const resolve = order(reasonBody, (body) => ({ type: 'resolve', ...body }))
export const close = order(reasonBody, (body) => ({ type: 'close', ...body }))
export const approve = order(decisionBody, (body, c) => ({ type: 'approve', proposal: proposalOf(c), ...body }))
export const reject = order(decisionBody, (body, c) => ({ type: 'reject', proposal: proposalOf(c), ...body }))
export const requestChanges = order(changesBody, (body, c) => ({
  type: 'request-changes',
  proposal: proposalOf(c),
  ...body,
}))
export const undo = order(decisionBody, (body, c) => ({ type: 'undo', proposal: proposalOf(c), ...body }))
export const completeStep = order(stepBody, (body, c) => ({
  type: 'complete-step',
  proposal: proposalOf(c),
  step: stepOf(c),
  ...body,
}))
export const ownDecision = order(ownDecisionBody, (body) => ({ type: 'decide-myself', ...body }))
export const settleOutcome = order(outcomeBody, (body) => ({ type: 'settle-outcome', ...body }))

/** The newest of the seqs that `If-Match` names; a tag that is none was never one of ours and matches nothing. */
function expected(c: Context<AppEnv>): { expectSeq?: number } {
  const tags = ifMatchOf(c)
  if (tags === null) return {}
  const seqs = tags.filter((tag) => /^\d{1,15}$/.test(tag)).map(Number)
  return { expectSeq: Math.max(-1, ...seqs) }
}

function proposalOf(c: Context<AppEnv>): string {
  const proposal = c.req.param('proposal') ?? ''
  if (!/^prp_[A-Za-z0-9_-]{1,64}$/.test(proposal))
    throw new ProblemError(404, 'no-such-proposal', 'There is no such proposal.')
  return proposal
}

function stepOf(c: Context<AppEnv>): string {
  const step = c.req.param('step') ?? ''
  if (step.length > ID_CHARS_MAX) throw new ProblemError(404, 'no-such-step', 'There is no such step.')
  return step
}

function idempotencyKey(c: Context<AppEnv>): string {
  const key = c.req.header('idempotency-key')
  if (key === undefined) return crypto.randomUUID()
  if (!/^[\x21-\x7e]{1,128}$/.test(key))
    throw new ProblemError(400, 'invalid-idempotency-key', 'An Idempotency-Key is 1 to 128 visible ASCII characters.')
  return key
}
