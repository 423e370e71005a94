import { sameSeries, seriesOf } from '../core/consensus/readings.ts'
import type { CommandBody } from '../protocol/commands.ts'
import type { EvidenceDraft, Proposal } from '../protocol/domain.ts'
import type { Effect } from '../protocol/effects.ts'
import { wordsOf } from './ask.ts'
import { seriesEvidence } from './evidence.ts'
import { PEER_ANSWERS_MS, windowsOf } from './gather.ts'
import type { Place } from './place.ts'
import { within } from './within.ts'

/** A driver that does not keep its own deadline is waited for no longer, in ms of wall time; its outcome is unknown then. */
const CALL_MS_MAX = 12_000

/** The detail of a call that was claimed and never answered, because the room itself went away. */
export const RESTARTED = 'the room restarted during the call'

/** Reads the kill switch and the cited series a last time; core judges them in the commit that starts the action. */
export async function beginExecution(place: Place, proposal: Proposal): Promise<CommandBody> {
  const [killSwitch, fresh] = await Promise.all([readKillSwitch(place), freshSeries(place, proposal)])
  return { type: 'start-execution', proposal: proposal.id, digest: proposal.digest, killSwitch, fresh }
}

/** null when it cannot be read, which refuses like on. */
async function readKillSwitch({ peers }: Place): Promise<boolean | null> {
  try {
    return (await within(PEER_ANSWERS_MS, peers.switchboard().killSwitch())).on
  } catch {
    return null
  }
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
  return windows
    .filter((window) => cited.some((series) => sameSeries(series, window)))
    .flatMap((window) => seriesEvidence(window, catalogue, clock) ?? [])
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
  // Settled meanwhile, by a person or by the room itself: a call now would be one that nobody waits for.
  if (proposal.execution?.outcome !== 'running') return null
  const { key, token } = effect
  const { body, digest } = proposal
  const endpoint = endpointOf(place, proposal)
  const driver = endpoint === null ? null : (await place.bridge()).remediation(endpoint)
  if (endpoint === null || driver === null)
    return { type: 'answer-execution', proposal: proposal.id, key, outcome: 'failed', detail: 'nothing-wired' }
  await place.claim()
  try {
    const { outcome, detail } = await within(CALL_MS_MAX, driver.call({ endpoint, key, token, digest, body }))
    return { type: 'answer-execution', proposal: proposal.id, key, outcome, detail }
  } catch (error) {
    return { type: 'answer-execution', proposal: proposal.id, key, outcome: 'unknown', detail: wordsOf(error) }
  }
}

/** Asks the driver what became of an unanswered call; null when the question is settled already. */
export async function askStatus(place: Place, proposal: Proposal, key: string): Promise<CommandBody | null> {
  if (proposal.execution?.outcome !== 'unknown') return null
  const endpoint = endpointOf(place, proposal)
  const driver = endpoint === null ? null : (await place.bridge()).remediation(endpoint)
  const answer =
    endpoint === null || driver === null
      ? { outcome: 'unknown' as const, detail: 'nothing-wired' }
      : await driver.status({ endpoint, key })
  return { type: 'answer-status', proposal: proposal.id, key, ...answer }
}

function endpointOf({ catalogue }: Place, proposal: Proposal): string | null {
  const { runbook } = proposal.body.plan.action
  return catalogue.runbooks.find(({ id }) => id === runbook)?.endpoint ?? null
}
