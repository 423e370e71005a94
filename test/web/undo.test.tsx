import { fireEvent } from '@solidjs/testing-library'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Actor, RunbookStep } from '../../durable/protocol/domain.ts'
import type { EventBody } from '../../durable/protocol/events.ts'
import { type Said, carried, moved, recovered, unknown, untilProposal, verifying } from '../../web/src/gallery/log.ts'
import { proposal } from '../../web/src/gallery/proposal.ts'
import { byHand, outcast } from '../../web/src/gallery/undo.ts'
import { HOLD_MS } from '../../web/src/panels/proposal/HoldButton.tsx'
import { DecisionPanel } from '../../web/src/panels/proposal/DecisionPanel.tsx'
import { showIn, text } from './show.tsx'

const ROOM: Actor = { kind: 'system', name: 'room' }
const { id, digest } = proposal()
const AWAITING = [...untilProposal(), ...carried()]
const show = (said: readonly Said[], more: Parameters<typeof showIn>[2] = {}) =>
  showIn(said, () => <DecisionPanel />, more)
const say = (...bodies: EventBody[]): Said[] => bodies.map((body) => ({ s: 300, by: ROOM, body }))
const undoing = say(
  { type: 'proposal-moved', proposal: id, status: 'running', reason: 'undoing' },
  { type: 'undo-started', proposal: id, key: 'key-1:undo', token: 40, why: 'worse' },
)

describe('request changes', () => {
  it('[AC210] asks for the parameters within their bounds and a reason, and sends only what differs', () => {
    const screen = show(AWAITING)
    fireEvent.click(screen.getByRole('button', { name: 'Request changes' }))
    const figure = screen.getByLabelText<HTMLInputElement>(/limit, 20 to 80/)
    expect(figure.value).toBe('60')
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Request changes' }).disabled).toBe(true)
    fireEvent.input(figure, { target: { value: '50' } })
    fireEvent.input(screen.getByLabelText(/What should be different/), { target: { value: 'less at first' } })
    fireEvent.click(screen.getByRole('button', { name: 'Request changes' }))
    expect(screen.given).toEqual([
      { type: 'request-changes', proposal: id, digest, wants: { limit: 50 }, reason: 'less at first' },
    ])
  })

  it('[AC210] what was asked for stands where the rejection does', () => {
    const screen = show([
      ...AWAITING,
      ...say({
        type: 'decision-recorded',
        proposal: id,
        decision: {
          kind: 'request-changes',
          by: 'ada',
          role: 'commander',
          digest,
          reason: 'less at first',
          passed: [],
          wants: { limit: 50 },
          at: 1,
        },
      }),
      moved('rejected', 'changes-requested'),
    ])
    expect(text(screen.container)).toMatch(/Wants limit 50.*Rejected.*changes requested.*less at first/)
  })
})

describe('undo', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('[AC204] needs a reason, then a hold; it names the rollback that is sent', () => {
    const screen = show([...AWAITING, ...verifying()])
    fireEvent.click(screen.getByRole('button', { name: 'Undo' }))
    const hold = screen.getByRole<HTMLButtonElement>('button', {
      name: /Hold to undo raise pool limit on db-proxy: limit 40/,
    })
    expect(hold.disabled).toBe(true)
    fireEvent.input(screen.getByLabelText('Why is it taken back?'), { target: { value: 'latency climbs' } })
    fireEvent.pointerDown(hold, { button: 0 })
    vi.advanceTimersByTime(HOLD_MS - 1)
    expect(screen.given).toEqual([])
    vi.advanceTimersByTime(1)
    expect(screen.given).toEqual([{ type: 'undo', proposal: id, digest, reason: 'latency climbs' }])
  })

  it('[AC204] is not offered before it ran, once it was sent, or to whoever may not order it', () => {
    const viewer = { state: { you: { name: 'ray', role: 'responder' } } } as const
    for (const screen of [
      show(AWAITING),
      show([...AWAITING, ...verifying(), ...undoing]),
      show([...AWAITING, ...recovered()], viewer),
    ]) {
      expect(screen.queryByRole('button', { name: 'Undo' })).toBe(null)
      screen.unmount()
    }
  })

  it.each<[string, EventBody[], string]>([
    ['while it is out', [], 'Undoing, it made things worse.'],
    [
      'when nobody knows',
      [{ type: 'undo-answered', proposal: id, key: 'key-1:undo', outcome: 'unknown', detail: 'timeout' }],
      'Nobody knows whether it was undone.',
    ],
    [
      'when it surely did not run',
      [
        { type: 'undo-answered', proposal: id, key: 'key-1:undo', outcome: 'failed', detail: 'refused' },
        { type: 'proposal-moved', proposal: id, status: 'done', reason: 'undo-failed' },
      ],
      'Not undone: the rollback surely did not run.',
    ],
    [
      'when it ran',
      [
        { type: 'undo-answered', proposal: id, key: 'key-1:undo', outcome: 'ran', detail: 'as before' },
        { type: 'proposal-moved', proposal: id, status: 'undone', reason: 'worse' },
      ],
      'Undone, it made things worse.',
    ],
  ])('[AC203] %s it says so', (_title, bodies, words) => {
    expect(text(show([...AWAITING, ...verifying(), ...undoing, ...say(...bodies)]).container)).toContain(words)
  })
})

describe('steps', () => {
  const steps: RunbookStep[] = [
    { kind: 'manual', id: 'drain', says: 'drain the node' },
    { kind: 'wait', id: 'pause', ms: 60_000 },
    { kind: 'http', id: 'act' },
    { kind: 'manual', id: 'tell', says: 'tell the owner' },
  ]
  const base = proposal()
  const stepped = proposal({
    body: { ...base.body, plan: { ...base.body.plan, steps } },
    steps: [
      { id: 'drain', state: 'waiting', at: null, by: null, detail: '' },
      { id: 'pause', state: 'waiting', at: null, by: null, detail: '' },
    ],
  })
  const at = (...bodies: EventBody[]): Said[] => [
    ...untilProposal(stepped),
    ...carried(),
    moved('approved', 'approved'),
    ...say({ type: 'step-started', proposal: id, step: 'drain' }, ...bodies),
  ]

  it('[AC221] each is shown with how far it is; who did the one by hand says so', () => {
    const screen = show(at())
    for (const words of [
      'drain the node',
      'waits 01:00',
      'called once, after a last check',
      'becomes a task once it ran',
    ])
      expect(text(screen.container)).toContain(words)
    fireEvent.click(screen.getByRole('button', { name: 'Done' }))
    expect(screen.given).toEqual([{ type: 'complete-step', proposal: id, step: 'drain', outcome: 'done', reason: '' }])
  })

  it('[AC223] what could not be done needs its reason, and the end says that nothing ran', () => {
    const screen = show(at())
    fireEvent.click(screen.getByRole('button', { name: 'Could not' }))
    fireEvent.input(screen.getByLabelText('Why could it not be done?'), { target: { value: 'no access' } })
    fireEvent.click(screen.getByRole('button', { name: 'It could not be done' }))
    expect(screen.given).toEqual([
      { type: 'complete-step', proposal: id, step: 'drain', outcome: 'could-not', reason: 'no access' },
    ])
    screen.unmount()
    const over = show(
      at(
        { type: 'step-ended', proposal: id, step: 'drain', end: 'failed', detail: 'no access' },
        { type: 'proposal-moved', proposal: id, status: 'refused', reason: 'step-could-not' },
      ),
    )
    expect(text(over.container)).toContain('Ended before the action, step-could-not.')
    expect(text(over.container)).not.toContain('No ballot opened')
  })

  it('[AC221] a viewer completes nothing', () => {
    const screen = show(at(), { state: { you: { name: 'eve', role: 'viewer' } } })
    expect(screen.queryByRole('button', { name: 'Done' })).toBe(null)
  })
})

describe('an outcome that nobody knows', () => {
  const as = (role: 'viewer' | 'responder' | 'commander') => ({ state: { you: { name: 'ray', role } } }) as const
  const UNKNOWN = [...AWAITING, ...unknown()]

  it('[UI151] a commander settles it; others read who may, and find no buttons', () => {
    for (const role of ['viewer', 'responder'] as const) {
      const screen = show(UNKNOWN, as(role))
      expect(screen.queryByRole('button', { name: 'It ran' })).toBe(null)
      expect(text(screen.container)).toContain('no answer in 10 s. Nothing is sent again')
      expect(text(screen.container)).toContain('A commander who looked says what happened.')
      screen.unmount()
    }
    const screen = show(UNKNOWN, as('commander'))
    fireEvent.click(screen.getByRole('button', { name: 'It ran' }))
    fireEvent.input(screen.getByLabelText('How do you know?'), { target: { value: 'the limit is 60' } })
    fireEvent.click(screen.getByRole('button', { name: 'Record that it ran' }))
    expect(screen.given).toEqual([
      { type: 'settle-outcome', proposal: id, outcome: 'it-ran', reason: 'the limit is 60' },
    ])
  })

  it('[UI152] where people carry it out a responder says what came of it', () => {
    const viewer = show(byHand(UNKNOWN), as('viewer'))
    expect(text(viewer.container)).toMatch(/People do it by hand.*A responder or a commander says so/)
    expect(viewer.queryByRole('button', { name: 'Done' })).toBe(null)
    viewer.unmount()
    const screen = show(byHand(UNKNOWN), as('responder'))
    expect(text(screen.container)).not.toContain('Nobody knows')
    fireEvent.click(screen.getByRole('button', { name: 'Done' }))
    expect(screen.given).toEqual([{ type: 'complete-step', proposal: id, step: 'action', outcome: 'done', reason: '' }])
  })
})

describe('a supporter that is quarantined', () => {
  it('[UI153] counts as not cast on the ring and in its line, which says why', () => {
    const screen = show([...AWAITING, ...outcast()])
    expect(screen.getByRole('img', { name: '3 of 4 support, need 3' })).toBeTruthy()
    expect(text(screen.container)).toMatch(/Prediction void · quarantined: counts as no vote/)
    expect(screen.container.querySelectorAll('.ring .arc.support')).toHaveLength(3)
  })
})
