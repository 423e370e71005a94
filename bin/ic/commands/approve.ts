import { randomUUID } from 'node:crypto'
import type { IncidentDetail, IncidentRow, ProposalRow } from '../../../durable/protocol/rows.ts'
import { type Command, type Context, incidentIn } from '../command.ts'
import { CliError, EXIT, usage } from '../exit.ts'
import { sayProposal } from '../incident.ts'
import { reasonIn } from './orders.ts'

/** Characters of a digest that a script may give instead of all 64: 48 bits. */
const DIGEST_CHARS_MIN = 12

export const approve: Command = {
  name: 'approve',
  takes: '<incident> [proposal]',
  args: { min: 1, max: 2 },
  says: 'approve exactly one change, after it was shown and its target typed',
  more: [
    'Shows the change: before and after, target, undo, evidence, votes, digest. Then the target is typed. --yes does not',
    'answer that. A script names what it means: --digest (12 characters at least) and --confirm, the target.',
  ],
  example: "ic approve inc_1a2b3c4d5e6f -r 'the evidence fits'",
  options: {
    reason: { type: 'string', short: 'r', value: 'TEXT', says: 'why; stands in the record' },
    digest: { type: 'string', value: 'SHA256', says: 'the change that is meant' },
    confirm: { type: 'string', value: 'TARGET', says: 'the target, as it would be typed' },
  },
  async run(context) {
    const { incident, proposal } = await proposalIn(context)
    if (!context.out.json) sayProposal(context.out, proposal)
    if (proposal.status !== 'awaiting-approval')
      throw new CliError(EXIT.conflict, 'not-awaiting-approval', `P-${proposal.number} is ${proposal.status}`)
    const { target } = proposal.action
    if (context.dryRun) return context.out.say(`Would approve P-${proposal.number} of ${incident} on ${target}`)
    const typed =
      context.text('confirm') ??
      (await context.ask.line(
        `This runs on ${target}. Type the target to approve:`,
        '--digest and --confirm say which change on which target is approved',
      ))
    if (context.text('confirm') !== undefined && context.text('digest') === undefined)
      throw usage('--confirm goes with --digest: between looking and approving there may be another change')
    if (typed !== target)
      throw new CliError(EXIT.error, 'confirm-mismatch', `the target is ${target}, not ${typed}; nothing was approved`)
    return decide(context, incident, proposal, 'approve')
  },
}

export const reject: Command = {
  name: 'reject',
  takes: '<incident> [proposal]',
  args: { min: 1, max: 2 },
  says: 'turn a proposal down',
  example: "ic reject inc_1a2b3c4d5e6f P-2 -r 'the pool is not the cause'",
  options: { reason: { type: 'string', short: 'r', value: 'TEXT', says: 'why; stands in the record' } },
  async run(context) {
    const { incident, proposal } = await proposalIn(context)
    if (context.dryRun) return context.out.say(`Would reject P-${proposal.number} of ${incident}`)
    return decide(context, incident, proposal, 'reject')
  },
}

async function decide(
  context: Context,
  incident: string,
  { id, digest, number }: ProposalRow,
  word: 'approve' | 'reject',
): Promise<void> {
  const body = { digest, reason: await reasonIn(context) }
  const path = `/api/v1/incidents/${incident}/proposals/${id}/${word}`
  const row = await context.api().post<IncidentRow>(path, body, { 'idempotency-key': randomUUID() })
  if (context.out.json) return context.out.value(row)
  context.out.say(`P-${number} is ${row.proposal?.status ?? 'gone'}; \`ic tail ${incident}\` shows what happens.`)
}

/** The proposal that is named, else the latest. A digest that was given must be its digest. */
async function proposalIn(context: Context): Promise<{ incident: string; proposal: ProposalRow }> {
  const incident = incidentIn(context)
  const named = context.args[1]
  const digest = context.text('digest')
  if (digest !== undefined && !(digest.length >= DIGEST_CHARS_MIN && /^[0-9a-f]{1,64}$/.test(digest)))
    throw usage(`--digest is ${DIGEST_CHARS_MIN} to 64 characters of hex`)
  const { proposals } = await context.api().get<IncidentDetail>(`/api/v1/incidents/${incident}`)
  const proposal =
    named === undefined ? proposals.at(-1) : proposals.find(({ id, number }) => id === named || `P-${number}` === named)
  if (!proposal)
    throw new CliError(
      EXIT.notFound,
      'no-such-proposal',
      named ? `there is no proposal ${named}` : 'nothing is proposed',
    )
  if (digest !== undefined && !proposal.digest.startsWith(digest))
    throw new CliError(EXIT.conflict, 'wrong-digest', `P-${proposal.number} has the digest ${proposal.digest}`)
  return { incident, proposal }
}
