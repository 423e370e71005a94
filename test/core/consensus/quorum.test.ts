import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FAULTS_F, QUORUM, RISK, VOTERS_N } from '../../../durable/core/consensus/policy.ts'
import { judgeQuorum, mayClose, tally } from '../../../durable/core/consensus/quorum.ts'
import type { Answer, RiskClass, Vote, VoterName } from '../../../durable/protocol/domain.ts'
import { POLICIES, whyNotCarried } from '../../../durable/protocol/policies.ts'
import { POLICY_VERSION } from '../../../durable/protocol/version.ts'
import { REQUIRED_SUPPORTERS, VOTERS } from '../../../durable/protocol/domain.ts'
import { type Case, casesOf, words } from './cases.ts'

const cast = (voter: VoterName, vote: Answer, empty: Vote['void'] = null): Vote => ({
  voter,
  vote,
  cites: [],
  reason: '',
  method: '',
  digest: 'd',
  at: 0,
  void: empty,
})

function votesOf(found: Case): Vote[] {
  return VOTERS.flatMap((voter) => {
    const [said] = words(found, voter)
    if (said === 'silent') return []
    return [said === 'void' ? cast(voter, 'oppose', 'unknown-evidence') : cast(voter, said as Answer)]
  })
}

describe('the table of quorum cases', () => {
  const cases = casesOf('quorum-cases.txt')

  test('[CN1] the table is there, whole', () => {
    expect(cases.length).toBeGreaterThanOrEqual(20)
  })

  test.each(cases.map((found) => [found.title, found] as const))('[CN1] %s', (_title, found) => {
    const [risk, deadline] = words(found, 'risk')
    const votes = votesOf(found)
    const over = deadline === 'deadline' || mayClose(votes, risk as RiskClass)
    const outcome = judgeQuorum(votes, risk as RiskClass)
    const ends = over ? [outcome.carries ? 'carried' : 'not-carried', outcome.reason] : ['open', 'waits']
    expect(ends).toEqual(words(found, 'ends'))
  })
})

const anyVotes = fc
  .tuple(...VOTERS.map(() => fc.constantFrom('support', 'oppose', 'abstain', 'void', 'silent')))
  .map((said) =>
    VOTERS.flatMap((voter, index) => {
      const word = said[index]
      if (word === 'silent' || word === undefined) return []
      return [word === 'void' ? cast(voter, 'support', 'late') : cast(voter, word)]
    }),
  )
const anyRisk = fc.constantFrom<RiskClass>('reversible', 'wider', 'irreversible')

describe('what holds for all votes', () => {
  test('[CN2] the quorum is 2f+1 of 3f+1, and two quorums share a voter that is not faulty', () => {
    expect([VOTERS_N, QUORUM]).toEqual([3 * FAULTS_F + 1, 2 * FAULTS_F + 1])
    expect(2 * QUORUM - VOTERS_N).toBeGreaterThan(FAULTS_F)
    expect(QUORUM).toBe(Math.floor((VOTERS_N + FAULTS_F) / 2) + 1)
  })

  test('[CN2] what carries has the quorum, the required supporters and the conditions of its risk', () => {
    fc.assert(
      fc.property(anyVotes, anyRisk, (votes, risk) => {
        if (!judgeQuorum(votes, risk).carries) return
        const { supporters, opposers } = tally(votes)
        expect(supporters.length).toBeGreaterThanOrEqual(RISK[risk].supporters)
        expect(supporters).toEqual(expect.arrayContaining([...REQUIRED_SUPPORTERS]))
        if (RISK[risk].nobodyOpposing) expect(opposers).toEqual([])
      }),
      { numRuns: 2_000 },
    )
  })

  test('[CN2] one voter, whatever it says, never makes carry what three others do not all support', () => {
    fc.assert(
      fc.property(anyVotes, anyRisk, fc.constantFrom(...VOTERS), (votes, risk, liar) => {
        const honest = votes.filter((vote) => vote.voter !== liar && vote.void === null && vote.vote === 'support')
        if (judgeQuorum(votes, risk).carries) expect(honest.length).toBeGreaterThanOrEqual(QUORUM - FAULTS_F)
      }),
      { numRuns: 2_000 },
    )
  })

  test('[CN3] a ballot closes early only when no vote to come could change that it does not carry', () => {
    fc.assert(
      fc.property(anyVotes, anyRisk, anyVotes, (votes, risk, later) => {
        if (!mayClose(votes, risk) || tally(votes).missing.length === 0) return
        const missing = tally(votes).missing
        const all = [...votes, ...later.filter((vote) => missing.includes(vote.voter))]
        expect(judgeQuorum(all, risk).carries).toBe(false)
      }),
      { numRuns: 5_000 },
    )
  })

  test('[CN4] the first counted vote of a voter is its vote; void ones count as not cast', () => {
    const votes = [
      cast('detection', 'support', 'wrong-digest'),
      cast('detection', 'oppose'),
      cast('detection', 'support'),
    ]
    expect(tally(votes)).toEqual({
      supporters: [],
      opposers: ['detection'],
      abstainers: [],
      missing: ['diagnosis', 'prediction', 'resolution'],
    })
  })

  test('[CN63] a quarantined voter counts as if it had not voted, for and against, and nobody hopes for it', () => {
    fc.assert(
      fc.property(anyVotes, anyRisk, fc.subarray([...VOTERS]), (votes, risk, outcast) => {
        const others = votes.filter(({ voter }) => !outcast.includes(voter))
        expect(tally(votes, outcast)).toEqual(tally(others))
        expect(judgeQuorum(votes, risk, outcast)).toEqual(judgeQuorum(others, risk))
        if (outcast.some((voter) => REQUIRED_SUPPORTERS.includes(voter)))
          expect(mayClose(votes, risk, outcast)).toBe(true)
        const all = VOTERS.filter((voter) => !outcast.includes(voter)).map((voter) => cast(voter, 'abstain'))
        expect(mayClose(all, risk, outcast)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
    expect(
      judgeQuorum(
        VOTERS.map((voter) => cast(voter, voter === 'detection' ? 'oppose' : 'support')),
        'wider',
        ['detection'],
      ),
    ).toEqual({ carries: true, reason: 'quorum' })
  })

  test('[CN77] the verifier’s table of every policy that is drafted is the room’s', () => {
    const rules = POLICIES.get(POLICY_VERSION)
    expect(rules).toEqual({ risk: RISK, required: REQUIRED_SUPPORTERS, signed: true })
    fc.assert(
      fc.property(anyVotes, anyRisk, (votes, risk) => {
        const counted = VOTERS.flatMap((voter) => votes.find((one) => one.voter === voter && one.void === null) ?? [])
        if (rules) expect(whyNotCarried(rules, risk, counted) === null).toBe(judgeQuorum(votes, risk).carries)
      }),
      { numRuns: 5_000 },
    )
  })
})
