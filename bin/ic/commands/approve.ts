import { randomUUID } from 'node:crypto'
import type { IncidentDetail, IncidentRow, ProposalRow } from '../../../durable/protocol/rows.ts'
import { type Command, type Context, incidentIn } from '../command.ts'
import { CliError, EXIT, usage } from '../exit.ts'
import { sayProposal } from '../incident.ts'
import type { Options } from '../options.ts'
import { REASON, reasonIn } from './orders.ts'

/** Characters of a digest that a script may give instead of all 64: 48 bits. */
const DIGEST_CHARS_MIN = 12

/** Which change on which target is meant, where nobody types. */
export const MEANT: Options = {
  digest: { type: 'string', value: 'SHA256', says: 'the change that is meant' },
  confirm: { type: 'string', value: 'TARGET', says: 'the target, as it would be typed' },
}

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
    ...REASON,
    ...MEANT,
  },
  async run(context) {
    const incident = incidentIn(context)
    const proposal = await proposalIn(context, incident, context.args[1])
    if (!context.out.json) sayProposal(context.out, proposal)
    if (proposal.status !== 'awaiting-approval')
      throw new CliError(EXIT.conflict, 'not-awaiting-approval', `P-${proposal.number} is ${proposal.status}`)
    const { target } = proposal.action
    if (context.dryRun) return context.out.say(`Would approve P-${proposal.number} of ${incident} on ${target}`)
    await typeTarget(context, target, { asks: `This runs on ${target}. Type the target to approve:`, done: 'approved' })
    return decide(context, incident, proposal, 'approve')
  },
}

export const reject: Command = {
  name: 'reject',
  takes: '<incident> [proposal]',
  args: { min: 1, max: 2 },
  says: 'turn a proposal down',
  example: "ic reject inc_1a2b3c4d5e6f P-2 -r 'the pool is not the cause'",
  options: REASON,
  async run(context) {
    const incident = incidentIn(context)
    const proposal = await proposalIn(context, incident, context.args[1])
    if (context.dryRun) return context.out.say(`Would reject P-${proposal.number} of ${incident}`)
    return decide(context, incident, proposal, 'reject')
  },
}

/** The target, typed by a person or named by a script together with the digest; anything else ends the command. */
export async function typeTarget(
  context: Context,
  target: string,
  { asks, done }: { asks: string; done: string },
): Promise<void> {
  const given = context.text('confirm')
  if (given !== undefined && context.text('digest') === undefined)
    throw usage('--confirm goes with --digest: between looking and saying so there may be another change')
  const typed =
    given ?? (await context.ask.line(asks, `--digest and --confirm say which change on which target is ${done}`))
  if (typed !== target)
    throw new CliError(EXIT.error, 'confirm-mismatch', `the target is ${target}, not ${typed}; nothing was ${done}`)
}

/** Says a word about exactly this proposal, and how it stands then. */
export async function decide(
  context: Context,
  incident: string,
  { id, digest, number }: ProposalRow,
  word: 'approve' | 'reject' | 'undo' | 'request-changes',
  more: object = {},
): Promise<void> {
  const body = { digest, ...more, reason: await reasonIn(context) }
  const path = `/api/v1/incidents/${incident}/proposals/${id}/${word}`
  const row = await context.api().post<IncidentRow>(path, body, { 'idempotency-key': randomUUID() })
  if (context.out.json) return context.out.value(row)
  context.out.say(`P-${number} is ${row.proposal?.status ?? 'gone'}; \`ic tail ${incident}\` shows what happens.`)
}

/** The proposal that is named, else the latest. A digest that was given must be its digest. */
export async function proposalIn(context: Context, incident: string, named: string | undefined): Promise<ProposalRow> {
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
  return proposal
}
