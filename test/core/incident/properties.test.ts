import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decide, evolve, initialState, isRefusal, react } from '../../../durable/core/incident/index.ts'
import { canonical } from '../../../durable/protocol/canonical.ts'
import type { RunbookStep } from '../../../durable/protocol/domain.ts'
import { effectKey } from '../../../durable/protocol/effects.ts'
import type { RoomEvent } from '../../../durable/protocol/events.ts'
import { alertKey } from '../../../durable/protocol/view.ts'
import { verifyChain } from '../../../durable/protocol/verify.ts'
import { type Move, anyMove } from './anything.ts'
import { onCall } from './life.ts'
import {
  Room,
  approved,
  carried,
  found,
  looked,
  opened,
  proposed,
  readOut,
  running,
  sha256,
  unknown,
  verifying,
} from './room.ts'
import { CATALOGUE, START, alert, poolPlan, resolved } from './shop.ts'

const STAGES: Record<string, () => Room> = {
  empty: () => new Room(),
  opened: () => opened(),
  paged: () => onCall(),
  looked: () => looked(),
  found: () => found(),
  proposed: () => proposed(),
  carried: () => carried(),
  approved: () => approved(),
  running: () => running(),
  unknown: () => unknown(),
  verifying: () => verifying(),
  worse: () => readOut(verifying(), 50),
  undoing: () => undoing(),
  undone: () => undoing('ran'),
  lost: () => undoing('unknown'),
  stepping: () => stepping(),
  recovered: () => readOut(verifying(), 1),
}
/** The rollback of what made things worse was sent, and answered if it was. */
function undoing(outcome: 'ran' | 'unknown' | null = null): Room {
  const room = readOut(verifying(), 50)
  const { id, digest, execution } = room.proposal
  room.say({ type: 'start-undo', proposal: id, digest, killSwitch: false })
  const key = `${execution?.key}:undo`
  if (outcome !== null) room.say({ type: 'answer-undo', proposal: id, key, outcome, detail: '' })
  return room
}

/** Approved, with something of each kind to do before the action. */
function stepping(): Room {
  const steps: RunbookStep[] = [
    { kind: 'manual', id: 'drain', says: 'drain it' },
    { kind: 'wait', id: 'pause', ms: 5_000 },
    { kind: 'approval', id: 'sign', says: 'agree' },
    { kind: 'http', id: 'act' },
  ]
  const runbooks = CATALOGUE.runbooks.map((runbook) => ({ ...runbook, steps }))
  const room = proposed(poolPlan(), found(poolPlan(), looked(opened({ catalogue: { ...CATALOGUE, runbooks } }))))
  return approved(poolPlan(), carried(poolPlan(), room))
}

const anyPlay = fc.record({
  stage: fc.constantFrom(...Object.keys(STAGES)),
  moves: fc.array(anyMove, { minLength: 1, maxLength: 25 }),
})

/** Plays moves from a stage; `each` sees every command with what it came to. */
function playFrom(stage: string, moves: Move[], each: (room: Room, refused: boolean) => void = () => {}): Room {
  const room = STAGES[stage]?.() ?? new Room()
  for (const { make, who, ms } of moves) {
    room.pass(ms)
    const command = room.command(make(room), who)
    const answer = decide(room.state, command)
    if (!isRefusal(answer)) room.commit(answer)
    each(room, isRefusal(answer))
  }
  return room
}

const folded = (log: RoomEvent[]) => {
  const state = initialState()
  for (const event of log) evolve(state, JSON.parse(JSON.stringify(event)) as RoomEvent)
  return state
}

describe('for any commands, in any order, from any stage', () => {
  test('[LC11] decide answers every one of them, and a refusal changes nothing', () => {
    let before = ''
    fc.assert(
      fc.property(anyPlay, ({ stage, moves }) => {
        before = canonical((STAGES[stage]?.() ?? new Room()).state)
        playFrom(stage, moves, (room, refused) => {
          const after = canonical(room.state)
          if (refused) expect(after).toBe(before)
          before = after
        })
      }),
      { numRuns: 400 },
    )
  })

  test('[LC12] the log alone gives the same state, byte for byte, and its chain verifies', async () => {
    await fc.assert(
      fc.asyncProperty(anyPlay, async ({ stage, moves }) => {
        const room = playFrom(stage, moves)
        expect(canonical(folded(room.log))).toBe(canonical(room.state))
        expect(await verifyChain(room.log, sha256)).toMatchObject({ ok: true, count: room.log.length })
      }),
      { numRuns: 200 },
    )
  })

  test('[LC12] naming effects reads and changes nothing', () => {
    const room = verifying()
    const before = canonical(room.state)
    for (const event of room.log) react(room.state, event)
    expect(canonical(room.state)).toBe(before)
  })

  test('[AC15] at most one call for each approval, whatever comes', () => {
    fc.assert(
      fc.property(anyPlay, ({ stage, moves }) => {
        const room = playFrom(stage, moves)
        const all = room.named('call-driver')
        expect(new Set(all.map((call) => effectKey(call, 0))).size).toBe(all.length)
        const calls = all.filter(({ undo }) => !undo)
        expect(new Set(calls.map(({ proposal }) => proposal)).size).toBe(calls.length)
      }),
      { numRuns: 300 },
    )
  })

  test('[AC201] at most one rollback for each action, of one that surely ran, whatever comes', () => {
    let undone = 0
    fc.assert(
      fc.property(anyPlay, ({ stage, moves }) => {
        const room = playFrom(stage, moves)
        const undos = room.named('call-driver').filter(({ undo }) => undo)
        undone += undos.length
        expect(new Set(undos.map(({ proposal }) => proposal)).size).toBe(undos.length)
        for (const undo of undos) {
          const proposal = room.state.view.proposals.find(({ id }) => id === undo.proposal)
          expect(proposal?.execution?.outcome).toBe('ran')
          expect(undo.key).toBe(`${proposal?.execution?.key}:undo`)
        }
      }),
      { numRuns: 300 },
    )
    expect(undone).toBeGreaterThan(20)
  })

  test('[AC10] whatever started had a carried certificate and its approvals, or an own decision, on that digest', () => {
    let starts = 0
    fc.assert(
      fc.property(anyPlay, ({ stage, moves }) => {
        const room = playFrom(stage, moves)
        for (const { body } of room.log) {
          if (body.type !== 'execution-started') continue
          starts += 1
          const proposal = room.state.view.proposals.find(({ id }) => id === body.proposal)
          if (!proposal) throw new Error('started without a proposal')
          expect(body.digest).toBe(sha256(canonical(proposal.body)))
          const yes = proposal.decisions.filter((one) => one.kind !== 'reject' && one.digest === body.digest)
          expect(new Set(yes.map(({ by }) => by)).size).toBeGreaterThanOrEqual(proposal.approvalsNeeded)
          if (proposal.body.decidedBy === 'system') expect(proposal.certificate?.digest).toBe(body.digest)
          else expect(yes.some(({ kind }) => kind === 'own-decision')).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
    expect(starts).toBeGreaterThan(50)
  })
})

describe('alerts in any order', () => {
  const anyLevels = fc.uniqueArray(
    fc.record({ fingerprint: fc.constantFrom('a', 'b', 'c', 'd', 'e'), over: fc.boolean() }),
    { selector: ({ fingerprint }) => fingerprint, minLength: 1 },
  )

  test('[LC2] shuffled, split and doubled deliveries of the same levels leave the same levels', () => {
    fc.assert(
      fc.property(
        anyLevels.chain((levels) =>
          fc.record({
            levels: fc.constant(levels),
            order: fc.shuffledSubarray(levels, { minLength: levels.length }),
            cut: fc.nat(5),
            again: fc.subarray(levels),
          }),
        ),
        ({ levels, order, cut, again }) => {
          const one = (level: (typeof levels)[number]) => ({
            alert: level.over
              ? resolved(START + 5, { fingerprint: level.fingerprint })
              : alert({ fingerprint: level.fingerprint }),
            reason: 'x',
          })
          const told = (batches: (typeof levels)[]): Room => {
            const room = opened()
            for (const batch of batches) {
              const answer = room.ask({ type: 'deliver-alerts', alerts: batch.map(one) })
              if (!isRefusal(answer)) room.commit(answer)
            }
            return room
          }
          const straight = told([levels]).state
          const tangled = told([order.slice(0, cut), order.slice(cut), again]).state
          expect(canonical(tangled.levels)).toBe(canonical(straight.levels))
          expect(tangled.view.alertsClearSince === null).toBe(straight.view.alertsClearSince === null)
          expect(Object.keys(tangled.levels)).toContain(alertKey(alert()))
        },
      ),
      { numRuns: 300 },
    )
  })
})
