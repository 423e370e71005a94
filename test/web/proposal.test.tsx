import { fireEvent } from '@solidjs/testing-library'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Proposal, ProposalStatus } from '../../durable/protocol/domain.ts'
import {
  type Said,
  approved,
  ballot,
  carried,
  moved,
  notCarried,
  recovered,
  unknown,
  untilProposal,
  verifying,
} from '../../web/src/gallery/log.ts'
import { ownProposal, proposal, refusedProposal } from '../../web/src/gallery/proposal.ts'
import { T0 } from '../../web/src/gallery/world.ts'
import { HOLD_MS } from '../../web/src/panels/proposal/HoldButton.tsx'
import { DecisionPanel } from '../../web/src/panels/proposal/DecisionPanel.tsx'
import { showIn, text } from './show.tsx'

const AWAITING = [...untilProposal(), ...carried()]
const show = (said: readonly Said[], more: Parameters<typeof showIn>[2] = {}) =>
  showIn(said, () => <DecisionPanel />, more)

/** A story whose proposal ends in each status, and words that must then be read. */
const STATUSES: Record<ProposalStatus, { said: Said[]; says: string[] }> = {
  voting: { said: [...untilProposal(), ...ballot().slice(0, 3)], says: ['Voting', '2/4', 'Four voters judge it'] },
  'not-carried': {
    said: [...untilProposal(), ...notCarried()],
    says: ['Not carried, required-missing.', 'Diagnosis missing', 'A human decides'],
  },
  'awaiting-approval': { said: AWAITING, says: ['Awaiting you', '4/4', 'Quorum reached', 'expires in'] },
  approved: {
    said: [...AWAITING, ...approved().slice(0, 2)],
    says: ['checked again, then it is called once', 'ada approved'],
  },
  running: { said: [...AWAITING, ...approved()], says: ['Called once, waiting for the driver'] },
  'outcome-unknown': { said: [...AWAITING, ...unknown()], says: ['Nobody knows whether it ran.', 'no answer in 10 s'] },
  verifying: { said: [...AWAITING, ...verifying()], says: ['Verifying', '9 %', '≤ 2 %', 'no better'] },
  done: { said: [...AWAITING, ...recovered()], says: ['Recovered: every named signal is back.', '0.4 %'] },
  undone: { said: [...AWAITING, moved('undone', 'worse')], says: ['Undone, it made things worse.'] },
  rejected: { said: [...AWAITING, moved('rejected', 'a person said no')], says: ['Rejected'] },
  refused: {
    said: untilProposal(refusedProposal()),
    says: ['Refused, data-stale.', 'No ballot opened', 'refuses: data-stale'],
  },
  expired: {
    said: [...AWAITING, moved('expired', 'nobody decided')],
    says: ['Nobody decided in time and nothing ran'],
  },
  revoked: {
    said: [...AWAITING, moved('revoked', 'supporter-quarantined')],
    says: ['Revoked, supporter-quarantined.'],
  },
}

describe('proposal', () => {
  it.each(Object.entries(STATUSES))('[UI30] a proposal that is %s says where it stands', (_, { said, says }) => {
    const screen = show(said)
    for (const words of says) expect(text(screen.container)).toContain(words)
  })

  it('[UI31] the exact change is shown: before, after, bounds of the catalogue, target, digest', () => {
    const card = text(show(AWAITING).container)
    for (const words of ['40 → 60', 'bounds 20–80', 'on db-proxy', 'risk: reversible', '9f3c51d0…a71e'])
      expect(card).toContain(words)
  })

  it('[UI32] the quorum names each voter, its vote, its reason; required supporters; the clerk apart from the count', () => {
    const screen = show(AWAITING)
    const lines = [...screen.container.querySelectorAll('.votes li')].map(text)
    expect(lines[0]).toContain('Detection support')
    expect(lines[1]).toContain('Diagnosis support, required · a cited path links db-proxy to checkout')
    expect(lines[3]).toContain('Resolution support, required')
    expect(lines[4]).toContain('Communication informs payments and web')
    expect(screen.getByRole('img', { name: '4 of 4 support, need 3' })).toBeTruthy()
    expect(text(screen.container)).toContain('both are')
  })

  it('[UI32] a void vote counts for nothing and says why', () => {
    const screen = show([...untilProposal(), ...notCarried()])
    expect(screen.getByRole('img', { name: '1 of 4 support, need 3' })).toBeTruthy()
    expect(text(screen.container)).toContain('Prediction void · unknown evidence: counts as no vote.')
  })

  it('[UI33] guard and gate stand in words, each clause readable, what was not counted named', () => {
    const card = text(show(AWAITING).container)
    expect(card).toContain('holds, 14 clauses')
    expect(card).toContain('2 kinds, 2 sources, 3 seen now on target or path')
    expect(card).toContain('not counted: E-05 (supports only)')
    const refused = text(show(untilProposal(refusedProposal())).container)
    expect(refused).toContain('refuses data fresh judgement: data-stale')
  })

  it('[UI34] an own decision reads decided by human and is never drawn as a carried ballot', () => {
    const card = text(show(untilProposal(ownProposal())).container)
    expect(card).toContain('Decided by human')
    expect(card).toContain('customers wait Passed: data-fresh.')
    expect(card).not.toContain('Quorum reached')
    expect(card).not.toContain('not voted')
  })
})

describe('approval', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  const hold = (screen: ReturnType<typeof show>) => screen.getByRole('button', { name: 'Hold to approve 40 → 60' })
  const yes = { type: 'approve', proposal: proposal().id, digest: proposal().digest }

  it('[UI35] held for 1.2 s it approves the digest on the screen, once', () => {
    const screen = show(AWAITING)
    fireEvent.pointerDown(hold(screen), { button: 0 })
    vi.advanceTimersByTime(HOLD_MS - 1)
    expect(screen.given).toEqual([])
    vi.advanceTimersByTime(1)
    expect(screen.given).toMatchObject([yes])
    vi.advanceTimersByTime(10 * HOLD_MS)
    expect(screen.given).toHaveLength(1)
  })

  it.each(['pointerUp', 'pointerLeave', 'pointerCancel'] as const)(
    '[UI35] %s before that cancels and says that nothing was sent',
    (end) => {
      const screen = show(AWAITING)
      const button = hold(screen)
      fireEvent.pointerDown(button, { button: 0 })
      vi.advanceTimersByTime(HOLD_MS / 2)
      fireEvent[end](button)
      fireEvent.click(button)
      vi.advanceTimersByTime(10 * HOLD_MS)
      expect(screen.given).toEqual([])
      expect(text(screen.container)).toContain('Released: nothing was sent.')
    },
  )

  it('[UI36] a key or a screen reader’s press never approves: it opens the typed confirm', () => {
    const screen = show(AWAITING)
    fireEvent.click(hold(screen), { detail: 0 })
    vi.advanceTimersByTime(10 * HOLD_MS)
    expect(screen.given).toEqual([])
    const input = screen.getByLabelText('Type db-proxy to confirm')
    expect(document.activeElement).toBe(input)
  })

  it('[UI36] a key after a press that ended elsewhere opens the typed confirm too', () => {
    const screen = show(AWAITING)
    const button = hold(screen)
    fireEvent.pointerDown(button, { button: 0 })
    fireEvent.pointerLeave(button)
    fireEvent.keyDown(button, { key: 'Enter' })
    fireEvent.click(button, { detail: 0 })
    expect(screen.getByLabelText('Type db-proxy to confirm')).toBeTruthy()
    expect(screen.given).toEqual([])
  })

  it('[UI36] Shift+A focuses the button and fires nothing', () => {
    const screen = show(AWAITING)
    fireEvent.keyDown(document.body, { key: 'A', shiftKey: true })
    expect(document.activeElement).toBe(hold(screen))
    expect(screen.given).toEqual([])
  })

  it('[UI36] with reduced motion a press opens the typed confirm instead of a hold', () => {
    vi.stubGlobal('matchMedia', () => ({
      matches: true,
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
    }))
    const screen = show(AWAITING)
    fireEvent.pointerDown(hold(screen), { button: 0 })
    vi.advanceTimersByTime(10 * HOLD_MS)
    expect(screen.given).toEqual([])
    expect(screen.getByLabelText('Type db-proxy to confirm')).toBeTruthy()
  })

  it('[UI37] the typed confirm approves only when the target was typed', () => {
    const screen = show(AWAITING)
    fireEvent.click(screen.getByRole('button', { name: 'Type to approve' }))
    const submit = screen.getByRole('button', { name: 'Approve 40 → 60' }) as HTMLButtonElement
    fireEvent.input(screen.getByLabelText('Type db-proxy to confirm'), { target: { value: 'db-prox' } })
    expect(submit.disabled).toBe(true)
    fireEvent.input(screen.getByLabelText('Type db-proxy to confirm'), { target: { value: 'db-proxy' } })
    fireEvent.click(submit)
    expect(screen.given).toMatchObject([yes])
  })

  it('[UI38] a rejection needs its reason', () => {
    const screen = show(AWAITING)
    fireEvent.click(screen.getByRole('button', { name: 'Reject' }))
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Reject' }).disabled).toBe(true)
    fireEvent.input(screen.getByLabelText('Why not?'), { target: { value: 'deploy is under way' } })
    fireEvent.click(screen.getByRole('button', { name: 'Reject' }))
    expect(screen.given).toEqual([{ ...yes, type: 'reject', reason: 'deploy is under way' }])
  })

  it('[UI39] nothing can be approved while disconnected, by a viewer, twice by one person, or after its time', () => {
    const waiting = { kind: 'waiting', tries: 1, untilWall: T0, since: T0, online: true } as const
    const twice = [...AWAITING, ...approved().slice(0, 1)]
    const cases: [ReturnType<typeof show>, string][] = [
      [show(AWAITING, { state: { link: waiting } }), 'Not connected'],
      [show(AWAITING, { state: { you: { name: 'eve', role: 'viewer' } } }), 'Your role may watch'],
      [show(twice), 'You said yes.'],
      [show(AWAITING, { wall: T0 + 31 * 60_000 }), 'Expired'],
    ]
    for (const [screen, why] of cases) {
      expect(text(screen.container)).toContain(why)
      for (const button of screen.container.querySelectorAll<HTMLButtonElement>('.approval button'))
        expect(button.disabled).toBe(true)
      screen.unmount()
    }
  })

  it('[UI39] what the room refused is said with its reason word', async () => {
    const screen = show(AWAITING, { answer: { ok: false, reason: 'wrong-digest', detail: 'another proposal' } })
    fireEvent.pointerDown(hold(screen), { button: 0 })
    await vi.advanceTimersByTimeAsync(HOLD_MS)
    expect(text(screen.container)).toContain('Refused, wrong digest: another proposal')
  })

  it('[UI40] the countdown runs on wall time until the proposal’s expiry', () => {
    expect(text(show(AWAITING, { wall: T0 + 2 * 60_000 }).container)).toContain('expires in 28:00')
  })
})

describe('what a human decides', () => {
  it('[UI41] an unknown outcome is settled by a person with a reason', () => {
    const screen = show([...AWAITING, ...unknown()])
    fireEvent.click(screen.getByRole('button', { name: 'It did not run' }))
    fireEvent.input(screen.getByLabelText('How do you know?'), { target: { value: 'the limit is still 40' } })
    fireEvent.click(screen.getByRole('button', { name: 'Record that it did not run' }))
    expect(screen.given).toEqual([
      { type: 'settle-outcome', proposal: proposal().id, outcome: 'it-did-not', reason: 'the limit is still 40' },
    ])
  })

  it('[UI42] an own decision names runbook, target, parameters, each clause passed, the typed target and a reason', () => {
    const screen = show(untilProposal(refusedProposal()))
    fireEvent.click(screen.getByRole('button', { name: 'Decide myself' }))
    const submit = screen.getByRole('button', { name: 'Run by own decision' }) as HTMLButtonElement
    expect(text(screen.container)).toContain('data fresh refused: data-stale')
    fireEvent.click(screen.getByLabelText(/data fresh/))
    fireEvent.input(screen.getByLabelText('limit, 20 to 80 connections'), { target: { value: '70' } })
    fireEvent.input(screen.getByLabelText('Why do you decide this?'), { target: { value: 'customers wait' } })
    expect(submit.disabled).toBe(true)
    fireEvent.input(screen.getByLabelText('Type db-proxy to confirm'), { target: { value: 'db-proxy' } })
    fireEvent.click(submit)
    expect(screen.given).toEqual([
      {
        type: 'decide-myself',
        runbook: 'raise-pool-limit',
        target: 'db-proxy',
        parameters: { limit: 70 },
        confirm: 'db-proxy',
        passed: ['data-fresh'],
        reason: 'customers wait',
      },
    ])
  })

  it('[UI42] an own decision is offered to commanders alone, and not while another question is open', () => {
    const offered = (said: Said[], more: Parameters<typeof showIn>[2] = {}) => {
      const screen = show(said, more)
      const found = screen.queryByRole('button', { name: 'Decide myself' }) !== null
      screen.unmount()
      return found
    }
    const free = [...untilProposal(), ...notCarried()]
    expect(offered(free)).toBe(true)
    expect(offered(free, { state: { you: { name: 'bob', role: 'responder' } } })).toBe(false)
    expect(offered(AWAITING)).toBe(false)
  })

  it('[UI42] a clause that the room finds not holding is named where it can be ticked', async () => {
    const screen = show([...untilProposal(), ...notCarried()], {
      answer: { ok: false, reason: 'clause-not-named', detail: 'data-fresh' },
    })
    fireEvent.click(screen.getByRole('button', { name: 'Decide myself' }))
    fireEvent.input(screen.getByLabelText('Why do you decide this?'), { target: { value: 'customers wait' } })
    fireEvent.input(screen.getByLabelText('Type db-proxy to confirm'), { target: { value: 'db-proxy' } })
    fireEvent.click(screen.getByRole('button', { name: 'Run by own decision' }))
    await vi.waitFor(() =>
      expect(screen.getByLabelText(/data fresh does not hold now: tick it to pass it/)).toBeTruthy(),
    )
  })

  it('[UI42] a protected service cannot be chosen as a target', () => {
    const screen = show(untilProposal(refusedProposal()))
    fireEvent.click(screen.getByRole('button', { name: 'Decide myself' }))
    const option = screen.getByRole('option', { name: 'orders-db (protected)' }) as HTMLOptionElement
    expect(option.disabled).toBe(true)
  })

  it('[UI43] without a proposal the panel says what would be needed, and a question handed to people says why', () => {
    const none = show(untilProposal().slice(0, 4))
    expect(text(none.container)).toContain('Nothing runs without a proposal that four voters judged')
    none.unmount()
    const asked = show([...untilProposal(), ...notCarried()])
    expect(text(asked.getByRole('region', { name: 'A human is asked' }))).toContain('diagnosis: the path observed now')
  })

  it('[UI43] earlier proposals stay readable under the present one', () => {
    const second: Proposal = proposal({ id: 'prp_second', number: 2 })
    const screen = show([
      ...AWAITING,
      moved('rejected', 'no'),
      { s: 130, by: { kind: 'system', name: 'room' }, body: { type: 'proposal-made', proposal: second } },
    ])
    expect(text(screen.container.querySelector('.earlier'))).toContain(
      'P-1 Raise the pool limit on db-proxy, 40 → 60: rejected, no',
    )
  })
})
