import * as fc from 'fast-check'
import type { CommandBody, NotifyOutcome } from '../../../durable/protocol/commands.ts'
import type { AgentName, FindingDraft, GuardClauseName, VoterName } from '../../../durable/protocol/domain.ts'
import { AGENTS, VOTERS } from '../../../durable/protocol/domain.ts'
import { ANN, BOB, PROVENANCE_OF_TESTS, RAY, ROOM, type Room, VAL, type Who } from './room.ts'
import { ON_CALL } from './life.ts'
import { type Saying, TEST_KEYS, signedVote } from '../../agent-keys.ts'
import { CALM, HEAD, POLICY, alert, look, metric, note, poolPlan } from './shop.ts'

/** Words that may mean something to a careless lookup. */
const word = fc.constantFrom(
  '',
  'x',
  'constructor',
  '__proto__',
  'toString',
  'E-01',
  'E-99',
  'db-proxy',
  'orders-db',
  'y'.repeat(5_000),
)
const few = fc.array(word, { maxLength: 3 })
const figure = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, -1, 40))
const step = fc.constantFrom('drain', 'sign', 'pause', 'calm', 'act', 'action', 'undo', 'constructor')
const figures = fc.dictionary(fc.constantFrom('pool_limit', 'force', 'constructor'), figure)
const run = fc.integer({ min: -1, max: 4 })
const agent = fc.constantFrom<AgentName>(...AGENTS)
const clause = fc.constantFrom<GuardClauseName>('data-fresh', 'preconditions-hold', 'cooldown-over', 'kill-switch-off')

/** A proposal and a digest: mostly the ones that stand, sometimes others. */
const pointed = fc.record({ mine: fc.boolean(), proposal: word, digest: word })
type Pointed = { mine: boolean; proposal: string; digest: string }
const point = (room: Room, { mine, proposal, digest }: Pointed): { proposal: string; digest: string } => {
  const last = room.state.view.proposals.at(-1)
  return mine && last ? { proposal: last.id, digest: last.digest } : { proposal, digest }
}
const keyOf = (room: Room, mine: boolean): string =>
  (mine ? room.state.view.proposals.at(-1)?.execution?.key : undefined) ?? 'none'

const plan = fc
  .record({ target: word, parameters: figures, cites: few, honest: fc.boolean() })
  .map(({ target, parameters, cites, honest }) => {
    const fine = poolPlan()
    return honest ? fine : { ...fine, action: { ...fine.action, target, parameters }, cites }
  })

const finding = fc
  .record({ agent, plan: fc.option(plan), cites: few, summary: word })
  .map(({ agent, plan, cites, summary }): { agent: AgentName; draft: FindingDraft } => {
    const words = { happening: summary, cause: '', next: '' }
    const details: Record<AgentName, FindingDraft['detail']> = {
      detection: { agent: 'detection', changes: [], onsetAt: null },
      diagnosis: { agent: 'diagnosis', hypotheses: [] },
      prediction: { agent: 'prediction', forecast: null },
      resolution: { agent: 'resolution', plan, checklist: null },
      communication: { agent: 'communication', responders: words, executives: words },
    }
    return { agent, draft: { outcome: 'found', reason: '', summary, cites, gaps: [], detail: details[agent] } }
  })

const alerts = fc
  .array(
    fc.record({
      fingerprint: fc.constantFrom('checkout-errors', 'a', 'b'),
      status: fc.constantFrom('firing' as const, 'resolved' as const),
      severity: fc.constantFrom('critical' as const, 'info' as const),
    }),
    { maxLength: 3 },
  )
  .map((said) =>
    said.map((one) => ({ alert: alert({ ...one, endsAt: one.status === 'resolved' ? 5 : null }), reason: 'x' })),
  )

type Make = (room: Room) => Saying
const fixed = (body: Saying): fc.Arbitrary<Make> => fc.constant(() => body)
const reason = word
const outcome = fc.constantFrom('it-ran' as const, 'it-did-not' as const)

const severity = fc.constantFrom('SEV-1' as const, 'SEV-2' as const, 'SEV-4' as const)
const role = fc.constantFrom('incident-commander' as const, 'scribe' as const, 'subject-matter-expert' as const)
const incident = fc.constantFrom('inc_abcdef', 'inc_other1', 'inc_other2', 'inc_abcdef-abcdef', 'nothing')
const alertIds = fc.array(
  fc.record({
    source: fc.constant('metrics'),
    fingerprint: fc.constantFrom('checkout-errors', 'a', 'b', 'constructor'),
  }),
  { maxLength: 3 },
)
const answered = fc.constantFrom<NotifyOutcome>(
  { outcome: 'sent', detail: '' },
  { outcome: 'failed', reason: 'x', retryAfterMs: null },
  { outcome: 'gone', reason: 'x' },
  { outcome: 'parked', reason: 'x' },
)
const ofReason = fc.constantFrom('reopen' as const, 'cancel' as const, 'unmerge' as const, 'escalate' as const)

/** What people say beside steps and decisions, and what comes of it. */
const anyCrewCommand: fc.Arbitrary<Make> = fc
  .record({ ofReason, severity, role, incident, alertIds, answered, reason, word, on: fc.boolean(), n: run })
  .chain((one): fc.Arbitrary<Make> => {
    const { reason, on, word } = one
    const bodies: CommandBody[] = [
      { type: one.ofReason, reason },
      { type: 'set-severity', severity: one.severity, reason },
      { type: 'assign-role', role: one.role, person: word, reason },
      { type: 'release-role', role: one.role, person: word, reason },
      { type: 'add-task', kind: on ? 'task' : 'action-item', text: word, owner: on ? word : null, dueWall: one.n },
      { type: 'change-task', task: on ? 'T-01' : word, change: on ? { state: 'done' } : { owner: null } },
      { type: 'set-field', name: on ? 'region' : word, value: on ? word : null },
      { type: 'set-privacy', private: on, reason },
      { type: 'set-access', person: word, allowed: on },
      { type: 'merge', into: one.incident, reason },
      { type: 'split', alerts: one.alertIds, title: word, reason },
      { type: 'set-parent', parent: on ? one.incident : null, reason },
      { type: 'detach-alerts', alerts: one.alertIds, to: one.incident },
      { type: 'record-link', relation: on ? 'child' : 'parent', incident: one.incident, linked: one.n > 1, reason },
      {
        type: 'record-notification',
        page: on ? 'P-01' : word,
        to: one.n,
        attempt: one.n,
        target: word,
        person: null,
        answer: one.answered,
      },
    ]
    const moved: Make = (room) => ({
      type: 'record-move',
      seq: on ? (room.state.view.moving?.seq ?? 0) : one.n,
      outcome: on
        ? {
            ok: true,
            incident: one.incident,
            alerts: one.alertIds.map((id) => ({ alert: alert({ ...id }), reason: 'merged' })),
          }
        : { ok: false, reason: 'incident-over' },
    })
    return fc.oneof(...bodies.map(fixed), fc.constant(moved))
  })

/** Any well-typed command, most of them near to what the room is about. */
export const anyCommand: fc.Arbitrary<Make> = fc.oneof(
  fixed({
    type: 'open',
    head: HEAD,
    catalogue: ON_CALL,
    policy: POLICY,
    killSwitch: false,
    keys: TEST_KEYS,
    alerts: [],
  }),
  fixed({ type: 'tick' }),
  fixed({ type: 'acknowledge' }),
  alerts.map(
    (delivered): Make =>
      () => ({ type: 'deliver-alerts', alerts: delivered }),
  ),
  word.map(
    (text): Make =>
      () => ({ type: 'add-note', text }),
  ),
  reason.map(
    (reason): Make =>
      () => ({ type: 'mitigate', reason }),
  ),
  reason.map(
    (reason): Make =>
      () => ({ type: 'resolve', reason }),
  ),
  reason.map(
    (reason): Make =>
      () => ({ type: 'close', reason }),
  ),
  fc.record({ pointed, reason }).map(
    (one): Make =>
      (room) => ({ type: 'approve', ...point(room, one.pointed), reason: one.reason }),
  ),
  fc.record({ pointed, reason }).map(
    (one): Make =>
      (room) => ({ type: 'reject', ...point(room, one.pointed), reason: one.reason }),
  ),
  fc
    .record({
      runbook: fc.constantFrom('raise-pool-limit', 'drop-sessions', 'scale-out', 'constructor'),
      target: word,
      parameters: figures,
      confirm: word,
      passed: fc.array(clause),
      reason,
    })
    .map(
      (one): Make =>
        () => ({ type: 'decide-myself', ...one }),
    ),
  fc.record({ pointed, reason, wants: figures }).map(
    (one): Make =>
      (room) => ({ type: 'request-changes', ...point(room, one.pointed), wants: one.wants, reason: one.reason }),
  ),
  fc.record({ pointed, reason }).map(
    (one): Make =>
      (room) => ({ type: 'undo', ...point(room, one.pointed), reason: one.reason }),
  ),
  fc.record({ pointed, killSwitch: fc.constantFrom(false, false, true, null) }).map(
    (one): Make =>
      (room) => ({ type: 'start-undo', ...point(room, one.pointed), killSwitch: one.killSwitch }),
  ),
  fc.record({ pointed, outcome: fc.constantFrom('ran' as const, 'failed' as const, 'unknown' as const) }).map(
    (one): Make =>
      (room) => ({
        type: 'answer-undo',
        proposal: point(room, one.pointed).proposal,
        key: `${keyOf(room, one.pointed.mine)}:undo`,
        outcome: one.outcome,
        detail: '',
      }),
  ),
  fc.record({ pointed, outcome: fc.constantFrom('it-ran' as const, 'it-did-not' as const, 'unknown' as const) }).map(
    (one): Make =>
      (room) => ({
        type: 'answer-undo-status',
        proposal: point(room, one.pointed).proposal,
        key: `${keyOf(room, one.pointed.mine)}:undo`,
        outcome: one.outcome,
        detail: '',
      }),
  ),
  fc
    .record({ pointed, step, value: fc.option(fc.double()), outcome: fc.constantFrom('done', 'could-not'), reason })
    .chain(({ pointed, step, value, outcome, reason }) =>
      fc.constantFrom<Make>(
        (room) => ({ type: 'read-step', proposal: point(room, pointed).proposal, step, value, at: room.at }),
        (room) => ({ type: 'end-wait', proposal: point(room, pointed).proposal, step }),
        (room) => ({ type: 'complete-step', proposal: point(room, pointed).proposal, step, outcome, reason }),
      ),
    ),
  fc.record({ pointed, outcome, reason }).map(
    (one): Make =>
      (room) => ({
        type: 'settle-outcome',
        proposal: point(room, one.pointed).proposal,
        outcome: one.outcome,
        reason: one.reason,
      }),
  ),
  fc.record({ next: fc.boolean(), run, by: word }).map(
    (one): Make =>
      (room) => ({
        type: 'record-evidence',
        run: one.next ? room.state.view.run + 1 : one.run,
        drafts: [...look(room.at), note(one.by, room.at), metric(one.by, one.by, 1, room.at)],
        gaps: [],
      }),
  ),
  fc.record({ finding, current: fc.boolean(), run }).map(
    (one): Make =>
      (room) => ({
        type: 'report-finding',
        ...one.finding,
        run: one.current ? room.state.view.run : one.run,
        provenance: PROVENANCE_OF_TESTS,
      }),
  ),
  fc.record({ agent, run, reason }).map(
    (one): Make =>
      () => ({ type: 'agent-failed', ...one }),
  ),
  fc.boolean().map(
    (current): Make =>
      (room) => ({ type: 'propose', run: current ? room.state.view.run : 7 }),
  ),
  fc
    .record({
      pointed,
      voter: fc.constantFrom<VoterName>(...VOTERS),
      vote: fc.constantFrom('support' as const, 'support' as const, 'oppose' as const, 'abstain' as const),
      cites: fc.oneof(fc.constant<string[]>(['E-01', 'E-02', 'E-03']), few),
      // Mostly its own seat; now and then another's key, a signature of something else, or none that is known.
      pen: fc.constantFrom('own', 'own', 'own', 'own', 'another', 'torn', 'unknown'),
    })
    .map(
      ({ pointed, voter, vote, cites, pen }): Make =>
        (room) => {
          const draft = { vote, cites, reason: '', method: '' }
          const body = { type: 'cast-vote' as const, ...point(room, pointed), voter, draft }
          const signed = signedVote(room.state.view, body, pen === 'another' ? 'communication' : voter)
          if (pen === 'torn') return { ...signed, signature: signed.signature.slice(1) }
          return pen === 'unknown' ? { ...signed, key: '0'.repeat(16) } : signed
        },
    ),
  fc.record({ pointed, extra: fc.constantFrom(0 as const, 1 as const) }).map(
    (one): Make =>
      (room) => ({
        type: 'clerk-word',
        proposal: point(room, one.pointed).proposal,
        affected: [],
        inform: [],
        ownerReachable: null,
        extraApprovals: one.extra,
        reason: '',
      }),
  ),
  fc.record({ pointed, killSwitch: fc.constantFrom(false, false, true, null) }).map(
    (one): Make =>
      (room) => ({
        type: 'start-execution',
        ...point(room, one.pointed),
        killSwitch: one.killSwitch,
        controls: one.killSwitch === null ? null : CALM,
        fresh: look(room.at),
      }),
  ),
  fc.record({ pointed, outcome: fc.constantFrom('ran' as const, 'failed' as const, 'unknown' as const) }).map(
    (one): Make =>
      (room) => ({
        type: 'answer-execution',
        proposal: point(room, one.pointed).proposal,
        key: keyOf(room, one.pointed.mine),
        outcome: one.outcome,
        detail: '',
      }),
  ),
  fc.record({ pointed, outcome: fc.constantFrom('it-ran' as const, 'it-did-not' as const, 'unknown' as const) }).map(
    (one): Make =>
      (room) => ({
        type: 'answer-status',
        proposal: point(room, one.pointed).proposal,
        key: keyOf(room, one.pointed.mine),
        outcome: one.outcome,
        detail: '',
      }),
  ),
  fc.record({ pointed, value: fc.option(fc.double()), signal: fc.integer({ min: -1, max: 2 }) }).map(
    (one): Make =>
      (room) => ({
        type: 'sample-verification',
        proposal: point(room, one.pointed).proposal,
        readings: [{ signal: one.signal, value: one.value, at: room.at }],
      }),
  ),
  anyCrewCommand,
  fc.record({ on: fc.boolean(), reason }).map(
    (one): Make =>
      () => ({ type: 'set-kill-switch', ...one }),
  ),
  fc.record({ on: fc.boolean(), control: fc.constantFrom('kill-switch' as const, 'dry-run' as const), reason }).map(
    (one): Make =>
      () => ({ type: 'set-incident-control', ...one }),
  ),
  fixed({ type: 'record-archive', store: 'embedded', reference: 'r' }),
)

export const anyone: fc.Arbitrary<Who> = fc.constantFrom(ANN, ANN, BOB, RAY, VAL, ROOM, {
  by: { kind: 'agent', name: 'resolution' },
  role: null,
})

export interface Move {
  make: Make
  who: Who
  ms: number
}
export const anyMove: fc.Arbitrary<Move> = fc.record({
  make: anyCommand,
  who: anyone,
  ms: fc.constantFrom(0, 1, 5_000, 5_000, 10_000, 60_000, 1_800_000),
})
