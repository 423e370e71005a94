import { type Command, incidentIn, manyIn } from '../command.ts'
import { CliError, EXIT, usage } from '../exit.ts'
import { sayProposal } from '../incident.ts'
import { MEANT, decide, proposalIn, typeTarget } from './approve.ts'
import { REASON } from './orders.ts'

export const undo: Command = {
  name: 'undo',
  takes: '<incident> [proposal]',
  args: { min: 1, max: 2 },
  says: 'send the rollback that was approved with a change, once',
  more: [
    'Shows what would be undone; then the target is typed. --yes does not answer that: a script gives --digest and --confirm.',
    'Only a kill switch stops a rollback. One that was sent is not sent again.',
  ],
  example: "ic undo inc_1a2b3c4d5e6f P-1 -r 'errors rose with it'",
  options: { ...REASON, ...MEANT },
  async run(context) {
    const incident = incidentIn(context)
    const proposal = await proposalIn(context, incident, context.args[1])
    const { rollback } = proposal.plan
    if (!context.out.json) sayProposal(context.out, proposal)
    if (rollback === null)
      throw new CliError(EXIT.conflict, 'nothing-to-undo', `what P-${proposal.number} did cannot be undone`)
    if (context.dryRun) return context.out.say(`Would undo P-${proposal.number} of ${incident} on ${rollback.target}`)
    const { target } = proposal.action
    await typeTarget(context, target, { asks: `This undoes it on ${target}. Type the target to undo:`, done: 'undone' })
    return decide(context, incident, proposal, 'undo')
  },
}

export const changes: Command = {
  name: 'changes',
  takes: '<incident> [proposal]',
  args: { min: 1, max: 2 },
  says: 'not this, but the same with other parameters: asks for another proposal',
  more: [
    'The proposal that waits ends; the next one of that action is drafted as asked, with a ballot and an approval of its own.',
    'A value out of the bounds of the runbook is refused at once. Without --set the reason says in words what is wrong.',
  ],
  example: "ic changes inc_1a2b3c4d5e6f P-1 --set pool_limit=30 -r 'not all of it at once'",
  options: {
    ...REASON,
    set: { type: 'string', value: 'NAME=VALUE', many: true, says: 'a parameter as it should be; once for each' },
  },
  async run(context) {
    const asked = manyIn(context, 'set').map(pair)
    const incident = incidentIn(context)
    const proposal = await proposalIn(context, incident, context.args[1])
    const wants = Object.fromEntries(
      asked.map(([name, text]) => [name, valueOf(proposal.action.parameters, name, text)]),
    )
    if (context.dryRun)
      return context.out.say(`Would ask for P-${proposal.number} of ${incident} with ${JSON.stringify(wants)}`)
    return decide(context, incident, proposal, 'request-changes', { wants })
  },
}

function pair(text: string): [string, string] {
  const [, name, value] = /^([^=\s]+)=(\S.*)$/.exec(text) ?? []
  if (name === undefined || value === undefined) throw usage(`--set ${text} is not NAME=VALUE`)
  return [name, value]
}

/** A value of the kind that was proposed; of a name that was not, the server knows. */
function valueOf(proposed: Record<string, number | string>, name: string, text: string): number | string {
  const before = Object.hasOwn(proposed, name) ? proposed[name] : undefined
  if (typeof before === 'string') return text
  const value = Number(text)
  if (Number.isFinite(value)) return value
  if (before !== undefined) throw usage(`${name} is a number; ${text} is none`)
  return text
}
