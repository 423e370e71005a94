import type { Actor, Finding, Proposal, SignalReading, Vote } from '../../../durable/protocol/domain.ts'
import type { EventBody, RoomEvent } from '../../../durable/protocol/events.ts'
import { proposal } from './proposal.ts'
import { ALERT, CATALOGUE, EVIDENCE, HEAD, T0 } from './world.ts'

const SYSTEM: Actor = { kind: 'system', name: 'room' }
export const PERSON: Actor = { kind: 'person', name: 'ada' }
const SOURCE: Actor = { kind: 'source', name: 'prometheus' }

export interface Said {
  /** seconds after T0. */
  s: number
  by: Actor
  body: EventBody
}

/** Numbers a story as a log. Hashes are left out: a page shows them, it does not check them here. */
export function numbered(said: readonly Said[]): RoomEvent[] {
  return said.map(({ s, by, body }, i) => ({ v: 1, seq: i + 1, at: T0 + s * 1_000, by, body, hash: `hash-${i + 1}` }))
}

const agent = (name: string): Actor => ({ kind: 'agent', name })

function finding(more: Pick<Finding, 'id' | 'agent' | 'summary' | 'cites' | 'detail'> & Partial<Finding>): Finding {
  return {
    outcome: 'found',
    reason: '',
    gaps: [],
    run: 1,
    at: T0 + 60_000,
    provenance: {
      driver: 'embedded',
      model: null,
      tokens: null,
      costUsd: null,
      latencyMs: 1_900,
      attempts: 1,
      degraded: null,
    },
    ...more,
  }
}

const FINDINGS: Finding[] = [
  finding({
    id: 'F-01',
    agent: 'detection',
    summary: '2 signals changed level; the first was pool_waiting of db-proxy at 14:01:00.',
    cites: ['E-02', 'E-03'],
    detail: {
      agent: 'detection',
      onsetAt: T0 - 60_000,
      changes: [
        {
          evidence: 'E-02',
          service: 'db-proxy',
          name: 'pool_waiting',
          peer: null,
          role: 'saturation',
          onsetAt: T0 - 60_000,
          direction: 'up',
          before: 0.6,
          after: 118,
          sizeSigma: 41,
        },
      ],
    },
  }),
  finding({
    id: 'F-02',
    agent: 'diagnosis',
    summary: 'Pool exhaustion on db-proxy explains both symptoms.',
    cites: ['E-02', 'E-03', 'E-04'],
    gaps: [{ what: 'active queries of orders-db', reason: 'not-watched' }],
    detail: {
      agent: 'diagnosis',
      hypotheses: [
        {
          id: 'H-01',
          title: 'Pool limit on db-proxy exhausted',
          cause: { service: 'db-proxy', kind: 'saturation', signal: 'pool_waiting' },
          for: ['E-02', 'E-03', 'E-04'],
          against: [],
          verdict: 'LIKELY',
          reason: 'waiters rose 20 s before the errors',
          confidence: 0.81,
          next: 'pool in use against its limit',
          path: ['db-proxy', 'checkout'],
        },
        {
          id: 'H-02',
          title: 'Lock contention in orders-db',
          cause: { service: 'orders-db', kind: 'capacity', signal: null },
          for: ['E-03'],
          against: ['E-99'],
          verdict: 'INCONCLUSIVE',
          reason: 'CPU normal, active queries unread',
          confidence: 0.27,
          next: 'active queries',
          path: [],
        },
        {
          id: 'H-03',
          title: 'Deploy of search-api',
          cause: { service: 'search-api', kind: 'deployment', signal: null },
          for: ['E-01'],
          against: ['E-05'],
          verdict: 'RULED_OUT',
          reason: 'no call path, its own errors flat',
          confidence: 0.03,
          next: '',
          path: [],
        },
      ],
    },
  }),
  finding({
    id: 'F-03',
    agent: 'prediction',
    summary: 'Waiting clients reach 200 in 5 min (80 % interval 3 to 9).',
    cites: ['E-02'],
    detail: {
      agent: 'prediction',
      forecast: {
        evidence: 'E-02',
        service: 'db-proxy',
        name: 'pool_waiting',
        limit: 200,
        minutes: { lo: 3, median: 5, hi: 9 },
        band: {
          startsAt: T0 + 4 * 60_000,
          stepMs: 30_000,
          lo: [116, 120, 124, 128, 132, 136, 140, 144],
          median: [118, 128, 138, 148, 158, 168, 178, 188],
          hi: [120, 140, 160, 180, 198, 214, 230, 246],
        },
      },
    },
  }),
  finding({
    id: 'F-04',
    agent: 'resolution',
    summary: 'Runbook raise-pool-limit fits cause and symptom; tried 0 of 2 times.',
    cites: ['E-02', 'E-04'],
    detail: { agent: 'resolution', plan: proposal().body.plan, checklist: null },
  }),
  finding({
    id: 'F-05',
    agent: 'communication',
    summary: 'Informs payments; the owner of db-proxy is reachable.',
    cites: ['E-02', 'E-03'],
    detail: {
      agent: 'communication',
      responders: {
        happening: '18 % of checkout requests fail since 14:02:10. Search and browsing work.',
        cause: 'All 40 pool connections of db-proxy are taken and 118 clients wait. The search deploy is ruled out.',
        next: 'Raising the limit 40 → 60 needs one human yes. Without it waiting clients reach 200 in about 5 minutes.',
      },
      executives: {
        happening: 'Some checkouts fail.',
        cause: 'A database connection limit.',
        next: 'A fix waits for approval.',
      },
    },
  }),
]

export function votes(): Vote[] {
  const { digest } = proposal()
  return [
    {
      voter: 'detection',
      vote: 'support',
      reason: 'the symptom is present, the target’s signal is part of it',
      cites: ['E-02', 'E-03'],
    },
    { voter: 'diagnosis', vote: 'support', reason: 'a cited path links db-proxy to checkout', cites: ['E-04', 'E-05'] },
    { voter: 'prediction', vote: 'support', reason: 'the forecast with 60 is no worse', cites: ['E-02'] },
    { voter: 'resolution', vote: 'support', reason: 'the runbook fits, its record is not bad', cites: ['E-04'] },
  ].map((vote) => ({ ...vote, method: 'own-check', digest, at: T0 + 80_000, void: null }) as Vote)
}

/** From the alert to a standing proposal: everything before the ballot. */
export function untilProposal(made: Proposal = proposal()): Said[] {
  return [
    {
      s: 0,
      by: SYSTEM,
      body: { type: 'incident-opened', head: HEAD, catalogue: CATALOGUE, policy: 'policy-1', killSwitch: false },
    },
    { s: 0, by: SOURCE, body: { type: 'alert-attached', alert: ALERT, reason: 'same-service' } },
    { s: 1, by: SYSTEM, body: { type: 'evidence-recorded', run: 1, evidence: EVIDENCE, gaps: [] } },
    { s: 33, by: PERSON, body: { type: 'incident-acknowledged' } },
    ...FINDINGS.flatMap((said, i): Said[] => [
      {
        s: 40 + i * 4,
        by: SYSTEM,
        body: { type: 'agent-started', agent: said.agent, run: 1, deadlineWall: T0 + 90_000 },
      },
      { s: 42 + i * 4, by: agent(said.agent), body: { type: 'finding-reported', finding: said } },
    ]),
    { s: 70, by: SYSTEM, body: { type: 'proposal-made', proposal: made } },
  ]
}

export function ballot(cast: readonly Vote[] = votes()): Said[] {
  const { id, digest } = proposal()
  const open = {
    id: 'B-1',
    digest,
    openedAt: T0 + 71_000,
    deadlineWall: T0 + 81_000,
    closedAt: null,
    outcome: null,
    reason: '',
  }
  return [
    { s: 71, by: SYSTEM, body: { type: 'ballot-opened', proposal: id, ballot: open } },
    ...cast.map((vote): Said => ({ s: 72, by: agent(vote.voter), body: { type: 'vote-cast', proposal: id, vote } })),
    {
      s: 73,
      by: agent('communication'),
      body: {
        type: 'clerk-spoke',
        proposal: id,
        word: {
          affected: ['checkout'],
          inform: ['payments', 'web'],
          ownerReachable: true,
          extraApprovals: 0,
          reason: 'the owner is reachable',
          at: T0 + 73_000,
        },
        approvalsNeeded: 1,
      },
    },
  ]
}

export function carried(): Said[] {
  const { id, digest, gate } = proposal()
  const certificate = {
    ballot: 'B-1',
    digest,
    policy: 'policy-1',
    supporters: votes().map((vote) => vote.voter),
    gate,
    at: T0 + 74_000,
  }
  return [
    ...ballot(),
    {
      s: 74,
      by: SYSTEM,
      body: { type: 'ballot-closed', proposal: id, outcome: 'carried', reason: 'quorum', certificate },
    },
    {
      s: 74,
      by: SYSTEM,
      body: { type: 'proposal-moved', proposal: id, status: 'awaiting-approval', reason: 'approval-needed' },
    },
  ]
}

export function notCarried(): Said[] {
  const { id } = proposal()
  const cast = votes().map((vote): Vote => {
    if (vote.voter === 'diagnosis') return { ...vote, vote: 'abstain', reason: 'the path is not observed now' }
    if (vote.voter === 'prediction') return { ...vote, void: 'unknown-evidence', cites: ['E-12'] }
    return vote.voter === 'detection' ? { ...vote, vote: 'oppose', reason: 'the symptom is gone' } : vote
  })
  return [
    ...ballot(cast),
    {
      s: 74,
      by: SYSTEM,
      body: {
        type: 'ballot-closed',
        proposal: id,
        outcome: 'not-carried',
        reason: 'required-missing',
        certificate: null,
      },
    },
    {
      s: 74,
      by: SYSTEM,
      body: { type: 'proposal-moved', proposal: id, status: 'not-carried', reason: 'required-missing' },
    },
    {
      s: 74,
      by: SYSTEM,
      body: {
        type: 'human-asked',
        proposal: id,
        reason: 'required-missing',
        wouldDecide: 'diagnosis: the path observed now',
      },
    },
  ]
}

export function approved(): Said[] {
  const { id, digest, guard, gate } = proposal()
  const decision = {
    kind: 'approve',
    by: 'ada',
    role: 'commander',
    digest,
    reason: 'held to approve',
    passed: [],
    at: T0 + 100_000,
  } as const
  return [
    { s: 100, by: PERSON, body: { type: 'decision-recorded', proposal: id, decision: { ...decision, passed: [] } } },
    { s: 100, by: SYSTEM, body: { type: 'proposal-moved', proposal: id, status: 'approved', reason: 'approved' } },
    {
      s: 101,
      by: SYSTEM,
      body: { type: 'execution-started', proposal: id, digest, key: 'key-1', token: 27, guard, gate },
    },
  ]
}

export function unknown(): Said[] {
  const { id } = proposal()
  return [
    ...approved(),
    {
      s: 111,
      by: SYSTEM,
      body: { type: 'execution-answered', proposal: id, key: 'key-1', outcome: 'unknown', detail: 'no answer in 10 s' },
    },
  ]
}

const reading = (value: number, judged: SignalReading['judged']): SignalReading => ({
  signal: 0,
  value,
  at: T0 + 200_000,
  judged,
})

export function verifying(): Said[] {
  const { id } = proposal()
  const verification = {
    startedAt: T0 + 102_000,
    settleAt: T0 + 162_000,
    until: T0 + 402_000,
    readings: [],
    end: null,
    endedAt: null,
  }
  return [
    ...approved(),
    {
      s: 102,
      by: SYSTEM,
      body: { type: 'execution-answered', proposal: id, key: 'key-1', outcome: 'ran', detail: 'limit is 60' },
    },
    { s: 102, by: SYSTEM, body: { type: 'verification-started', proposal: id, verification } },
    {
      s: 200,
      by: SYSTEM,
      body: { type: 'verification-sampled', proposal: id, readings: [reading(0.09, 'no-better')] },
    },
  ]
}

export function recovered(): Said[] {
  const { id } = proposal()
  return [
    ...verifying(),
    {
      s: 230,
      by: SYSTEM,
      body: { type: 'verification-ended', proposal: id, end: 'recovered', readings: [reading(0.004, 'recovered')] },
    },
    { s: 230, by: SYSTEM, body: { type: 'proposal-moved', proposal: id, status: 'done', reason: 'recovered' } },
    { s: 230, by: SYSTEM, body: { type: 'incident-mitigated', reason: 'recovered' } },
    {
      s: 240,
      by: SOURCE,
      body: { type: 'alert-updated', alert: { ...ALERT, status: 'resolved', endsAt: T0 + 240_000 } },
    },
    { s: 240, by: SYSTEM, body: { type: 'alerts-cleared' } },
  ]
}

/** One move of the proposal, as the last word of a story. */
export function moved(status: Proposal['status'], reason: string): Said {
  return { s: 120, by: SYSTEM, body: { type: 'proposal-moved', proposal: proposal().id, status, reason } }
}

/** Everything that follows a resolved incident. */
export function ended(): Said[] {
  return [
    ...recovered(),
    {
      s: 300,
      by: PERSON,
      body: {
        type: 'note-added',
        note: { id: 'N-01', by: 'ada', text: 'Support says orders go through <script>', at: T0 + 300_000 },
      },
    },
    { s: 320, by: PERSON, body: { type: 'incident-resolved', how: 'by-person', reason: 'errors back to 0.4 %' } },
    { s: 330, by: PERSON, body: { type: 'incident-closed', reason: 'pool limit is set back by its owner tomorrow' } },
    { s: 331, by: SYSTEM, body: { type: 'incident-archived', store: 'embedded', reference: HEAD.id } },
  ]
}
