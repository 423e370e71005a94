import type { CommandBody } from '../protocol/commands.ts'
import type { Controls, RecentAction } from '../protocol/controls.ts'
import type { Proposal } from '../protocol/domain.ts'
import type { Effect } from '../protocol/effects.ts'
import type { View } from '../protocol/view.ts'
import { wordsOf } from './ask.ts'
import { PEER_ANSWERS_MS } from './gather.ts'
import type { Place } from './place.ts'
import { within } from './within.ts'

type Of<T extends Effect['type']> = Extract<Effect, { type: T }>

/** A driver says what it would do within this wall time, in ms, or the dry run has nothing to show. */
const DRY_RUN_MS_MAX = 10_000

/** What holds an action on this target back; null when it cannot be read, which refuses like a switch that is on. */
export async function readControls({ peers, head }: Place, target: string): Promise<Controls | null> {
  try {
    return await within(PEER_ANSWERS_MS, peers.directory().controls({ incident: head.id, target }))
  } catch {
    return null
  }
}

/** The one global switch of what was read; a narrower one is said with its scope. */
export function globalSwitch(controls: Controls | null): boolean | null {
  return controls === null ? null : controls.killSwitch?.on === true && controls.killSwitch.scope === 'global'
}

/** What holds back what Resolution asks for now; nothing where it asks for nothing. */
export async function controlsOfPlan(place: Place): Promise<{ controls?: Controls | null }> {
  const detail = place.view.findings.resolution?.detail
  if (detail?.agent !== 'resolution' || detail.plan === null) return {}
  return { controls: await readControls(place, detail.plan.action.target) }
}

/** Everything this room started, as other rooms of its namespace hear of it. */
export function actionsOf({ head, record, proposals }: View): RecentAction[] {
  if (!head) return []
  return record.map(({ proposal, type, target, at, end }) => {
    const undone = proposals.some(({ number, status }) => number === proposal && status === 'undone')
    return { incident: head.id, proposal, type, target, at, end: undone ? 'undone' : end }
  })
}

/** Asks the driver what it would do. Nothing is called, so it may be asked again; what it cannot say is said so. */
export async function previewDriver(
  place: Place,
  proposal: Proposal,
  { key }: Of<'preview-driver'>,
): Promise<CommandBody> {
  const say = (report: Extract<CommandBody, { type: 'report-dry-run' }>['report'], detail: string) =>
    ({ type: 'report-dry-run', proposal: proposal.id, key, report, detail }) as const
  const { runbook } = proposal.body.plan.action
  const endpoint = place.catalogue.runbooks.find(({ id }) => id === runbook)?.endpoint ?? null
  try {
    const driver = endpoint === null ? null : (await place.bridge()).remediation(endpoint)
    if (endpoint === null || driver === null) return say(null, 'nothing-wired')
    const { digest, body } = proposal
    return say(await within(DRY_RUN_MS_MAX, driver.dryRun({ endpoint, key, token: 0, digest, body })), '')
  } catch (error) {
    return say(null, wordsOf(error))
  }
}

/**
 * Reads what the action came to on its service since the clause was last revoked: incidents that are over, and those that
 * went wrong in one that is not. Null where the clause does not stand; a drill has none.
 */
export async function readAutonomy(
  { catalogue, head, peers }: Place,
  proposal: Proposal,
  effect: Of<'ask-autonomy'>,
): Promise<CommandBody | null> {
  if (head.drill !== null || catalogue.autonomy?.some(({ id }) => id === effect.clause) !== true) return null
  const { type, target } = proposal.body.plan.action
  const directory = peers.directory()
  const clause = await within(PEER_ANSWERS_MS, directory.autonomy(effect.clause))
  if (clause?.on !== true) return null
  const since = clause.since === null ? null : Date.parse(clause.since)
  const [record, { recent }] = await within(
    PEER_ANSWERS_MS,
    Promise.all([
      peers.memory().actionRecord({ type, target, since }),
      directory.controls({ incident: head.id, target }),
    ]),
  )
  const wrong = recent.filter(
    (one) => one.type === type && one.at >= (since ?? 0) && (one.end === 'worse' || one.end === 'undone'),
  )
  const { id, digest } = proposal
  const known = { n: record.n, regressions: Math.max(record.regressions, wrong.length) }
  return { type: 'grant-autonomy', proposal: id, digest, clause: effect.clause, record: known }
}
