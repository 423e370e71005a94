import { changedMeanwhile } from '../core/drill/index.ts'
import { sameSeries, seriesOf } from '../core/consensus/readings.ts'
import { canonical } from '../protocol/canonical.ts'
import type { CommandBody } from '../protocol/commands.ts'
import type { EvidenceDraft, Proposal } from '../protocol/domain.ts'
import type { Effect } from '../protocol/effects.ts'
import { globalSwitch, readControls } from './controls.ts'
import { wordsOf } from './ask.ts'
import { seriesEvidence } from './evidence.ts'
import { windowsOf } from './gather.ts'
import type { Place } from './place.ts'
import { sha256 } from './seal.ts'
import { within } from './within.ts'

/** A driver that does not keep its own deadline is waited for no longer, in ms of wall time; its outcome is unknown then. */
const CALL_MS_MAX = 12_000

/** The detail of a call that was claimed and never answered, because the room itself went away. */
export const RESTARTED = 'the room restarted during the call'

/** Reads the controls and the cited series a last time; core judges them in the commit that starts the action. */
export async function beginExecution(place: Place, proposal: Proposal): Promise<CommandBody> {
  const { target } = proposal.body.plan.action
  const [controls, fresh] = await Promise.all([readControls(place, target), freshSeries(place, proposal)])
  // Made anew from what the room holds: what runs is what was approved, not what is called so.
  const { id, body } = proposal
  const digest = sha256(canonical(body))
  return { type: 'start-execution', proposal: id, digest, killSwitch: globalSwitch(controls), controls, fresh }
}

async function freshSeries(place: Place, proposal: Proposal): Promise<EvidenceDraft[]> {
  const { view, catalogue, clock } = place
  const cited = proposal.body.plan.cites.flatMap((id) => {
    const item = view.evidence[id]
    return (item && seriesOf(item)) ?? []
  })
  const services = [...new Set(cited.map(({ service }) => service))]
  const windows = (await Promise.all(services.map((service) => windowsOf(place, service)))).flatMap(
    (seen) => seen ?? [],
  )
  const fresh = windows
    .filter((window) => cited.some((series) => sameSeries(series, window)))
    .flatMap((window) => seriesEvidence(window, catalogue, clock) ?? [])
  const door = await place.faults()
  return door ? changedMeanwhile(door.faults, view, place.at, fresh) : fresh
}

/**
 * Makes the one call. Everything that may fail harmlessly comes before the claim; after it there is no second try, and no
 * definite answer is `unknown`.
 */
export async function callDriver(
  place: Place,
  proposal: Proposal,
  effect: Extract<Effect, { type: 'call-driver' }>,
): Promise<CommandBody | null> {
  const { key, token, undo } = effect
  // Settled meanwhile, by a person or by the room itself: a call now would be one that nobody waits for.
  if ((undo ? proposal.undo : proposal.execution)?.outcome !== 'running') return null
  const { body, digest } = proposal
  const endpoint = endpointOf(place, proposal)
  const driver = endpoint === null ? null : (await place.bridge()).remediation(endpoint)
  if (endpoint === null || driver === null) return answerTo(effect, 'failed', 'nothing-wired')
  await place.claim()
  try {
    const order = { endpoint, key, token, digest, body, ...(undo && { undo }) }
    const { outcome, detail } = await within(CALL_MS_MAX, driver.call(order))
    return answerTo(effect, outcome, detail)
  } catch (error) {
    return answerTo(effect, 'unknown', wordsOf(error))
  }
}

/** What a call came to, as the command that says so: of the action or of its rollback. */
export function answerTo(
  { proposal, key, undo }: Extract<Effect, { type: 'call-driver' }>,
  outcome: 'ran' | 'failed' | 'unknown',
  detail: string,
): CommandBody {
  return { type: undo ? 'answer-undo' : 'answer-execution', proposal, key, outcome, detail }
}

/** Reads the kill switches a last time before the rollback is sent; its digest is made anew from what the room holds. */
export async function beginUndo(place: Place, proposal: Proposal): Promise<CommandBody> {
  const controls = await readControls(place, proposal.body.plan.action.target)
  // Every switch that reaches the target stops it, nothing else does.
  const killSwitch = controls === null ? null : controls.killSwitch?.on === true
  return { type: 'start-undo', proposal: proposal.id, digest: sha256(canonical(proposal.body)), killSwitch }
}

/** Asks the driver what became of an unanswered call; null when the question is settled already. */
export async function askStatus(
  place: Place,
  proposal: Proposal,
  { key, undo }: Extract<Effect, { type: 'ask-status' }>,
): Promise<CommandBody | null> {
  if ((undo ? proposal.undo : proposal.execution)?.outcome !== 'unknown') return null
  const endpoint = endpointOf(place, proposal)
  const driver = endpoint === null ? null : (await place.bridge()).remediation(endpoint)
  const answer =
    endpoint === null || driver === null
      ? { outcome: 'unknown' as const, detail: 'nothing-wired' }
      : await driver.status({ endpoint, key, body: proposal.body })
  return { type: undo ? 'answer-undo-status' : 'answer-status', proposal: proposal.id, key, ...answer }
}

function endpointOf({ catalogue }: Place, proposal: Proposal): string | null {
  const { runbook } = proposal.body.plan.action
  return catalogue.runbooks.find(({ id }) => id === runbook)?.endpoint ?? null
}
