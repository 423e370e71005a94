import type { CommandBody } from '../protocol/commands.ts'
import type { Actor, AgentName, Proposal } from '../protocol/domain.ts'
import { type Effect, clockHolder } from '../protocol/effects.ts'
import { incidentDetail, incidentRow } from '../protocol/rows.ts'
import { askClerk, askVoter, runAgent } from './ask.ts'
import { askStatus, beginExecution, beginUndo, callDriver } from './execution.ts'
import { actionsOf, controlsOfPlan, previewDriver, readAutonomy } from './controls.ts'
import { gatherEvidence } from './gather.ts'
import { SYSTEM } from './kernel.ts'
import { linkParent, moveAlerts } from './move.ts'
import { notify } from './notify.ts'
import type { Place } from './place.ts'
import { readSignals, readStep } from './signals.ts'

/** What an effect came to: a command that re-enters at the top, or nothing more to say. */
export type Performed = { by: Actor; body: CommandBody } | null

/**
 * Performs one effect. Someone else's failure is a value where core has a word for it (a gap, an unknown outcome, a failed
 * agent); everything else throws, and the outbox tries again.
 */
export async function perform(effect: Effect, place: Place): Promise<Performed> {
  switch (effect.type) {
    case 'gather-evidence':
      return system(await gatherEvidence(place, effect.run))
    case 'run-agent':
      return agent(effect.agent, await runAgent(place, effect.agent, effect.run))
    case 'prepare-proposal':
      return system({ type: 'propose', run: effect.run, ...(await controlsOfPlan(place)) })
    case 'ask-voter':
      return withProposal(place, effect.proposal, async (proposal) =>
        agent(effect.voter, await askVoter(place, proposal, effect.voter)),
      )
    case 'ask-clerk':
      return withProposal(place, effect.proposal, async (proposal) => ({
        by: { kind: 'agent', name: 'communication' },
        body: await askClerk(place, proposal),
      }))
    case 'begin-execution':
      return withProposal(place, effect.proposal, async (proposal) => system(await beginExecution(place, proposal)))
    case 'call-driver':
      return withProposal(place, effect.proposal, async (proposal) => system(await callDriver(place, proposal, effect)))
    case 'preview-driver':
      return withProposal(place, effect.proposal, async (proposal) =>
        system(await previewDriver(place, proposal, effect)),
      )
    case 'ask-autonomy':
      return withProposal(place, effect.proposal, async (proposal) =>
        system(await readAutonomy(place, proposal, effect)),
      )
    case 'ask-status':
      return withProposal(place, effect.proposal, async (proposal) => askStatus(place, proposal, effect).then(system))
    case 'begin-undo':
      return withProposal(place, effect.proposal, async (proposal) => system(await beginUndo(place, proposal)))
    case 'read-step':
      return withProposal(place, effect.proposal, async (proposal) =>
        system(await readStep(place, proposal, effect.step)),
      )
    case 'end-wait':
      return system({ type: 'end-wait', proposal: effect.proposal, step: effect.step })
    case 'read-signals':
      return withProposal(place, effect.proposal, async (proposal) => system(await readSignals(place, proposal)))
    case 'pause-clock':
    case 'resume-clock':
      return turnClock(place, effect)
    case 'update-index': {
      const row = incidentRow(place.view)
      const [own, ...others] = place.peers.indexes()
      const told = own?.updateRow(row, actionsOf(place.view))
      await Promise.all([told, ...others.map((index) => index.updateRow(row))])
      return null
    }
    case 'archive':
      return system(await archive(place))
    case 'move-alerts':
      return system(await moveAlerts(place, effect))
    case 'link-parent':
      return system(await linkParent(place, effect))
    case 'notify':
      return system(await notify(place, effect))
    default:
      return effect satisfies never
  }
}

function agent(name: AgentName, body: CommandBody | null): Performed {
  return body && { by: { kind: 'agent', name }, body }
}

function system(body: CommandBody | null): Performed {
  return body && { by: SYSTEM, body }
}

async function withProposal(
  { view }: Place,
  id: string,
  act: (proposal: Proposal) => Performed | Promise<Performed>,
): Promise<Performed> {
  const proposal = view.proposals.find((candidate) => candidate.id === id)
  return proposal ? act(proposal) : null
}

/** The story stands while a person is asked. A live room has no clock to stop. */
async function turnClock(
  place: Place,
  effect: Extract<Effect, { type: 'pause-clock' | 'resume-clock' }>,
): Promise<null> {
  const stage = place.peers.stage()
  if (!stage) return null
  const clock = await (effect.type === 'pause-clock'
    ? stage.pauseClock(clockHolder(effect))
    : stage.resumeClock(clockHolder(effect)))
  place.setClock(clock)
  return null
}

async function archive(place: Place): Promise<CommandBody> {
  const { view, head } = place
  const incident = {
    id: head.id,
    namespace: head.namespace,
    detail: incidentDetail(view),
    chainHead: view.hash,
    events: place.events(),
  }
  const { archive: port } = await place.bridge()
  const { reference } = await port.put(incident)
  return { type: 'record-archive', store: port.driver, reference }
}
