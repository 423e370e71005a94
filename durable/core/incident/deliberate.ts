import type { Command, Refusal, RoomCommand } from '../../protocol/commands.ts'
import type { AgentName, Evidence, EvidenceDraft, Finding } from '../../protocol/domain.ts'
import type { Decided, EventBody } from '../../protocol/events.ts'
import { EVIDENCE_PER_ROOM_MAX } from '../../protocol/limits.ts'
import { openProposal } from '../../protocol/view.ts'
import { AGENT_DEADLINE_MS } from '../consensus/policy.ts'
import { held } from '../consensus/readings.ts'
import { added, refuse, said } from './answer.ts'
import { type State, evidenceKey, firingSinceMitigated, isLively } from './state.ts'

type Of<T extends RoomCommand['type']> = Extract<RoomCommand, { type: T }>

/** These three look for themselves and at once; Resolution follows Diagnosis, Communication words what there is. */
const FIRST_TO_LOOK: readonly AgentName[] = ['detection', 'diagnosis', 'prediction']

/** Freezes one look at the world into the room and starts the agents on it. Refused while a proposal is being settled. */
export function recordEvidence(state: State, command: Command, body: Of<'record-evidence'>): Decided[] | Refusal {
  const { view } = state
  if (!view.head) return refuse('not-open', 'this room was never opened')
  if (body.run !== view.run + 1) return refuse('stale-run', `run ${body.run} does not follow run ${view.run}`)
  if (!isLively(view)) return refuse('stale-run', `the incident is ${view.state}`)
  // A look at what has recovered would only rule the cause out that was found.
  if (view.state === 'mitigated' && firingSinceMitigated(view) === 0)
    return refuse('stale-run', 'it is mitigated, and no alert began to fire since')
  const open = openProposal(view)
  if (open) return refuse('stale-run', `proposal ${open.number} is being settled`)
  const { evidence, dropped } = mint(state, body.drafts)
  const gaps: { what: string; reason: string }[] = [...body.gaps]
  if (dropped > 0)
    gaps.push({ what: `${dropped} observations beyond ${EVIDENCE_PER_ROOM_MAX}`, reason: 'limit-reached' })
  const deadlineWall = command.wall + AGENT_DEADLINE_MS
  return added(
    command,
    { type: 'evidence-recorded', run: body.run, evidence, gaps },
    ...FIRST_TO_LOOK.map((agent): EventBody => ({ type: 'agent-started', agent, run: body.run, deadlineWall })),
  )
}

/** Ids are minted here: `E-01`, `E-02`, …; the same thing seen again keeps its id and shows its newest state. */
export function mint(state: State, drafts: EvidenceDraft[]): { evidence: Evidence[]; dropped: number } {
  const evidence: Evidence[] = []
  const ids = new Map(Object.entries(state.evidenceIds))
  let dropped = 0
  for (const draft of drafts) {
    const key = evidenceKey(draft)
    let id = ids.get(key)
    if (id === undefined) {
      if (ids.size >= EVIDENCE_PER_ROOM_MAX) {
        dropped += 1
        continue
      }
      id = `E-${String(ids.size + 1).padStart(2, '0')}`
      ids.set(key, id)
    }
    evidence.push({ ...draft, id })
  }
  return { evidence, dropped }
}

/** Records what an agent concluded. A late or replaced run is refused; unknown citations are taken out and said. */
export function reportFinding(state: State, command: Command, body: Of<'report-finding'>): Decided[] | Refusal {
  const { view } = state
  const { agent, draft } = body
  if (draft.detail.agent !== agent) return refuse('stale-run', `a finding of ${draft.detail.agent} came as ${agent}`)
  const seat = view.agents[agent]
  if (agent !== 'communication' && !isLively(view)) return refuse('stale-run', `the incident is ${view.state}`)
  if (agent !== 'communication' && (seat.state !== 'working' || seat.run !== body.run)) {
    return refuse('stale-run', `${agent} is not working on run ${body.run}`)
  }
  const worded = view.findings.communication
  if (agent === 'communication' && worded && worded.run >= body.run)
    return refuse('stale-run', 'this wording or a newer one stands')
  const unknown = draft.cites.filter((id) => !held(view.evidence, id))
  const finding: Finding = {
    ...draft,
    cites: draft.cites.filter((id) => held(view.evidence, id)),
    gaps:
      unknown.length === 0
        ? draft.gaps
        : [...draft.gaps, { what: `cited but not held: ${unknown.join(', ')}`, reason: 'no-data' }],
    id: `F-${String(state.findings + 1).padStart(2, '0')}`,
    agent,
    run: body.run,
    at: command.at,
    provenance: body.provenance,
  }
  const events = said(command, { type: 'finding-reported', finding })
  if (agent === 'diagnosis') {
    events.push(
      ...added(command, {
        type: 'agent-started',
        agent: 'resolution',
        run: body.run,
        deadlineWall: command.wall + AGENT_DEADLINE_MS,
      }),
    )
  }
  if (agent === 'resolution' && draft.detail.agent === 'resolution' && !draft.detail.plan) {
    events.push(
      ...askHuman(
        state,
        command,
        null,
        draft.reason || 'no-runbook-fits',
        draft.detail.checklist ? `work the checklist ${draft.detail.checklist.title}` : draft.summary,
      ),
    )
  }
  return events
}

/** Hands the question to people, once for the same reason. */
export function askHuman(
  state: State,
  command: Command,
  proposal: string | null,
  reason: string,
  wouldDecide: string,
): Decided[] {
  const asked = state.view.humanAsked
  if (asked && asked.reason === reason && asked.proposal === proposal) return []
  return added(command, { type: 'human-asked', proposal, reason, wouldDecide })
}

export function agentFailed(state: State, command: Command, body: Of<'agent-failed'>): Decided[] | Refusal {
  const seat = state.view.agents[body.agent]
  if (body.agent !== 'communication' && (seat.state !== 'working' || seat.run !== body.run)) {
    return refuse('stale-run', `${body.agent} is not working on run ${body.run}`)
  }
  return stopAgent(state, command, body.agent, body.run, 'failed', body.reason)
}

/** An agent that failed or is late leaves its seat; without Diagnosis or Resolution the question goes to people. */
export function stopAgent(
  state: State,
  command: Command,
  agent: AgentName,
  run: number,
  how: 'late' | 'failed',
  reason: string,
): Decided[] {
  const events = added(command, { type: 'agent-stopped', agent, run, state: how, reason })
  if ((agent === 'diagnosis' || agent === 'resolution') && isLively(state.view)) {
    events.push(...askHuman(state, command, null, `${agent}-${how}`, `${agent} looks again with the next evidence`))
  }
  return events
}
