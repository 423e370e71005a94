import type { Action, ProposalBody } from '../../durable/protocol/domain.ts'
import type { ActionOrder } from '../../durable/protocol/ports.ts'

/** An approved order for an action, with its rollback. */
export function orderFor(
  action: Omit<Action, 'runbook'>,
  rollback: Omit<Action, 'runbook'> | null = null,
  key = 'prp_1.run',
): ActionOrder {
  const body: ProposalBody = {
    instance: 'ins_test01',
    incident: 'inc_abcdef',
    drill: null,
    number: 1,
    catalogue: 'test-1',
    policy: 'p1',
    evidenceDigest: 'e'.repeat(64),
    risk: 'reversible',
    notBefore: 0,
    expiresWall: 1,
    decidedBy: 'system',
    plan: {
      action: { runbook: 'r', ...action },
      title: 'An action',
      risk: 'reversible',
      preconditions: [],
      expected: 'checkout recovers',
      previous: {},
      rollback: rollback && { runbook: 'r', ...rollback },
      verify: { signals: [], windowMs: 1, settleMs: 0 },
      cites: ['E-01'],
      hypothesis: 'H-1',
    },
  }
  return { endpoint: 'there', key, token: 41, digest: 'd'.repeat(64), body }
}
