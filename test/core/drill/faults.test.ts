import { describe, expect, test } from 'vitest'
import {
  changedMeanwhile,
  delayOf,
  foundBy,
  has,
  injectedLog,
  poisoned,
  seenBy,
  spokenBy,
} from '../../../durable/core/drill/index.ts'
import { draftOf } from '../../../durable/core/agents/engines.ts'
import { VOTERS, type VoteDraft } from '../../../durable/protocol/domain.ts'
import { COMMON_FAULTS, type Fault, type Faults, SEAT_FAULTS, isFault } from '../../../durable/protocol/faults.ts'
import type { View } from '../../../durable/protocol/view.ts'
import { proposed } from '../incident/room.ts'
import { HEAD, look } from '../incident/shop.ts'

const TEMPTING = [{ type: 'drop-sessions', target: 'checkout' }]
const faultsOf = (...faults: Fault[]): Faults => ({ faults, seed: 7, tempting: TEMPTING })
const EVERYTHING = faultsOf(
  ...VOTERS.flatMap((agent) => SEAT_FAULTS.map((kind): Fault => ({ kind, agent }))),
  ...COMMON_FAULTS.map((kind): Fault => ({ kind })),
)
const room = proposed()
const { at } = room
const live: View = room.state.view
const drill: View = { ...live, head: { ...HEAD, drill: 'drl_abcdef', openedAt: at - 60_000 } }
const honest: VoteDraft = { vote: 'abstain', cites: [], reason: 'cannot see', method: 'looking' }

/** All that a faulty seat and a faulty world come to. */
function everything(faults: Faults, view: View, when = at) {
  const windows = look(when).flatMap(({ data }) => (data.kind === 'metric' ? [data.series] : []))
  return {
    windows: poisoned(faults, view, when, windows),
    log: injectedLog(faults, view, when),
    fresh: changedMeanwhile(faults, view, when, look(when)),
    voters: VOTERS.map((voter) => ({
      sees: seenBy(faults, voter, view, when).evidence,
      finds: foundBy(faults, voter, view, when, draftOf(voter, view, when)),
      says: spokenBy(faults, voter, view, room.proposal, when, honest),
      after: delayOf(faults, view, when, voter),
    })),
  }
}

describe('a fault', () => {
  test('[DR60] without any, and in a room that is no drill, everything stands as it is', () => {
    const nothing = everything(faultsOf(), drill)
    expect(everything(EVERYTHING, live)).toEqual({ ...nothing, voters: everything(faultsOf(), live).voters })
    expect(nothing.voters.map(({ says }) => says)).toEqual(VOTERS.map((as) => [{ draft: honest, as }]))
    expect(nothing.log).toEqual([])
  })

  test('[DR60] before its time it is not there', () => {
    const late = faultsOf(...EVERYTHING.faults.map((fault) => ({ ...fault, from: 60_001 })))
    expect(everything(late, drill)).toEqual(everything(faultsOf(), drill))
    expect(everything(late, drill, at + 2)).not.toEqual(everything(faultsOf(), drill, at + 2))
  })

  test('[DR60] is the voter’s alone', () => {
    const silent = faultsOf({ kind: 'silence', agent: 'prediction' })
    const { voters } = everything(silent, drill)
    expect(voters.map(({ says }) => says.length)).toEqual([1, 1, 0, 1])
    expect(has(silent, drill, at, 'silence')).toBe(false)
  })

  test('[DR60] the same seed twists the same way', () => {
    expect(everything(EVERYTHING, drill)).toEqual(everything(EVERYTHING, drill))
  })

  test.each(SEAT_FAULTS)('[DR60] %s changes what some voter sees, finds or says', (kind) => {
    const plain = everything(faultsOf(), drill)
    const changed = VOTERS.filter((agent, index) => {
      const faults = faultsOf({ kind, agent })
      return JSON.stringify(everything(faults, drill).voters[index]) !== JSON.stringify(plain.voters[index])
    })
    expect(changed.length).toBeGreaterThan(0)
  })

  test.each(COMMON_FAULTS)('[DR60] %s changes what reaches all', (kind) => {
    expect(everything(faultsOf({ kind }), drill)).not.toEqual(everything(faultsOf(), drill))
  })

  test('[DR60] an injected line is tainted, whatever it says', () => {
    const [line] = injectedLog(faultsOf({ kind: 'injected-log' }), drill, at)
    expect(line).toMatchObject({ kind: 'log', tainted: true, service: 'checkout' })
  })

  test('[DR62] names a voter where it is a voter’s, and nobody where it reaches all', () => {
    expect(isFault({ kind: 'silence', agent: 'detection' })).toBe(true)
    expect(isFault({ kind: 'silence' })).toBe(false)
    expect(isFault({ kind: 'injected-log' })).toBe(true)
    expect(isFault({ kind: 'state-changed', agent: 'detection' })).toBe(false)
  })
})
