import { describe, expect, test } from 'vitest'
import type { Vote, VoterName } from '../../../durable/protocol/domain.ts'
import { VOTERS } from '../../../durable/protocol/domain.ts'
import { VOID_VOTES_PER_PROPOSAL_MAX } from '../../../durable/protocol/limits.ts'
import { TEST_KEYS, signedClerk, signedVote, testKey } from '../../agent-keys.ts'
import {
  ANN,
  type Room,
  approve,
  approved,
  carried,
  found,
  looked,
  opened,
  proposed,
  start,
  types,
  vote,
} from './room.ts'
import { poolPlan } from './shop.ts'

const draft = { vote: 'support' as const, cites: ['E-01', 'E-02', 'E-03'], reason: 'looked', method: 'test' }
const voids = (room: Room): (string | null)[] => room.proposal.votes.map((one) => one.void)
const cast = (room: Room, voter: VoterName, said: Partial<typeof draft> = {}) =>
  signedVote(room.state.view, {
    type: 'cast-vote',
    proposal: room.proposal.id,
    digest: room.proposal.digest,
    voter,
    draft: { ...draft, ...said },
  })
/** This voter signs a second, different vote. */
const lie = (room: Room, voter: VoterName) => vote(room, voter, 'abstain', { cites: [] })

describe('a signature', () => {
  test('[CN60] covers every word of a vote: another word, another seat or another key is void and accuses nobody', () => {
    const room = proposed()
    const signed = cast(room, 'detection')
    const changed = [
      { ...signed, draft: { ...signed.draft, vote: 'oppose' as const } },
      { ...signed, draft: { ...signed.draft, cites: ['E-01'] } },
      { ...signed, draft: { ...signed.draft, reason: 'other' } },
      { ...signed, draft: { ...signed.draft, method: 'other' } },
      { ...signed, digest: 'f'.repeat(64) },
      { ...signed, signature: '' },
      { ...signed, signature: `${signed.signature}A` },
    ]
    for (const body of changed) room.say(body)
    expect(voids(room)).toEqual(changed.map(() => 'bad-signature'))
    const posing = [
      { ...signed, voter: 'diagnosis' as const },
      { ...signed, key: '0'.repeat(16) },
      signedVote(room.state.view, { ...signed }, 'communication'),
    ]
    for (const body of posing) room.say(body)
    expect(voids(room).slice(changed.length)).toEqual(posing.map(() => 'unknown-key'))
    room.say(signed)
    expect(room.proposal.votes.at(-1)).toMatchObject({ void: null, key: testKey('detection').id })
    expect(room.state.view.quarantined).toEqual([])
  })

  test('[CN60] a room that knows no key counts no vote', () => {
    const room = proposed()
    room.state.view.keys = []
    vote(room, 'detection')
    expect(voids(room)).toEqual(['unknown-key'])
  })

  test('[CN61] the same signed vote again is replayed; one that was signed for another proposal is on the wrong digest', () => {
    const room = proposed()
    const before = cast(room, 'prediction')
    for (const voter of ['diagnosis', 'diagnosis'] as const) room.say(cast(room, voter))
    vote(room, 'resolution', 'oppose')
    expect(voids(room)).toEqual([null, 'replayed', null])
    const next = found(poolPlan({ cites: ['E-01', 'E-02', 'E-03'] }), looked(room.pass(20_000), 2))
    proposed(poolPlan(), next)
    next.say({ ...before, proposal: next.proposal.id })
    expect(voids(next)).toEqual(['wrong-digest'])
    next.say({ ...before, proposal: next.proposal.id, digest: next.proposal.digest })
    expect(voids(next)).toEqual(['wrong-digest', 'bad-signature'])
    expect(next.state.view.quarantined).toEqual([])
  })

  test('[CN67] void votes are kept up to a limit; what counts, and what proves an equivocation, always finds room', () => {
    const room = proposed()
    const torn = { ...cast(room, 'detection'), signature: 'AAAA' }
    for (let n = 0; n < VOID_VOTES_PER_PROPOSAL_MAX; n += 1) room.say(torn)
    expect(room.refused(torn)).toBe('too-many')
    vote(room, 'detection')
    lie(room, 'detection')
    expect(voids(room).slice(-2)).toEqual([null, 'second-vote'])
    expect(room.state.view.quarantined).toHaveLength(1)
  })
})

describe('equivocation', () => {
  test('[CN62] two different votes of one voter quarantine it, with both as proof; its later votes are shown and not counted', () => {
    const room = proposed()
    vote(room, 'detection')
    expect(types(lie(room, 'detection'))).toEqual(['vote-cast', 'voter-quarantined'])
    const [one, other] = room.proposal.votes
    expect(room.state.view.quarantined).toEqual([
      { voter: 'detection', reason: 'equivocation', proof: [one, other], proposal: room.proposal.id, at: room.at },
    ])
    room.say(cast(room, 'detection', { reason: 'a third' }))
    expect(voids(room)).toEqual([null, 'second-vote', 'quarantined'])
    expect(room.state.view.quarantined).toHaveLength(1)
  })

  test('[CN62] also when the first was void, late, or the ballot is closed', () => {
    const unknown = proposed()
    vote(unknown, 'detection', 'support', { cites: ['E-99'] })
    lie(unknown, 'detection')
    expect(voids(unknown)).toEqual(['unknown-evidence', 'second-vote'])
    const late = proposed().pass(11_000)
    vote(late, 'detection')
    lie(late, 'detection')
    expect(voids(late)).toEqual(['late', 'second-vote'])
    const closed = proposed()
    vote(closed, 'diagnosis', 'oppose')
    lie(closed, 'diagnosis')
    expect(voids(closed)).toEqual([null, 'second-vote'])
    for (const room of [unknown, late, closed]) expect(room.state.view.quarantined).toHaveLength(1)
  })

  test('[CN62] it lasts for the incident: on the next question its votes are void from the start', () => {
    const room = proposed()
    vote(room, 'prediction')
    lie(room, 'prediction')
    vote(room, 'resolution', 'oppose')
    const next = proposed(poolPlan(), found(poolPlan(), looked(room.pass(20_000), 2)))
    vote(next, 'prediction')
    for (const voter of ['detection', 'diagnosis', 'resolution'] as const) vote(next, voter)
    expect(voids(next)).toEqual(['quarantined', null, null, null])
    expect(next.proposal).toMatchObject({
      status: 'awaiting-approval',
      certificate: { supporters: ['detection', 'diagnosis', 'resolution'] },
    })
  })

  test('[CN63] its votes count as not cast in the open ballot, for and against, and nobody waits for it', () => {
    const room = proposed()
    for (const voter of ['detection', 'diagnosis', 'resolution'] as const) vote(room, voter)
    expect(room.proposal.status).toBe('voting')
    expect(types(lie(room, 'detection'))).toEqual(['vote-cast', 'voter-quarantined'])
    vote(room, 'prediction')
    expect(room.proposal.certificate?.supporters).toEqual(['diagnosis', 'resolution', 'prediction'])
    const required = proposed()
    vote(required, 'diagnosis')
    expect(types(lie(required, 'diagnosis'))).toEqual([
      'vote-cast',
      'voter-quarantined',
      'ballot-closed',
      'proposal-moved',
      'human-asked',
    ])
    expect(required.proposal).toMatchObject({ status: 'not-carried', certificate: null })
  })
})

describe('a certificate', () => {
  test('[CN64] that rests on a quarantined supporter is revoked and a person is asked, before and after the approval', () => {
    for (const room of [carried(), approved()]) {
      expect(types(lie(room, 'diagnosis'))).toEqual(['vote-cast', 'voter-quarantined', 'proposal-moved', 'human-asked'])
      expect(room.proposal).toMatchObject({ status: 'revoked', reason: 'supporter-quarantined' })
      expect(room.state.view.humanAsked).toMatchObject({ reason: 'supporter-quarantined', proposal: room.proposal.id })
    }
  })

  test('[CN64] that holds without it stands, and is used without it', () => {
    const room = approved()
    expect(types(lie(room, 'detection'))).toEqual(['vote-cast', 'voter-quarantined'])
    start(room)
    expect(room.proposal.status).toBe('running')
    const two = approved()
    lie(two, 'detection')
    lie(two, 'prediction')
    expect(two.proposal).toMatchObject({ status: 'revoked', reason: 'supporter-quarantined' })
  })

  test('[CN64] is judged again at use', () => {
    const room = approved()
    // As if the quarantine had reached this room without its consequences.
    const [one, other] = [room.proposal.votes[1], room.proposal.votes[1]] as [Vote, Vote]
    room.state.view.quarantined.push({
      voter: one.voter,
      reason: 'equivocation',
      proof: [one, other],
      proposal: room.proposal.id,
      at: room.at,
    })
    start(room)
    expect(room.proposal).toMatchObject({ status: 'revoked', reason: 'supporter-quarantined' })
  })

  test('[CN64] an own decision rests on no vote: it stands whoever is quarantined', () => {
    const room = proposed()
    vote(room, 'resolution', 'oppose')
    room.say(
      {
        type: 'decide-myself',
        runbook: 'raise-pool-limit',
        target: 'db-proxy',
        parameters: { pool_limit: 40 },
        confirm: 'db-proxy',
        passed: ['preconditions-hold', 'data-fresh'],
        reason: 'I know this one',
      },
      ANN,
    )
    const [asked, own] = room.state.view.proposals
    room.say(
      signedVote(room.state.view, {
        type: 'cast-vote',
        proposal: asked?.id ?? '',
        digest: asked?.digest ?? '',
        voter: 'resolution',
        draft,
      }),
    )
    expect(room.state.view.quarantined).toHaveLength(1)
    expect(room.state.view.proposals[1]?.status).toBe(own?.status)
    expect(own?.status).not.toBe('revoked')
  })

  test('[CN65] carries the signed votes of its supporters, and no other', () => {
    const room = proposed()
    for (const voter of VOTERS) vote(room, voter, voter === 'detection' ? 'oppose' : 'support')
    const { certificate, votes } = room.proposal
    expect(certificate?.votes).toEqual(votes.filter((one) => one.vote === 'support'))
    expect(certificate?.votes?.every((one) => one.signature !== undefined)).toBe(true)
  })
})

describe('seats and keys', () => {
  test('[CN66] the clerk signs its word; one that it did not sign is refused and its seat waits', () => {
    const room = proposed()
    const word = signedClerk(room.state.view, {
      type: 'clerk-word',
      proposal: room.proposal.id,
      affected: [],
      inform: ['team'],
      ownerReachable: true,
      extraApprovals: 0,
      reason: 'reachable',
    })
    expect(room.refused({ ...word, extraApprovals: 1 })).toBe('bad-signature')
    expect(room.refused({ ...word, key: testKey('detection').id })).toBe('unknown-key')
    room.say(word)
    expect(room.proposal.clerk).toMatchObject({ key: testKey('communication').id, signature: word.signature })
  })

  test('[CN68] a room opens with the keys of its instance; others go on record, and none is replaced or foreign', () => {
    const room = opened()
    expect(room.state.view.keys).toEqual(TEST_KEYS)
    expect(room.refused({ type: 'record-keys', keys: TEST_KEYS })).toBe('nothing-changed')
    const [first] = TEST_KEYS
    if (!first) throw new Error('no keys')
    const swapped = { ...first, publicKey: testKey('diagnosis').publicKey }
    expect(room.refused({ type: 'record-keys', keys: [swapped] })).toBe('nothing-changed')
    expect(room.refused({ type: 'record-keys', keys: [testKey('detection', 'elsewhere')] })).toBe('unknown-key')
    const fresh = { ...testKey('detection', 'second'), instance: 'test' }
    expect(types(room.say({ type: 'record-keys', keys: [fresh] }))).toEqual(['keys-recorded'])
    expect(room.state.view.keys).toEqual([...TEST_KEYS, fresh])
  })

  test('[CN69] a seat that cannot sign is silent, and the record says why', () => {
    const room = proposed()
    const silent = { type: 'withhold-vote', agent: 'diagnosis', reason: 'registry-unreachable' } as const
    expect(types(room.say({ ...silent, proposal: room.proposal.id }))).toEqual(['vote-withheld'])
    expect(voids(room)).toEqual([])
    expect(room.refused({ ...silent, proposal: 'prp_none' })).toBe('no-such-ballot')
    room.pass(10_000).tick()
    expect(room.proposal).toMatchObject({ status: 'not-carried', reason: 'no-quorum' })
    expect(room.refused({ ...silent, proposal: room.proposal.id })).toBe('ballot-closed')
  })

  test('[CN64] what was approved before is not started once it is revoked', () => {
    const room = carried()
    approve(room)
    lie(room, 'resolution')
    const { id, digest } = room.proposal
    expect(
      room.refused({ type: 'start-execution', proposal: id, digest, killSwitch: false, controls: null, fresh: [] }),
    ).toBe('stale-run')
  })
})
