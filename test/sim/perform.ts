import { sameSeries, seriesOf } from '../../durable/core/consensus/readings.ts'
import { canonical } from '../../durable/protocol/canonical.ts'
import type { CommandBody } from '../../durable/protocol/commands.ts'
import type { Actor, AgentName, EvidenceDraft, Instant, Proposal } from '../../durable/protocol/domain.ts'
import { signedClerk } from '../agent-keys.ts'
import { clerk, find, situationOf, votesOf } from './agents.ts'
import { type Effect, clockHolder } from '../../durable/protocol/effects.ts'
import type { Row } from './disk.ts'
import { undoOf } from './laws-undo.ts'
import { sha256 } from './shell.ts'
import type { World } from './world.ts'

/** As the room's: a try takes so long at most, the one call a little less. */
const EFFECT_MS_MAX = 15_000
const CALL_MS_MAX = 12_000

const ROOM: Actor = { kind: 'system', name: 'room' }
const PROVENANCE = {
  driver: 'sim',
  model: null,
  tokens: null,
  costUsd: null,
  latencyMs: 1,
  attempts: 1,
  degraded: null,
}

type Done = { by: Actor; body: CommandBody } | null

/** Performs one effect of the outbox in the world, on virtual time; the answer re-enters as a command of the same life. */
export function perform(world: World, row: Row): void {
  const { effect } = row
  if (effect.type === 'call-driver') return callDriver(world, row, effect)
  const { shell, scheduler, trouble } = world
  const { life } = shell
  const alive = (): boolean => shell.up && shell.life === life && shell.disk.outbox.has(row.key)
  if (shell.diesAt(`before ${row.key}`)) return
  if (trouble.happens('silent')) return scheduler.after(EFFECT_MS_MAX, () => void (alive() && shell.failed(row)))
  const takes = trouble.happens('slow') ? trouble.chance.whole(1_000, 14_000) : trouble.chance.whole(1, 80)
  scheduler.after(takes, () => {
    if (!alive()) return
    if (trouble.happens('throws')) return shell.failed(row)
    const done = answerOf(world, row)
    // Something else of the world happens between the answer and its commit.
    scheduler.after(trouble.chance.whole(0, trouble.happens('races') ? 400 : 5), () => {
      if (!alive()) return
      if (done === 'failed') return shell.failed(row)
      shell.inFlight.delete(row.key)
      if (done.length === 0) return shell.drop(row.key)
      for (const [index, one] of done.entries()) {
        const settles = index === done.length - 1 ? row.key : null
        if (one) shell.submit({ id: null, by: one.by, role: null, body: one.body, settles })
        if (!shell.up) return
      }
    })
  })
}

function answerOf(world: World, row: Row): Done[] | 'failed' {
  const { shell, trouble } = world
  const { effect } = row
  const { view } = shell.state
  const { at } = shell
  const proposal = 'proposal' in effect ? view.proposals.find(({ id }) => id === effect.proposal) : undefined
  if ('proposal' in effect && !proposal) return []
  const reachable = !trouble.happens('unreachable')
  const say = (body: CommandBody, by: Actor = ROOM): Done[] => [{ by, body }]
  switch (effect.type) {
    case 'gather-evidence': {
      // The monitors look at their own clock.
      const drafts = reachable ? world.look(world.at) : []
      const gaps = reachable ? [] : [{ what: 'telemetry', reason: 'unreachable' as const }]
      return say({ type: 'record-evidence', run: effect.run, drafts, gaps })
    }
    case 'run-agent':
      return say(agentBody(world, effect.agent, effect.run, at), agent(effect.agent))
    case 'prepare-proposal':
      return say({ type: 'propose', run: effect.run })
    case 'ask-voter': {
      if (!proposal) return []
      return votesOf(effect.voter, view, proposal, at, trouble, world.blind).map((body) => {
        world.laws.signed(body)
        return { by: agent(effect.voter), body }
      })
    }
    case 'ask-clerk':
      return proposal
        ? say(
            signedClerk(view, {
              type: 'clerk-word',
              proposal: proposal.id,
              ...clerk(situationOf(view, at), proposal.body),
            }),
            agent('communication'),
          )
        : []
    case 'begin-execution':
      return proposal ? say(beginBody(world, proposal)) : []
    case 'preview-driver': {
      const report = { driver: 'sim', says: 'one call', calls: [], effect: 'none yet', canCheck: false }
      return say({
        type: 'report-dry-run',
        proposal: effect.proposal,
        key: effect.key,
        report: reachable ? report : null,
        detail: '',
      })
    }
    // No catalogue of these worlds has a clause.
    case 'ask-autonomy':
      return []
    case 'begin-undo':
      return proposal ? say(undoBody(world, proposal)) : []
    case 'read-step':
      return proposal ? say(stepBody(world, proposal, effect.step, world.at, reachable)) : []
    case 'end-wait':
      return say({ type: 'end-wait', proposal: effect.proposal, step: effect.step })
    case 'ask-status': {
      const { key, undo } = effect
      if (!proposal || (undo ? proposal.undo : proposal.execution)?.outcome !== 'unknown') return []
      const type = undo ? 'answer-undo-status' : 'answer-status'
      return say({ type, proposal: proposal.id, key, ...world.driver.status(key) })
    }
    case 'read-signals':
      return proposal ? say(readingsBody(world, proposal, world.at, reachable)) : []
    case 'pause-clock':
    case 'resume-clock':
      if (!reachable) return 'failed'
      world.turnClock(effect.type === 'pause-clock', clockHolder(effect))
      return []
    case 'update-index':
      return reachable ? [] : 'failed'
    case 'archive':
      if (!reachable) return 'failed'
      world.archived += 1
      return say({ type: 'record-archive', store: 'sim', reference: `sim/${view.hash.slice(0, 8)}` })
    case 'call-driver':
    case 'move-alerts':
    case 'link-parent':
    case 'notify':
      return []
    default:
      return effect satisfies never
  }
}

const agent = (name: AgentName): Actor => ({ kind: 'agent', name })

function agentBody(world: World, name: AgentName, run: number, at: Instant): CommandBody {
  if (world.trouble.happens('throws')) return { type: 'agent-failed', agent: name, run, reason: 'engine-threw' }
  const draft = find(name, world.shell.state.view, at, world.trouble)
  return { type: 'report-finding', agent: name, run, draft, provenance: PROVENANCE }
}

/** Kill switch and cited series, read a last time. */
function beginBody(world: World, proposal: Proposal): CommandBody {
  const { evidence } = world.shell.state.view
  const cited = proposal.body.plan.cites.flatMap((id) => {
    const item = Object.hasOwn(evidence, id) ? evidence[id] : undefined
    return (item && seriesOf(item)) ?? []
  })
  const seen = world.trouble.happens('unreachable') ? [] : world.look(world.at)
  const fresh = seen.filter((draft: EvidenceDraft) => {
    const series = draft.data.kind === 'metric' || draft.data.kind === 'edge' ? draft.data.series : null
    return series !== null && cited.some((one) => sameSeries(one, series))
  })
  const { target } = proposal.body.plan.action
  world.holds.atLast(target)
  const controls = world.trouble.happens('unreachable') ? null : world.holds.reading(proposal.id, target)
  const killSwitch = controls === null ? null : world.killSwitch
  // Somebody throws it just now: the room may hear of it before it starts.
  if (world.trouble.happens('races')) world.directory.setKillSwitch(true)
  return { type: 'start-execution', proposal: proposal.id, digest: proposal.digest, killSwitch, controls, fresh }
}

/** The switches, read a last time before a rollback is sent. */
function undoBody(world: World, proposal: Proposal): CommandBody {
  const { target } = proposal.body.plan.action
  const controls = world.trouble.happens('unreachable') ? null : world.holds.reading(undoOf(proposal.id), target)
  if (world.trouble.happens('races')) world.directory.setKillSwitch(true)
  const killSwitch = controls === null ? null : controls.killSwitch !== null
  return { type: 'start-undo', proposal: proposal.id, digest: sha256(canonical(proposal.body)), killSwitch }
}

/** The level that a step goes by, as the monitors hold it. */
function stepBody(world: World, proposal: Proposal, id: string, at: Instant, reachable: boolean): CommandBody {
  const step = proposal.body.plan.steps?.find((candidate) => candidate.id === id)
  const name = step && 'when' in step && reachable ? step.when.signal : null
  const read =
    name === null ? { value: null, at: null } : { value: world.shop.read(name, at), at: Math.floor(at / 1_000) * 1_000 }
  return { type: 'read-step', proposal: proposal.id, step: id, ...read }
}

function readingsBody(world: World, proposal: Proposal, at: Instant, reachable: boolean): CommandBody {
  const alerts = Object.values(world.shell.state.view.alerts)
  const readings = proposal.body.plan.verify.signals.map((signal, index) => {
    if (!reachable) return { signal: index, value: null, at: null }
    if (signal.kind === 'series')
      return { signal: index, value: world.shop.read(signal.series.name, at), at: Math.floor(at / 1_000) * 1_000 }
    const alert = alerts.find(({ fingerprint }) => fingerprint === signal.fingerprint)
    return alert
      ? { signal: index, value: alert.status === 'firing' ? 1 : 0, at }
      : { signal: index, value: null, at: null }
  })
  return { type: 'sample-verification', proposal: proposal.id, readings }
}

/** The one call: claimed on disk before it is made; a claim without an answer is never called again. */
function callDriver(world: World, row: Row, effect: Extract<Effect, { type: 'call-driver' }>): void {
  const { proposal: id, key, token, undo } = effect
  const { shell, scheduler, trouble, driver, twists } = world
  const { life } = shell
  const alive = (): boolean => shell.up && shell.life === life && shell.disk.outbox.has(row.key)
  const proposal = shell.state.view.proposals.find((candidate) => candidate.id === id)
  if (!proposal) return
  const answer = (outcome: 'ran' | 'failed' | 'unknown', detail: string): void => {
    if (!alive()) return
    shell.inFlight.delete(row.key)
    shell.submit({
      id: null,
      by: ROOM,
      role: null,
      body: { type: undo ? 'answer-undo' : 'answer-execution', proposal: id, key, outcome, detail },
      settles: row.key,
    })
  }
  const claimed = { ...row, claimed: scheduler.now }
  if (row.claimed !== null) return scheduler.after(1, () => answer('unknown', 'the room restarted during the call'))
  if (shell.diesAt(`before the claim of ${row.key}`)) return
  if (!twists.claimAfterCall) shell.keep(claimed)
  if (shell.diesAt(`after the claim of ${row.key}`)) return
  if (trouble.happens('crashAtCall')) return void shell.crash()
  let answered = false
  const order = { proposal: id, key, token, digest: proposal.digest, body: proposal.body, ...(undo && { undo }) }
  driver.call(
    order,
    (said) => {
      if (answered) return
      answered = true
      if (alive() && twists.claimAfterCall) shell.keep(claimed)
      if (said === 'error') answer('unknown', 'connection reset')
      else answer(said.outcome, said.detail)
    },
    (where) => void (alive() && shell.diesAt(`${where}, ${row.key}`)),
  )
  scheduler.after(CALL_MS_MAX, () => {
    if (answered) return
    answered = true
    answer('unknown', 'timeout')
  })
  if (trouble.happens('crashAtCall'))
    scheduler.after(trouble.chance.whole(0, 500), () => void (shell.up && shell.life === life && shell.crash()))
}
