import { describe, expect, test } from 'vitest'
import {
  RECOVERED_READINGS,
  UNKNOWN_EVERY_MS,
  VERIFY_EVERY_MS,
  VERIFY_GRACE_MS,
} from '../../../durable/core/consensus/policy.ts'
import type { VerificationEnd, VerifySignal } from '../../../durable/protocol/domain.ts'
import { ANN, type Room, approved, found, looked, read, readOut, running, types, unknown, verifying } from './room.ts'
import { poolPlan, resolved } from './shop.ts'

const settled = () => verifying().pass(10_000)
const [errors] = poolPlan().verify.signals
if (!errors) throw new Error('the plan watches a signal')
const paged: VerifySignal = { kind: 'alert', source: 'metrics', fingerprint: 'checkout-errors' }
const watching = (...signals: VerifySignal[]): Room =>
  verifying(running(approved(poolPlan({ verify: { ...poolPlan().verify, signals } }))))
const sample = (room: Room, ...values: (number | null)[]) =>
  room.say({
    type: 'sample-verification',
    proposal: room.proposal.id,
    readings: values.map((value, signal) => ({ signal, value, at: value === null ? null : room.at })),
  })

describe('a verification ends one of four ways', () => {
  test('[AC18] worse', () => {
    const room = readOut(verifying(), 12)
    expect(room.proposal.verification?.end).toBe('worse')
    expect(types(room.log.slice(-4).map(({ body }) => body))).toEqual([
      'verification-sampled',
      'verification-ended',
      'proposal-moved',
      'escalated',
    ])
    expect(room.state.view.record).toMatchObject([{ end: 'worse' }])
  })

  test.each<[VerificationEnd, number | null, string[]]>([
    ['recovered', 2, ['verification-sampled', 'verification-ended', 'proposal-moved', 'incident-mitigated']],
    ['no-better', 9, ['verification-sampled', 'verification-ended', 'proposal-moved', 'escalated', 'human-asked']],
    ['unreadable', null, ['verification-sampled', 'verification-ended', 'proposal-moved', 'escalated', 'human-asked']],
  ])('[AC18] %s', (end, value, last) => {
    const room = readOut(verifying(), value)
    expect(room.proposal).toMatchObject({ status: 'done', reason: end, verification: { end } })
    expect(types(room.log.slice(-last.length).map(({ body }) => body))).toEqual(last)
    expect(room.state.view.state).toBe(end === 'recovered' ? 'mitigated' : 'triggered')
    expect(room.state.view.record).toMatchObject([{ end }])
  })

  test('[AC20] whatever did not recover escalates and asks a person what to do', () => {
    const room = readOut(verifying(), null)
    expect(room.state.view.escalated?.reason).toContain('unreadable')
    expect(room.state.view.humanAsked).toMatchObject({ reason: 'verification-unreadable' })
  })

  test('[AC18] nothing is concluded before the action had time to settle', () => {
    const room = verifying()
    for (const value of [1, 50]) {
      read(room.pass(4_999 + (value > 1 ? 1 : 0)), value)
      expect(room.proposal.verification).toMatchObject({ end: null, readings: [{ judged: 'unreadable' }] })
    }
    read(room.pass(5_000), 50)
    expect(room.proposal.verification?.readings).toMatchObject([{ judged: 'worse' }])
    expect(room.proposal.verification?.end).toBe(null)
  })

  test('[AC19] recovered takes three readings on three different samples', () => {
    const room = settled()
    for (let n = 1; n < RECOVERED_READINGS; n += 1) {
      read(room, 1)
      room.pass(VERIFY_EVERY_MS)
    }
    expect(room.proposal.verification?.end).toBe(null)
    read(room, 1)
    expect(room.proposal.verification?.end).toBe('recovered')
  })

  test('[AC19] one sample read again and again is one sample', () => {
    const room = settled()
    read(room, 1)
    for (let n = 1; n <= 4; n += 1) read(room.pass(VERIFY_EVERY_MS), 1, n * VERIFY_EVERY_MS)
    expect(room.proposal.verification?.end).toBe(null)
    read(room.pass(VERIFY_EVERY_MS), 1)
    expect(room.proposal.verification?.end).toBe(null)
    read(room.pass(VERIFY_EVERY_MS), 1)
    expect(room.proposal.verification?.end).toBe('recovered')
  })

  test('[AC19] a bad reading starts the count anew', () => {
    const room = settled()
    for (const value of [1, 1, 9, 1, 1]) {
      read(room, value)
      room.pass(VERIFY_EVERY_MS)
    }
    expect(room.proposal.verification?.end).toBe(null)
    read(room, 1)
    expect(room.proposal.verification?.end).toBe('recovered')
  })

  test('[AC19] every named signal is judged; one that was not read is unreadable', () => {
    const room = watching(errors, paged).pass(10_000)
    for (let n = 0; n < 4; n += 1) sample(room.pass(VERIFY_EVERY_MS), 1)
    expect(room.proposal.verification).toMatchObject({
      end: null,
      readings: [{ judged: 'recovered' }, { signal: 1, value: null, judged: 'unreadable' }],
    })
    for (let n = 0; n < 3; n += 1) sample(room.pass(VERIFY_EVERY_MS), 1, 0)
    expect(room.proposal.verification?.end).toBe('recovered')
  })

  test('[AC19] the slowest of several signals counts: three new samples of one are not three of all', () => {
    if (errors.kind !== 'series') throw new Error('a series')
    const slow: VerifySignal = { ...errors, series: { ...errors.series, name: 'latency' } }
    const room = watching(errors, slow).pass(10_000)
    const seenAt = room.at
    const both = (slowAt: number) =>
      room.pass(VERIFY_EVERY_MS).say({
        type: 'sample-verification',
        proposal: room.proposal.id,
        readings: [
          { signal: 0, value: 1, at: room.at },
          { signal: 1, value: 1, at: slowAt },
        ],
      })
    for (let n = 0; n < 4; n += 1) both(seenAt)
    expect(room.proposal.verification?.end).toBe(null)
    both(seenAt + 15_000)
    both(seenAt + 20_000)
    expect(room.proposal.verification?.end).toBe('recovered')
  })

  test('[AC19] a value that is no number is no reading', () => {
    const room = settled()
    read(room, Number.NaN)
    expect(room.proposal.verification?.readings).toEqual([{ signal: 0, value: null, at: null, judged: 'unreadable' }])
  })

  test('[AC19] an alert as a signal: what it said before the action settled does not count', () => {
    const room = watching(paged)
    for (let n = 0; n < 3; n += 1) sample(room.pass(3_300 + VERIFY_EVERY_MS * (n > 0 ? 1 : 0)), 0)
    expect(room.proposal.verification?.end).toBe(null)
  })

  test('[AC19] a chain of readings that was doubled becomes one again', () => {
    const room = settled()
    read(room, 1)
    room.pass(VERIFY_EVERY_MS - 1)
    const again = { type: 'sample-verification', proposal: room.proposal.id, readings: [] } as const
    expect(room.refused({ ...again, readings: [] })).toBe('nothing-changed')
    room.pass(1)
    read(room, 1)
  })

  test('[AC18] when readings stop coming it ends unreadable, by its own timer', () => {
    const room = verifying()
    room.pass(120_000 + VERIFY_GRACE_MS - 1)
    expect(room.refused({ type: 'tick' })).toBe('nothing-changed')
    room.pass(1)
    expect(types(room.tick())).toEqual(['verification-ended', 'proposal-moved', 'escalated', 'human-asked'])
    expect(room.proposal).toMatchObject({ status: 'done', reason: 'unreadable' })
  })
})

describe('around it', () => {
  test('[AC16] while the outcome is unknown signals are shown and nothing is concluded', () => {
    const room = unknown().pass(10_000)
    for (let n = 0; n < 40; n += 1) read(room.pass(VERIFY_EVERY_MS), 1)
    expect(room.proposal).toMatchObject({ status: 'outcome-unknown', verification: { end: null } })
    expect(room.proposal.verification?.readings).toMatchObject([{ judged: 'recovered' }])
    expect(room.refused({ type: 'tick' })).toBe('nothing-changed')
    const waits = room.named('read-signals').map(({ after }) => after?.ms)
    expect([waits[0], waits.at(-1)]).toEqual([VERIFY_EVERY_MS, UNKNOWN_EVERY_MS])
  })

  test('[AC17] what was settled as not run is watched no more', () => {
    const room = unknown()
    room.say({ type: 'settle-outcome', proposal: room.proposal.id, outcome: 'it-did-not', reason: 'looked' }, ANN)
    room.pass(120_000)
    const late = { type: 'sample-verification' as const, proposal: room.proposal.id, readings: [] }
    expect(room.refused(late)).toBe('nothing-to-settle')
    expect(room.proposal.status).toBe('revoked')
    expect(room.refused({ ...late, proposal: 'prp_none' })).toBe('nothing-to-settle')
  })

  test('[AC21] recovered with the alerts clear and a person on it: mitigated, and it waits for that person', () => {
    const room = verifying()
    room.say({ type: 'deliver-alerts', alerts: [{ alert: resolved(room.at), reason: 'x' }] })
    readOut(room, 1)
    expect(room.state.view).toMatchObject({ state: 'mitigated', people: ['ann'] })
    expect(room.state.view.alertsClearSince).not.toBe(null)
  })

  test('[AC21] an incident that is mitigated already stays so', () => {
    const room = verifying()
    room.say({ type: 'mitigate', reason: 'by hand' }, ANN)
    readOut(room, 1)
    expect(room.log.filter(({ body }) => body.type === 'incident-mitigated')).toHaveLength(1)
  })

  test('[AC20] the same fix is not proposed again after it did not help, not even when it has cooled down', () => {
    const room = readOut(verifying(), 9)
    room.pass(600_000)
    found(poolPlan(), looked(room, 2))
    room.say({ type: 'propose', run: 2 })
    expect(room.proposal).toMatchObject({ number: 2, status: 'refused', reason: 'same-fix-failed-before' })
  })
})
