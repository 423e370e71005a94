import type { GuardClause, Proposal } from '../../../durable/protocol/domain.ts'
import { T0 } from './world.ts'

const CLAUSES: GuardClause[] = [
  { name: 'parameters-in-bounds', kind: 'hard', holds: true, reason: 'holds' },
  { name: 'target-known', kind: 'hard', holds: true, reason: 'holds' },
  { name: 'target-not-protected', kind: 'hard', holds: true, reason: 'holds' },
  { name: 'rollback-present', kind: 'hard', holds: true, reason: 'holds' },
  { name: 'no-outcome-unknown', kind: 'hard', holds: true, reason: 'holds' },
  { name: 'kill-switch-off', kind: 'hard', holds: true, reason: 'holds' },
  { name: 'preconditions-hold', kind: 'judgement', holds: true, reason: 'holds' },
  { name: 'data-fresh', kind: 'judgement', holds: true, reason: 'holds' },
  { name: 'cooldown-over', kind: 'judgement', holds: true, reason: 'holds' },
  { name: 'not-same-failing-fix', kind: 'judgement', holds: true, reason: 'holds' },
  { name: 'no-freeze', kind: 'judgement', holds: true, reason: 'holds' },
  { name: 'no-maintenance', kind: 'judgement', holds: true, reason: 'holds' },
  { name: 'blast-radius-in-bounds', kind: 'judgement', holds: true, reason: 'holds' },
  { name: 'rate-in-bounds', kind: 'judgement', holds: true, reason: 'holds' },
]

/** A fresh proposal of the gallery's story; `more` changes it. */
export function proposal(more: Partial<Proposal> = {}): Proposal {
  return {
    id: 'prp_gallery01',
    number: 1,
    digest: '9f3c51d0a7e24b1c8d6f0e5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7aa71e',
    status: 'voting',
    reason: '',
    body: {
      instance: 'ins_gallery',
      incident: 'inc_galleryroom',
      drill: null,
      number: 1,
      catalogue: 'gallery-1',
      policy: 'policy-1',
      evidenceDigest: 'e0',
      risk: 'reversible',
      notBefore: T0,
      expiresWall: T0 + 30 * 60_000,
      decidedBy: 'system',
      plan: {
        action: {
          runbook: 'raise-pool-limit',
          type: 'raise-pool-limit',
          target: 'db-proxy',
          parameters: { limit: 60 },
        },
        title: 'Raise the pool limit on db-proxy',
        risk: 'reversible',
        preconditions: [{ says: 'checkout still fails', check: 'symptom-present' }],
        expected: 'errors of checkout below 2 % within 5 min',
        previous: { limit: 40 },
        rollback: {
          runbook: 'raise-pool-limit',
          type: 'raise-pool-limit',
          target: 'db-proxy',
          parameters: { limit: 40 },
        },
        verify: {
          signals: [
            {
              kind: 'series',
              series: { source: 'prometheus', service: 'checkout', name: 'errors', peer: null },
              direction: 'up',
              baseline: 0.004,
              recoveredAt: 0.02,
              worseAt: 0.3,
            },
          ],
          windowMs: 300_000,
          settleMs: 60_000,
        },
        cites: ['E-02', 'E-03', 'E-04'],
        hypothesis: 'H-01',
      },
    },
    guard: { at: T0 + 70_000, holds: true, clauses: CLAUSES },
    gate: {
      passes: true,
      reason: 'passes',
      kinds: ['metric', 'change'],
      sources: ['prometheus', 'deploys'],
      observedNow: ['E-02', 'E-03', 'E-04'],
      notCounted: [{ evidence: 'E-05', why: 'supports-only' }],
      wouldDecide: '',
    },
    ballot: null,
    votes: [],
    clerk: null,
    certificate: null,
    approvalsNeeded: 1,
    decisions: [],
    execution: null,
    verification: null,
    at: T0 + 70_000,
    ...more,
  }
}

/** The same, stopped by a clause of the guard. */
export function refusedProposal(): Proposal {
  const base = proposal()
  return proposal({
    status: 'refused',
    reason: 'data-stale',
    guard: {
      ...base.guard,
      holds: false,
      clauses: CLAUSES.map((clause) =>
        clause.name === 'data-fresh' ? { ...clause, holds: false, reason: 'data-stale' } : clause,
      ),
    },
  })
}

/** A commander's own decision on the same action. */
export function ownProposal(): Proposal {
  const base = proposal()
  return proposal({
    status: 'verifying',
    body: { ...base.body, decidedBy: 'human' },
    decisions: [
      {
        kind: 'own-decision',
        by: 'ada',
        role: 'commander',
        digest: base.digest,
        reason: 'customers wait',
        passed: ['data-fresh'],
        at: T0 + 90_000,
      },
    ],
  })
}
