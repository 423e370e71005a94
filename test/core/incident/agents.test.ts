import { describe, expect, test } from 'vitest'
import { timers } from '../../../durable/core/incident/index.ts'
import {
  AGENT_DEADLINE_MS,
  BALLOT_DEADLINE_MS,
  RERUN_CAP_MS,
  RERUN_FIRST_MS,
  RUNS_MAX,
} from '../../../durable/core/consensus/policy.ts'
import type { AgentName, FindingDraft } from '../../../durable/protocol/domain.ts'
import { EVIDENCE_PER_ROOM_MAX } from '../../../durable/protocol/limits.ts'
import {
  PROVENANCE_OF_TESTS,
  RAY,
  approved,
  carried,
  type Room,
  finding,
  found,
  looked,
  opened,
  proposed,
  readOut,
  report,
  types,
  unknown,
  verifying,
} from './room.ts'
import { START, alert, look, metric } from './shop.ts'

const again = (room: Room) => room.named('gather-evidence').at(-1)
const reported = (agent: AgentName, draft: FindingDraft, run = 1) =>
  ({ type: 'report-finding', agent, run, draft, provenance: PROVENANCE_OF_TESTS }) as const
const detection = finding({ agent: 'detection', changes: [], onsetAt: null })

describe('evidence', () => {
  test('[LC13] ids are minted in order by the room; the same thing seen again keeps its id and shows its newest state', () => {
    const room = looked()
    expect(Object.keys(room.state.view.evidence)).toEqual(['E-01', 'E-02', 'E-03', 'E-04'])
    room.pass(20_000)
    room.say({
      type: 'record-evidence',
      run: 2,
      drafts: [metric('rate', 'search', 1, room.at), ...look(room.at)],
      gaps: [],
    })
    expect(Object.keys(room.state.view.evidence)).toEqual(['E-01', 'E-02', 'E-03', 'E-04', 'E-05'])
    expect(room.state.view.evidence['E-01']).toMatchObject({ at: room.at, title: 'pool_in_use of db-proxy' })
    expect(room.state.view.evidence['E-05']).toMatchObject({ service: 'search' })
  })

  test('[LC13] a name with a separator in it does not pass for another thing', () => {
    const room = opened()
    const drafts = [metric('b/c', 'a', 1, START), metric('c', 'a/b', 2, START)]
    room.say({ type: 'record-evidence', run: 1, drafts, gaps: [] })
    expect(Object.keys(room.state.view.evidence)).toHaveLength(2)
  })

  test('[LC13] beyond the limit observations are left out, and said', () => {
    const room = opened()
    const drafts = Array.from({ length: EVIDENCE_PER_ROOM_MAX + 3 }, (_, index) =>
      metric(`m${index}`, 'search', 1, START),
    )
    room.say({ type: 'record-evidence', run: 1, drafts, gaps: [] })
    expect(Object.keys(room.state.view.evidence)).toHaveLength(EVIDENCE_PER_ROOM_MAX)
    expect(room.state.view.gaps).toMatchObject([{ agent: 'evidence', reason: 'limit-reached' }])
  })

  test('[LC14] a look is taken once, in order, and never while a proposal is being settled', () => {
    const room = looked()
    const second = { type: 'record-evidence' as const, run: 2, drafts: [], gaps: [] }
    expect(room.refused({ ...second, run: 1 })).toBe('stale-run')
    expect(room.refused({ ...second, run: 3 })).toBe('stale-run')
    expect(proposed().refused(second)).toBe('stale-run')
    room.say({ type: 'resolve', reason: '' }, RAY)
    expect(room.refused(second)).toBe('stale-run')
  })
})

describe('the agents', () => {
  test('[LC14] three look at once, Resolution follows Diagnosis, each with a deadline on the wall', () => {
    const room = looked()
    const started = room.named('run-agent').map(({ agent }) => agent)
    expect(started).toEqual(['communication', 'detection', 'diagnosis', 'prediction'])
    expect(room.state.view.agents.detection).toMatchObject({
      state: 'working',
      deadlineWall: START + AGENT_DEADLINE_MS,
    })
    report(room, 'diagnosis', finding({ agent: 'diagnosis', hypotheses: [] }))
    expect(room.named('run-agent').at(-1)).toEqual({ type: 'run-agent', agent: 'resolution', run: 1 })
  })

  test('[LC14] a finding twice, of another run, of another agent or before its turn is refused', () => {
    const room = looked()
    report(room, 'detection', detection)
    expect(room.refused(reported('detection', detection))).toBe('stale-run')
    expect(room.refused(reported('prediction', detection))).toBe('stale-run')
    expect(room.refused(reported('prediction', finding({ agent: 'prediction', forecast: null }), 2))).toBe('stale-run')
    expect(room.refused(reported('resolution', finding({ agent: 'resolution', plan: null, checklist: null })))).toBe(
      'stale-run',
    )
    expect(room.refused({ type: 'agent-failed', agent: 'detection', run: 1, reason: 'x' })).toBe('stale-run')
  })

  test('[LC14] what it cites and the room does not hold is taken out, and said', () => {
    const room = looked()
    report(room, 'detection', { ...detection, cites: ['E-01', 'E-77', 'constructor'] })
    expect(room.state.view.findings.detection?.cites).toEqual(['E-01'])
    expect(room.state.view.gaps).toEqual([
      { agent: 'detection', what: 'cited but not held: E-77, constructor', reason: 'no-data' },
    ])
  })

  test('[LC14] late or failed it leaves its seat; without Diagnosis or Resolution the question goes to people', () => {
    const room = looked()
    expect(room.refused({ type: 'tick' })).toBe('nothing-changed')
    room.pass(AGENT_DEADLINE_MS)
    expect(types(room.tick())).toEqual(['agent-stopped', 'agent-stopped', 'human-asked', 'agent-stopped'])
    expect(room.state.view.humanAsked).toMatchObject({ reason: 'diagnosis-late' })
    expect(room.refused(reported('detection', detection))).toBe('stale-run')
    const other = looked()
    other.say({ type: 'agent-failed', agent: 'detection', run: 1, reason: 'threw' })
    expect(other.state.view.humanAsked).toBe(null)
    other.say({ type: 'agent-failed', agent: 'diagnosis', run: 1, reason: 'threw' })
    expect(other.state.view.humanAsked).toMatchObject({ reason: 'diagnosis-failed' })
  })

  test('[LC14] once the incident is resolved nobody is asked and nothing is concluded any more', () => {
    const room = looked()
    room.say({ type: 'resolve', reason: '' }, RAY)
    expect(room.refused(reported('detection', detection))).toBe('stale-run')
    room.pass(AGENT_DEADLINE_MS)
    expect(types(room.tick())).toEqual(['agent-stopped', 'agent-stopped', 'agent-stopped'])
    expect(room.state.view.humanAsked).toBe(null)
  })

  test('[LC18] Communication words the newest state, once each, in any state', () => {
    const room = looked()
    const words = { happening: 'a', cause: 'b', next: 'c' }
    const wording = finding({ agent: 'communication', responders: words, executives: words }, { cites: [] })
    report(room, 'communication', wording, 5)
    expect(room.refused(reported('communication', wording, 5))).toBe('stale-run')
    expect(room.refused(reported('communication', wording, 4))).toBe('stale-run')
    room.say({ type: 'resolve', reason: '' }, RAY)
    report(room, 'communication', wording, 9)
    expect(room.state.view.findings.communication?.run).toBe(9)
  })

  test('[LC20] without a plan a person is asked, once for the same reason', () => {
    const nothing = finding(
      { agent: 'resolution', plan: null, checklist: null },
      { outcome: 'abstained', reason: 'none' },
    )
    const room = looked()
    report(room, 'diagnosis', finding({ agent: 'diagnosis', hypotheses: [] }))
    expect(types(report(room, 'resolution', nothing))).toEqual(['finding-reported', 'human-asked'])
    looked(room, 2)
    report(room, 'diagnosis', finding({ agent: 'diagnosis', hypotheses: [] }))
    expect(types(report(room, 'resolution', nothing))).toEqual(['finding-reported'])
  })
})

describe('they look again', () => {
  test('[LC15] later each time, up to a cap, and not without end', () => {
    const room = opened()
    const waits: number[] = []
    for (let run = 1; run <= RUNS_MAX; run += 1) {
      looked(room, run)
      report(room, 'diagnosis', finding({ agent: 'diagnosis', hypotheses: [] }))
      const before = room.named('gather-evidence').length
      report(room, 'resolution', finding({ agent: 'resolution', plan: null, checklist: null }))
      const next = room.named('gather-evidence').slice(before)
      expect(next).toHaveLength(run < RUNS_MAX ? 1 : 0)
      waits.push(next[0]?.after?.ms ?? -1)
    }
    expect(waits.slice(0, 3)).toEqual([RERUN_FIRST_MS, 2 * RERUN_FIRST_MS, 4 * RERUN_FIRST_MS])
    expect(Math.max(...waits)).toBe(RERUN_CAP_MS)
    expect(room.state.view.humanAsked).not.toBe(null)
  })

  test('[LC15] also when a plan turns out to be no proposal: the next look waits on the wall', () => {
    const room = found()
    expect(again(room)).toMatchObject({ run: 2, after: { clock: 'wall' } })
    expect(RERUN_FIRST_MS).toBeGreaterThan(BALLOT_DEADLINE_MS)
  })

  test('[LC15] after every end that is no recovery', () => {
    const ends: Room[] = [readOut(verifying(), 9), readOut(verifying(), null)]
    const undone = unknown()
    undone.say({
      type: 'answer-status',
      proposal: undone.proposal.id,
      key: undone.proposal.execution?.key ?? '',
      outcome: 'it-did-not',
      detail: 'never seen',
    })
    for (const room of [...ends, undone]) {
      const closing = room.effects.slice(-8)
      expect(closing.some((effect) => effect.type === 'gather-evidence' && effect.run === 2)).toBe(true)
      expect(room.state.view.humanAsked).not.toBe(null)
    }
    const fine = readOut(verifying(), 1)
    expect(fine.effects.slice(-4).some((effect) => effect.type === 'gather-evidence')).toBe(false)
  })

  test('[LC21] not at what has recovered: only an alert that began since asks for another look, once', () => {
    const room = readOut(verifying(), 1)
    expect(room.state.view.state).toBe('mitigated')
    const drafts = look(room.at)
    expect(room.refused({ type: 'record-evidence', run: 2, drafts, gaps: [] })).toBe('stale-run')
    const asked = room.named('gather-evidence').length
    const startsAt = room.pass(1_000).at
    const began = (fingerprint: string) => ({ alert: alert({ fingerprint, startsAt }), reason: 'same-service' })
    room.say({ type: 'deliver-alerts', alerts: [began('f-late-1'), began('f-late-2')] })
    expect(room.named('gather-evidence')).toHaveLength(asked + 1)
    looked(room, 2)
  })

  test('[LC16] every timer that stands says when, and that is when a tick decides something', () => {
    const rooms = [looked(), proposed(), carried(), approved(), verifying()]
    expect(rooms.flatMap((room) => timers(room.state).map(({ name }) => name.split(':')[0]))).toEqual([
      'agent-late',
      'agent-late',
      'agent-late',
      'ballot-deadline',
      'approval-expires',
      'approval-expires',
      'verification-overdue',
    ])
    for (const room of rooms) {
      for (const { due } of timers(room.state)) {
        const { at, wall } = room
        room.at = due.clock === 'room' ? due.at - 1 : at
        room.wall = due.clock === 'wall' ? due.at - 1 : wall
        if (timers(room.state).every((one) => one.due.at >= due.at))
          expect(room.refused({ type: 'tick' })).toBe('nothing-changed')
        room.at = due.clock === 'room' ? due.at : at
        room.wall = due.clock === 'wall' ? due.at : wall
        expect(Array.isArray(room.ask({ type: 'tick' }))).toBe(true)
        Object.assign(room, { at, wall })
      }
    }
  })
})
