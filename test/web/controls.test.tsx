import { fireEvent, render } from '@solidjs/testing-library'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Actor } from '../../durable/protocol/domain.ts'
import type { EventBody } from '../../durable/protocol/events.ts'
import { Banner } from '../../web/src/dashboards/operations/Banners.tsx'
import { DryRunDialog } from '../../web/src/dashboards/operations/DryRunDialog.tsx'
import { type Said, carried, untilProposal } from '../../web/src/gallery/log.ts'
import { proposal } from '../../web/src/gallery/proposal.ts'
import { ControlsLine } from '../../web/src/panels/Controls.tsx'
import { ProposalCard } from '../../web/src/panels/proposal/ProposalCard.tsx'
import { showIn, text } from './show.tsx'

const ADA: Actor = { kind: 'person', name: 'ada' }
const said = (s: number, body: EventBody): Said => ({ s, by: ADA, body })
const AWAITING = [...untilProposal(), ...carried()]
const nothing = () => {}
const VIEWER = { name: 'eve', role: 'viewer' } as const

afterEach(() => vi.unstubAllGlobals())

describe('what holds actions back', () => {
  it('[AC115] dry run has a banner of its own, after the kill switch and a lost connection', () => {
    const banner = (killSwitch: boolean, dryRun: boolean) =>
      text(
        render(() => (
          <Banner
            killSwitch={{ on: killSwitch, by: 'ada', reason: 'stop' }}
            dryRun={{ on: dryRun, by: 'bob', reason: 'first week' }}
            link={{ kind: 'live', rttMs: 3 }}
            drill={true}
            storm={null}
            onKillSwitch={nothing}
            onRetry={nothing}
            onStopDrill={null}
          />
        )).container,
      )
    expect(banner(true, true)).toContain('Kill switch is on.')
    expect(banner(false, true)).toContain(
      'DRY RUN: nothing will be called. What would be is shown. Set by bob: first week',
    )
    expect(banner(false, false)).toContain('Drill: simulated input.')
  })

  it('[AC115] dry run of the instance asks for a reason', async () => {
    const calls: unknown[] = []
    vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
      calls.push([init.method, path, typeof init.body === 'string' && JSON.parse(init.body)])
      return Promise.resolve(Response.json({}))
    })
    const closed = vi.fn()
    const screen = render(() => <DryRunDialog on={false} by="" reason="" onClose={closed} />)
    expect(screen.getByText<HTMLButtonElement>('Turn on').disabled).toBe(true)
    fireEvent.input(screen.getByLabelText('Reason'), { target: { value: ' first week ' } })
    fireEvent.click(screen.getByText('Turn on'))
    await vi.waitFor(() => expect(closed).toHaveBeenCalled())
    expect(calls).toEqual([['PUT', '/api/v1/dry-run', { on: true, reason: 'first week' }]])
  })

  it('[AC115] the room’s head says what holds here and why, and offers a commander both ways', async () => {
    const screen = showIn(
      [
        ...AWAITING,
        said(300, { type: 'kill-switch-set', on: true, scope: 'incident', reason: 'the owner is asleep' }),
        said(301, { type: 'kill-switch-set', on: true, scope: 'service', service: 'db-proxy', reason: 'vendor' }),
        said(302, { type: 'dry-run-set', on: true, scope: 'global', reason: 'first week' }),
      ],
      () => <ControlsLine />,
    )
    const words = text(screen.container)
    expect(words).toContain('no action of this incident runs: the owner is asleep')
    expect(words).toContain('no action runs on db-proxy')
    expect(words).toContain('DRY RUN, nothing will be called: first week')
    fireEvent.click(screen.getByRole('button', { name: 'Allow actions here' }))
    fireEvent.input(screen.getByLabelText('Why may they run again?'), { target: { value: 'she is up' } })
    fireEvent.submit(screen.container.querySelector('form') ?? screen.container)
    expect(screen.given).toEqual([
      { type: 'set-incident-control', control: 'kill-switch', on: false, reason: 'she is up' },
    ])
  })

  it('[AC115] who may not, and where nothing holds, sees nothing of it', () => {
    const screen = showIn(AWAITING, () => <ControlsLine />, { state: { you: VIEWER } })
    expect(text(screen.container)).toBe('')
  })

  it('[AC115] the card shows what would be called apart from what ran, and the clause that stood in', () => {
    const calls = [{ method: 'POST', url: 'https://shop.test/act', body: '{"limit":60}' }]
    const report = { driver: 'http', says: 'One signed POST.', calls, effect: 'limit 60', canCheck: false, at: 1_000 }
    const card = (more: Parameters<typeof proposal>[0]) =>
      text(showIn(AWAITING, () => <ProposalCard proposal={proposal(more)} />).container)
    expect(card({ status: 'running', reason: 'dry-run' })).toContain('Dry run. Every check holds')
    expect(card({ status: 'running', reason: 'dry-run' })).not.toContain('Called once')
    const shown = card({ status: 'done', reason: 'dry-run', dryRun: report })
    expect(shown).toContain('nothing was called.')
    expect(shown).toContain('POST https://shop.test/act')
    expect(shown).toContain('The target itself was not asked')
    expect(card({ status: 'approved', autonomy: { clause: 'pool', record: { n: 5, regressions: 0 } } })).toContain(
      'Autonomy, clause pool: 5 verified recoveries, 0 regressions. No person approved it.',
    )
  })
})
