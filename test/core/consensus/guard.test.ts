import { describe, expect, test } from 'vitest'
import type { Controls, RecentAction } from '../../../durable/protocol/controls.ts'
import { type GuardInput, judgeGuard, refusing } from '../../../durable/core/consensus/guard.ts'
import type {
  ActionRecord,
  Evidence,
  EvidenceDraft,
  GuardClause,
  GuardClauseName,
  ParameterSpec,
  ProposalBody,
} from '../../../durable/protocol/domain.ts'
import { CALM, CATALOGUE, POLICY, START, alert, look, metric, poolPlan } from '../incident/shop.ts'

const AT = START + 30_000

const held = (drafts: EvidenceDraft[]): Record<string, Evidence> =>
  Object.fromEntries(drafts.map((draft, index) => [`E-0${index + 1}`, { ...draft, id: `E-0${index + 1}` }]))

const BODY: ProposalBody = {
  instance: 'test',
  incident: 'inc_abcdef',
  drill: null,
  number: 2,
  catalogue: CATALOGUE.version,
  policy: POLICY,
  evidenceDigest: 'e',
  risk: 'reversible',
  notBefore: AT,
  expiresWall: AT + 1_800_000,
  plan: poolPlan(),
  decidedBy: 'system',
}

const FINE: GuardInput = {
  body: BODY,
  catalogue: CATALOGUE,
  evidence: held(look(AT)),
  alerts: [alert()],
  record: [],
  killSwitch: false,
  at: AT,
}

const acting = (action: Partial<ProposalBody['plan']['action']>): GuardInput => {
  const plan = poolPlan()
  return { ...FINE, body: { ...BODY, plan: { ...plan, action: { ...plan.action, ...action } } } }
}
const planning = (said: Partial<ProposalBody['plan']>): GuardInput => ({
  ...FINE,
  body: { ...BODY, plan: poolPlan(said) },
})
/** A plan whose action rests on no limit. */
const unlimited = (said: Partial<ProposalBody['plan']>): GuardInput => {
  const action = { runbook: 'drop-sessions', type: 'drop-sessions', target: 'db-proxy', parameters: {} }
  const plan = poolPlan({ action, rollback: null, previous: {}, ...said })
  return { ...FINE, body: { ...BODY, risk: 'irreversible', plan } }
}
const before = (said: Partial<ActionRecord>): ActionRecord => ({
  proposal: 1,
  type: 'raise-pool-limit',
  target: 'db-proxy',
  parameters: { pool_limit: 40 },
  at: AT - 600_000,
  end: 'unreadable',
  ...said,
})
const seeing = (change: (drafts: EvidenceDraft[]) => EvidenceDraft[]): GuardInput => ({
  ...FINE,
  evidence: held(change(look(AT))),
})
const replaced = (index: number, item: EvidenceDraft): GuardInput =>
  seeing((drafts) => drafts.map((draft, at) => (at === index ? item : draft)))
const recordOf = (...record: ActionRecord[]): GuardInput => ({ ...FINE, record })

const holding = (said: Partial<Controls>): GuardInput => ({ ...FINE, controls: { ...CALM, ...said } })
const elsewhere = (said: Partial<RecentAction>): RecentAction => ({
  incident: 'inc_bcdefg',
  proposal: 1,
  type: 'scale-out',
  target: 'db-proxy',
  at: AT - 600_000,
  end: 'recovered',
  ...said,
})
const limited = (limits: NonNullable<typeof CATALOGUE.limits>, said: Partial<Controls> = {}): GuardInput => ({
  ...holding(said),
  catalogue: { ...CATALOGUE, limits },
})
const frozen = (services: string[] | '*', from: number, until: number): GuardInput => {
  const [begins, ends] = [new Date(from).toISOString(), new Date(until).toISOString()]
  const freezes = [{ id: 'quarter', services, from: begins, until: ends, reason: 'books close' }]
  return { ...FINE, catalogue: { ...CATALOGUE, freezes } }
}

interface Case {
  says: string
  clause: GuardClauseName
  holds: false | null
  reason: string
  input: GuardInput
}

const alone = (
  clause: GuardClauseName,
  says: string,
  reason: string,
  input: GuardInput,
  holds: false | null = false,
): Case => ({ says, clause, holds, reason, input })

const emptied = (draft: EvidenceDraft): EvidenceDraft => {
  if (draft.data.kind !== 'metric') return draft
  const { series } = draft.data
  return { ...draft, data: { kind: 'metric', series: { ...series, values: series.values.map(() => null) } } }
}
const errors = metric('errors', 'checkout', 9, AT, { before: 1 })
const uncapped = metric('pool_in_use', 'db-proxy', 20, AT, { limit: null })
const onlyAlert = planning({
  verify: { ...poolPlan().verify, signals: [{ kind: 'alert', source: 'metrics', fingerprint: 'checkout-errors' }] },
})

const CASES: Case[] = [
  alone(
    'parameters-in-bounds',
    'above its bound',
    'out-of-bounds:pool_limit',
    acting({ parameters: { pool_limit: 101 } }),
  ),
  alone(
    'parameters-in-bounds',
    'under its bound',
    'out-of-bounds:pool_limit',
    acting({ parameters: { pool_limit: 0 } }),
  ),
  alone(
    'parameters-in-bounds',
    'no number',
    'parameter-missing:pool_limit',
    acting({ parameters: { pool_limit: NaN } }),
  ),
  alone('parameters-in-bounds', 'left out', 'parameter-missing:pool_limit', acting({ parameters: {} })),
  alone(
    'parameters-in-bounds',
    'one too many',
    'unknown-parameter',
    acting({ parameters: { pool_limit: 40, force: 1 } }),
  ),
  alone(
    'parameters-in-bounds',
    'another action than the runbook takes',
    'action-not-of-runbook',
    acting({ type: 'rm' }),
  ),
  alone('parameters-in-bounds', 'a risk that is not the catalogue’s', 'risk-not-of-runbook', {
    ...FINE,
    body: { ...BODY, risk: 'wider' },
  }),
  alone(
    'parameters-in-bounds',
    'another verify window than the runbook’s',
    'verify-not-of-runbook',
    planning({ verify: { ...poolPlan().verify, windowMs: 1, settleMs: 0 } }),
  ),
  alone('parameters-in-bounds', 'nothing wired', 'nothing-wired', {
    ...FINE,
    catalogue: { ...CATALOGUE, endpoints: [] },
  }),
  alone('target-not-protected', 'protected', 'target-protected', {
    ...FINE,
    catalogue: {
      ...CATALOGUE,
      services: CATALOGUE.services.map((one) => ({ ...one, protected: one.id === 'db-proxy' })),
    },
  }),
  alone('rollback-present', 'no rollback', 'no-rollback', planning({ rollback: null })),
  alone(
    'rollback-present',
    'a rollback of another target',
    'rollback-not-of-runbook',
    planning({ rollback: { ...poolPlan().action, target: 'checkout' } }),
  ),
  alone(
    'rollback-present',
    'a rollback that the runbook does not have',
    'rollback-not-of-runbook',
    planning({ rollback: { ...poolPlan().action, type: 'scale-out' } }),
  ),
  alone(
    'no-outcome-unknown',
    'an unknown outcome on the target',
    'outcome-unknown-on-target',
    recordOf(before({ type: 'scale-out', end: 'outcome-unknown' })),
  ),
  alone(
    'no-outcome-unknown',
    'a call that is out on the target',
    'outcome-unknown-on-target',
    recordOf(before({ type: 'scale-out', end: 'running' })),
  ),
  alone('kill-switch-off', 'on', 'kill-switch-on', { ...FINE, killSwitch: true }),
  alone('kill-switch-off', 'unreadable', 'kill-switch-unreadable', { ...FINE, killSwitch: null }, null),
  alone('kill-switch-off', 'of the service, as it was read', 'kill-switch-on:service', {
    ...holding({ killSwitch: { on: true, scope: 'service', reason: 'x' } }),
  }),
  alone('kill-switch-off', 'everywhere, as it was read', 'kill-switch-on', {
    ...holding({ killSwitch: { on: true, scope: 'global', reason: 'x' } }),
  }),
  alone('kill-switch-off', 'of the incident', 'kill-switch-on:incident', { ...FINE, stoppedBy: 'incident' }),
  alone('kill-switch-off', 'of the service, as the room knows', 'kill-switch-on:service', {
    ...FINE,
    stoppedBy: 'service',
  }),
  alone(
    'no-outcome-unknown',
    'an unsettled outcome in another incident',
    'outcome-unknown-in:inc_bcdefg',
    holding({ recent: [elsewhere({ end: 'outcome-unknown' })] }),
  ),
  alone(
    'no-freeze',
    'over the target',
    'frozen:frz_1',
    holding({ freezes: [{ id: 'frz_1', until: null, reason: 'x' }] }),
  ),
  alone('no-freeze', 'planned over the service', 'frozen:quarter', frozen(['db-proxy'], AT, AT + 1)),
  alone('no-freeze', 'planned over everything', 'frozen:quarter', frozen('*', AT - 1, AT + 1)),
  alone('no-maintenance', 'of the target', 'in-maintenance:sil_1', holding({ maintenance: ['sil_1'] })),
  alone(
    'blast-radius-in-bounds',
    'too many of a tier stand on it',
    'blast-radius:tier-2',
    limited({ servicesTouchedMax: { '1': 1, '2': 1 } }),
  ),
  alone(
    'rate-in-bounds',
    'of this incident and of others',
    'rate-limit:2-an-hour',
    limited({ actionsPerTargetPerHour: 2 }, { recent: [elsewhere({}), elsewhere({ proposal: 2, end: 'undone' })] }),
  ),
  alone(
    'rate-in-bounds',
    'by the policy where the catalogue says nothing',
    'rate-limit:4-an-hour',
    holding({ recent: [1, 2, 3, 4].map((proposal) => elsewhere({ proposal })) }),
  ),
  alone('preconditions-hold', 'the symptom is gone', 'symptom-gone', replaced(1, metric('errors', 'checkout', 1, AT))),
  alone('preconditions-hold', 'the symptom cannot be read', 'symptom-unreadable', replaced(1, emptied(errors)), null),
  alone(
    'preconditions-hold',
    'the symptom was seen too long ago to speak of now',
    'symptom-unreadable',
    seeing((drafts) => [
      ...drafts.slice(0, 1),
      // Another symptom series stands in the citation's place, the named one is an hour old.
      metric('latency', 'checkout', 9, AT),
      ...drafts.slice(2),
      metric('errors', 'checkout', 9, AT - 60_001),
    ]),
    null,
  ),
  alone('preconditions-hold', 'its alert resolved', 'symptom-gone', {
    ...onlyAlert,
    alerts: [alert({ status: 'resolved', endsAt: AT })],
  }),
  alone('preconditions-hold', 'its alert is not held', 'symptom-unreadable', { ...onlyAlert, alerts: [] }, null),
  alone(
    'preconditions-hold',
    'no signal of the target is cited',
    'target-signal-not-cited',
    planning({
      cites: ['E-02', 'E-03'],
      preconditions: [{ says: '', check: 'target-signal-present' }],
    }),
  ),
  alone(
    'preconditions-hold',
    'the limit changed meanwhile',
    'limit-changed-meanwhile',
    replaced(0, metric('pool_in_use', 'db-proxy', 20, AT, { limit: 40 })),
  ),
  alone('preconditions-hold', 'the limit cannot be read', 'limit-unreadable', replaced(0, uncapped), null),
  alone(
    'data-fresh',
    'a cited series is stale',
    'data-stale:E-01',
    replaced(0, metric('pool_in_use', 'db-proxy', 20, AT - 60_001, { limit: 20 })),
  ),
  alone(
    'data-fresh',
    'nothing observed is cited',
    'no-observed-data-cited',
    unlimited({ cites: ['E-03', 'E-04'], preconditions: [] }),
    null,
  ),
  alone('cooldown-over', 'done a moment ago', 'cooling-down', recordOf(before({ at: AT - 59_999 }))),
  alone(
    'cooldown-over',
    'done a moment ago in another incident',
    'cooling-down',
    holding({ recent: [elsewhere({ type: 'raise-pool-limit', at: AT - 1 })] }),
  ),
  alone(
    'cooldown-over',
    'tried as often as it may be',
    'attempts-used-up',
    recordOf(before({ at: AT - 900_000 }), before({})),
  ),
  alone(
    'not-same-failing-fix',
    'it made things worse before',
    'same-fix-failed-before',
    recordOf(before({ end: 'worse' })),
  ),
  alone(
    'not-same-failing-fix',
    'it did not help before',
    'same-fix-failed-before',
    recordOf(before({ end: 'no-better' })),
  ),
]

const clauseOf = (input: GuardInput, name: GuardClauseName): GuardClause => {
  const found = judgeGuard(input).clauses.find((clause) => clause.name === name)
  if (!found) throw new Error(`no clause ${name}`)
  return found
}

describe('the guard', () => {
  test('[CN9] every clause holds for a fine proposal', () => {
    expect(judgeGuard(FINE).clauses.filter((clause) => clause.holds !== true)).toEqual([])
    expect(judgeGuard(FINE).holds).toBe(true)
  })

  test.each(CASES.map((one) => [`${one.clause}: ${one.says}`, one] as const))(
    '[CN9] alone it refuses: %s',
    (_title, { clause, holds, reason, input }) => {
      const verdict = judgeGuard(input)
      expect(verdict.clauses.filter((one) => one.holds !== true).map((one) => one.name)).toEqual([clause])
      expect(clauseOf(input, clause)).toMatchObject({ holds, reason })
      expect(verdict.holds).toBe(false)
      expect(refusing(verdict)?.reason).toBe(reason)
    },
  )

  test('[CN9] an unknown target is unknown, and whether it is protected cannot be read', () => {
    const input = acting({ target: 'payroll' })
    expect(clauseOf(input, 'target-known')).toMatchObject({ holds: false, reason: 'unknown-target' })
    expect(clauseOf(input, 'target-not-protected').holds).toBe(null)
  })

  test('[CN9] a runbook that is not catalogued has no bounds, and its cooldown cannot be read', () => {
    const input = acting({ runbook: 'guesswork' })
    expect(clauseOf(input, 'parameters-in-bounds').reason).toBe('no-such-runbook')
    expect(clauseOf(input, 'cooldown-over').holds).toBe(null)
  })

  test('[CN9] every clause has a case in which it refuses', () => {
    const covered = new Set<GuardClauseName>([...CASES.map((one) => one.clause), 'target-known'])
    expect(
      judgeGuard(FINE)
        .clauses.map((clause) => clause.name)
        .filter((name) => !covered.has(name)),
    ).toEqual([])
  })

  test('[AC100] controls that cannot be read refuse: the switch, freezes, maintenance and limits alike', () => {
    const verdict = judgeGuard({ ...FINE, controls: null })
    expect(verdict.holds).toBe(false)
    expect(refusing(verdict)).toMatchObject({ name: 'kill-switch-off', kind: 'hard', reason: 'kill-switch-unreadable' })
    const unreadable = verdict.clauses.filter(({ holds }) => holds === null).map(({ name }) => name)
    const clauses = ['no-freeze', 'no-maintenance', 'blast-radius-in-bounds', 'rate-in-bounds']
    expect(unreadable).toEqual(['kill-switch-off', ...clauses])
    // Naming the judgement clauses passes the hard one by no means.
    expect(judgeGuard({ ...FINE, controls: null }, clauses as GuardClauseName[]).holds).toBe(false)
  })

  test('[AC101] a freeze holds from its first instant to its last, over its services alone', () => {
    for (const [input, holds] of [
      [frozen(['checkout'], AT - 1, AT + 1), true],
      [frozen('*', AT + 1, AT + 2), true],
      [frozen('*', AT - 2, AT), true],
      [frozen('*', AT, AT + 1), false],
    ] as const)
      expect(clauseOf(input, 'no-freeze').holds).toBe(holds)
    // What the directory says now counts before what the room opened with.
    expect(clauseOf({ ...frozen('*', AT - 1, AT + 1), controls: CALM }, 'no-freeze').holds).toBe(true)
  })

  test('[AC103] what an action may touch is the target and whatever calls it, by the catalogue alone', () => {
    const touching = (target: string, max: number) =>
      judgeGuard({
        ...limited({ servicesTouchedMax: { '2': max } }),
        body: { ...BODY, plan: poolPlan({ action: { ...poolPlan().action, target } }) },
      }).clauses.find(({ name }) => name === 'blast-radius-in-bounds')
    // storefront and db-proxy are of tier 2; checkout, between them, is of tier 1.
    expect(touching('db-proxy', 2)?.holds).toBe(true)
    expect(touching('db-proxy', 1)?.holds).toBe(false)
    expect(touching('search', 1)?.holds).toBe(true)
    expect(touching('search', 0)?.holds).toBe(false)
    expect(touching('payroll', 1)).toMatchObject({ holds: null, reason: 'unknown-target' })
  })

  test('[AC104] what surely did not run, was long ago or elsewhere is no part of the rate', () => {
    const recent = [
      elsewhere({ end: 'did-not-run' }),
      elsewhere({ end: 'failed' }),
      elsewhere({ at: AT - 3_600_000 }),
      elsewhere({ target: 'checkout' }),
    ]
    expect(clauseOf(limited({ actionsPerTargetPerHour: 1 }, { recent }), 'rate-in-bounds').holds).toBe(true)
    const own = recordOf(before({ type: 'scale-out', at: AT - 1 }))
    const input = { ...own, catalogue: { ...CATALOGUE, limits: { actionsPerTargetPerHour: 1 } } }
    expect(clauseOf(input, 'rate-in-bounds').holds).toBe(false)
  })

  test('[CN10] a judgement clause passes only when it is named, a hard one never', () => {
    for (const { clause, input } of CASES) {
      const { kind } = clauseOf(input, clause)
      const named = judgeGuard(input, [clause])
      expect(named.holds, `${clause} named`).toBe(kind === 'judgement')
      expect(refusing(named, [clause]) === null, `${clause} named`).toBe(kind === 'judgement')
      const others = judgeGuard(FINE)
        .clauses.map((one) => one.name)
        .filter((name) => name !== clause)
      expect(judgeGuard(input, others).holds, `all but ${clause} named`).toBe(false)
    }
  })

  test('[CN88] the system sets what the runbook computes of the limit before, and that limit is read, whatever a plan leaves out', () => {
    const { action } = poolPlan()
    const reason = (input: GuardInput): string | undefined => refusing(judgeGuard(input))?.reason
    const lying = { action: { ...action, parameters: { pool_limit: 100 } }, preconditions: [] }
    expect(reason(planning(lying))).toBe('does-not-follow:pool_limit')
    expect(reason(planning({ ...lying, previous: {} }))).toBe('does-not-follow:pool_limit')
    expect(reason(planning({ ...lying, previous: { pool_limit: 50 } }))).toBe('limit-changed-meanwhile')
    const asked = { by: 'ann', proposal: 1, wants: { pool_limit: 100 } }
    expect(reason(planning({ ...lying, asked }))).toBe(undefined)
    const own = planning(lying)
    expect(reason({ ...own, body: { ...own.body, decidedBy: 'human' } })).toBe(undefined)
  })

  test('[CN10] what refuses is said with the hard clause first', () => {
    const input: GuardInput = { ...recordOf(before({ end: 'worse' })), killSwitch: true }
    expect(refusing(judgeGuard(input))?.name).toBe('kill-switch-off')
  })

  test('[CN9] an irreversible action needs no rollback, and failed or undone attempts are no attempts', () => {
    const plan = poolPlan({
      rollback: null,
      action: { runbook: 'drop-sessions', type: 'drop-sessions', target: 'db-proxy', parameters: {} },
    })
    const body: ProposalBody = { ...BODY, risk: 'irreversible', plan }
    const record = [before({ at: AT - 1, end: 'failed' }), before({ at: AT - 1, end: 'did-not-run' })]
    expect(judgeGuard({ ...FINE, body, record }).holds).toBe(true)
    expect(judgeGuard({ ...FINE, record }).holds).toBe(true)
  })

  test('[CN14] an evidence id is a name that the room gave, not a word of the language', () => {
    for (const id of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      const input = planning({ cites: [id] })
      expect(clauseOf(input, 'data-fresh').holds).toBe(null)
      expect(clauseOf(input, 'preconditions-hold').holds).toBe(false)
    }
  })
})

test('[AC141] what a person has to say is refused from the system, however well it lies in its bounds', () => {
  const zone: ParameterSpec = { name: 'zone', type: 'choice', values: ['a', 'b'], from: { kind: 'person' } }
  const runbooks = CATALOGUE.runbooks.map((runbook) => ({ ...runbook, parameters: [...runbook.parameters, zone] }))
  const plan = poolPlan()
  const action = { ...plan.action, parameters: { ...plan.action.parameters, zone: 'a' } }
  const judged = (more: Partial<ProposalBody>, asked?: ProposalBody['plan']['asked']) => {
    const body = { ...BODY, plan: { ...plan, action, ...(asked && { asked }) }, ...more }
    return clauseOf({ ...FINE, catalogue: { ...CATALOGUE, runbooks }, body }, 'parameters-in-bounds')
  }
  expect(judged({})).toMatchObject({ holds: false, reason: 'person-decides:zone' })
  expect(judged({ decidedBy: 'human' })).toMatchObject({ holds: true })
  expect(judged({}, { by: 'ada', proposal: 1, wants: { zone: 'a' } })).toMatchObject({ holds: true })
})
