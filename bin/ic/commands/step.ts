import type { ProposalRow } from '../../../durable/protocol/rows.ts'
import { UNDO_STEP, actionStep, asksPerson } from '../../../durable/protocol/steps.ts'
import { type Command, incidentIn } from '../command.ts'
import { CliError, EXIT, usage } from '../exit.ts'
import { proposalIn } from './approve.ts'
import { REASON, order, reasonIn } from './orders.ts'

const OUTCOMES = ['done', 'could-not'] as const

export const step: Command = {
  name: 'step',
  takes: '<done|could-not> <incident> [step]',
  args: { min: 2, max: 3 },
  says: 'complete a step of a runbook that a person does; could-not ends the attempt',
  more: [
    'Without a step it is the one that waits for a person. `ic show` lists them. A manual step asks for a responder, an',
    'approval among the steps for a commander. could-not says why; done may.',
  ],
  example: "ic step done inc_1a2b3c4d5e6f drain -r 'node 3 is empty'",
  words: OUTCOMES,
  options: {
    ...REASON,
    proposal: { type: 'string', value: 'P-N', says: 'of which proposal (the latest)' },
  },
  async run(context) {
    const outcome = OUTCOMES.find((word) => word === context.args[0])
    if (outcome === undefined) throw usage('ic step done <incident> [step], ic step could-not <incident> [step]')
    const incident = incidentIn(context, 1)
    const proposal = await proposalIn(context, incident, context.text('proposal'))
    const id = context.args[2] ?? waiting(proposal)
    const reason = outcome === 'could-not' ? await reasonIn(context) : (context.text('reason') ?? '')
    return order(context, {
      incident,
      path: `proposals/${proposal.id}/steps/${encodeURIComponent(id)}`,
      body: { outcome, reason },
      does: `say that ${id} of P-${proposal.number} of ${incident} ${outcome === 'done' ? 'is done' : 'could not be done'}`,
      said: () => `${id} of P-${proposal.number} is ${outcome === 'done' ? 'done' : 'ended: it could not be done'}.`,
    })
  },
}

/** What a person is asked to do now: a step before the action, else the action or its rollback where nothing is wired. */
function waiting({ steps = [], plan, status, undo, number }: ProposalRow): string {
  const running = steps.find(
    ({ id, state }) => state === 'running' && asksPerson(plan.steps?.find((one) => one.id === id)),
  )
  if (running) return running.id
  if (status === 'outcome-unknown') return undo?.outcome === 'unknown' ? UNDO_STEP : actionStep(plan)
  throw new CliError(EXIT.conflict, 'no-such-step', `no step of P-${number} waits for a person`)
}
