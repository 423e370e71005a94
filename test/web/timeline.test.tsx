import { fireEvent } from '@solidjs/testing-library'
import { describe, expect, it } from 'vitest'
import type { Actor, Vote } from '../../durable/protocol/domain.ts'
import type { EventBody, EventType, RoomEvent } from '../../durable/protocol/events.ts'
import { sentenceOf } from '../../web/src/format/sentence.ts'
import {
  PERSON,
  type Said,
  carried,
  ended,
  moved,
  notCarried,
  numbered,
  unknown,
  untilProposal,
} from '../../web/src/gallery/log.ts'
import { calling, crewed, moved as movedAlerts } from '../../web/src/gallery/crew.ts'
import { proposal } from '../../web/src/gallery/proposal.ts'
import { ALERT, T0 } from '../../web/src/gallery/world.ts'
import { Timeline } from '../../web/src/panels/Timeline.tsx'
import { showIn, text } from './show.tsx'

const SYSTEM: Actor = { kind: 'system', name: 'room' }
const twice = (vote: Vote['vote'], empty: Vote['void']): Vote => ({
  vote,
  cites: [],
  reason: 'signed',
  method: 'm',
  voter: 'detection',
  digest: 'd',
  at: 1_000,
  void: empty,
})
const rest: EventBody[] = [
  { type: 'severity-raised', from: 'SEV-2', to: 'SEV-1', reason: 'a critical alert joined' },
  { type: 'incident-reopened', reason: 'it fires again' },
  { type: 'agent-stopped', agent: 'prediction', run: 1, state: 'late', reason: 'deadline' },
  { type: 'outcome-settled', proposal: proposal().id, key: 'key-1', outcome: 'it-ran', detail: 'the pool is at 60' },
  { type: 'step-started', proposal: proposal().id, step: 'drain' },
  { type: 'step-ended', proposal: proposal().id, step: 'drain', end: 'done', detail: 'drained' },
  { type: 'undo-ordered', proposal: proposal().id, reason: 'it got worse' },
  { type: 'undo-started', proposal: proposal().id, key: 'key-1:undo', token: 30, why: 'by-person' },
  { type: 'undo-answered', proposal: proposal().id, key: 'key-1:undo', outcome: 'unknown', detail: 'timeout' },
  { type: 'undo-settled', proposal: proposal().id, key: 'key-1:undo', outcome: 'it-ran', detail: 'it is at 40 again' },
  { type: 'escalated', reason: 'not recovered' },
  { type: 'kill-switch-set', on: true, reason: 'freeze' },
  { type: 'dry-run-set', on: true, scope: 'incident', reason: 'first week' },
  { type: 'dry-run-started', proposal: proposal().id, digest: 'd', key: 'k:dry', guard: proposal().guard, gate: null },
  {
    type: 'dry-run-reported',
    proposal: proposal().id,
    key: 'k:dry',
    report: { driver: 'http', says: 'one signed POST', calls: [], effect: 'limit 60', canCheck: false },
  },
  { type: 'vote-withheld', proposal: proposal().id, agent: 'prediction', reason: 'registry-unreachable' },
  {
    type: 'voter-quarantined',
    voter: 'detection',
    reason: 'equivocation',
    proposal: proposal().id,
    proof: [twice('support', null), twice('oppose', 'second-vote')],
  },
  {
    type: 'keys-recorded',
    keys: [{ id: 'aaaa', agent: 'detection', instance: 'ins_test', publicKey: 'AA', since: 1_000 }],
  },
  { type: 'autonomy-used', proposal: proposal().id, clause: 'pool', record: { n: 5, regressions: 0 } },
]
const STORY: Said[] = [
  ...untilProposal(),
  ...carried(),
  ...ended(),
  ...unknown(),
  ...notCarried(),
  ...calling(),
  ...crewed(),
  ...movedAlerts(),
  ...rest.map((body): Said => ({ s: 400, by: SYSTEM, body })),
]

// A record, so that a type without a line here does not compile: the story must show every one.
const EVERY: Record<EventType, true> = {
  'incident-opened': true,
  'alert-attached': true,
  'alert-updated': true,
  'alerts-cleared': true,
  'severity-raised': true,
  'incident-acknowledged': true,
  'incident-mitigated': true,
  'incident-resolved': true,
  'incident-reopened': true,
  'incident-closed': true,
  'incident-archived': true,
  'note-added': true,
  'evidence-recorded': true,
  'agent-started': true,
  'finding-reported': true,
  'agent-stopped': true,
  'proposal-made': true,
  'ballot-opened': true,
  'vote-cast': true,
  'clerk-spoke': true,
  'vote-withheld': true,
  'voter-quarantined': true,
  'keys-recorded': true,
  'ballot-closed': true,
  'human-asked': true,
  'decision-recorded': true,
  'proposal-moved': true,
  'execution-started': true,
  'execution-answered': true,
  'outcome-settled': true,
  'undo-ordered': true,
  'undo-started': true,
  'undo-answered': true,
  'undo-settled': true,
  'step-started': true,
  'step-ended': true,
  'verification-started': true,
  'verification-sampled': true,
  'verification-ended': true,
  escalated: true,
  'kill-switch-set': true,
  'dry-run-set': true,
  'dry-run-started': true,
  'dry-run-reported': true,
  'autonomy-used': true,
  'incident-unacknowledged': true,
  'incident-canceled': true,
  'severity-set': true,
  'role-assigned': true,
  'role-released': true,
  'task-added': true,
  'task-changed': true,
  'field-set': true,
  'privacy-set': true,
  'access-set': true,
  'merge-requested': true,
  'unmerge-requested': true,
  'split-requested': true,
  'move-refused': true,
  'incident-merged': true,
  'incident-unmerged': true,
  'alerts-detached': true,
  'incident-linked': true,
  'incident-unlinked': true,
  'escalation-started': true,
  paged: true,
  'escalation-ended': true,
  'notification-sent': true,
  'notification-failed': true,
  'notification-parked': true,
  'sla-breached': true,
}

const sentence = (event: RoomEvent) => sentenceOf(event, (id) => (id === proposal().id ? proposal() : undefined))

describe('sentences', () => {
  it('[UI20] every type of event is said in words, with who did it', () => {
    const said = new Set<string>()
    for (const event of numbered(STORY)) {
      const { who, did } = sentence(event)
      expect(who, event.body.type).not.toBe('')
      expect(did, event.body.type).toMatch(/\w{3}/)
      expect(did, event.body.type).not.toMatch(/undefined|null|\[object/)
      said.add(event.body.type)
    }
    expect([...said].sort()).toEqual(Object.keys(EVERY).sort())
  })

  it('[UI20] proposals are named by number and decisions by the person who took them', () => {
    const [decision] = numbered(STORY).filter((event) => event.body.type === 'decision-recorded')
    expect(decision && sentence(decision)).toMatchObject({ who: 'ada', did: 'approved P-1', provenance: 'human' })
  })

  it('[UI21] text that outsiders could have written is marked tainted, our own is not', () => {
    const [alert] = numbered([
      { s: 0, by: SYSTEM, body: { type: 'alert-attached', alert: ALERT, reason: 'same-service' } },
    ])
    expect(alert && sentence(alert)).toMatchObject({ tainted: true, quote: ALERT.title })
    const [note] = numbered([
      { s: 0, by: PERSON, body: { type: 'note-added', note: { id: 'N-01', by: 'ada', text: 'seen', at: T0 } } },
    ])
    expect(note && sentence(note)).toMatchObject({ tainted: false })
  })

  it('[NO16] an alert says why it came here and what that reason found', () => {
    const attached = (reason: string, matched: string) =>
      numbered([{ s: 0, by: SYSTEM, body: { type: 'alert-attached', alert: ALERT, reason, matched } }]).map(sentence)[0]
        ?.did
    expect(attached('similar-labels', '0.67 of labels shared')).toContain('similar-labels (0.67 of labels shared)')
    expect(attached('same-group', '{}:{alertname="x"}')).not.toContain('alertname')
    const [flaps] = numbered([
      {
        s: 0,
        by: SYSTEM,
        body: { type: 'alert-updated', alert: ALERT, reason: 'flapping', matched: '11 of 21 changes' },
      },
    ]).map(sentence)
    expect(flaps?.did).toContain('flapping (11 of 21 changes)')
  })

  it('[UI20] a void vote says that it counts for nothing and why', () => {
    const events = numbered(notCarried()).map(sentence)
    expect(events.find((said) => said.did.includes('void'))).toMatchObject({
      who: 'Prediction',
      tone: 'doubt',
      key: true,
    })
  })
})

describe('timeline', () => {
  it('[UI22] Key hides routine, All shows every event, Notes the notes; newest first', () => {
    const screen = showIn(STORY, () => <Timeline />)
    const rows = () => [...screen.container.querySelectorAll('.timeline-row')]
    const log = numbered(STORY)
    const routine = (event: RoomEvent) =>
      event.body.type === 'finding-reported' && event.body.finding.agent === 'communication'
    expect(rows()).toHaveLength(log.filter((event) => sentence(event).key && !routine(event)).length)
    fireEvent.click(screen.getByRole('button', { name: `All ${log.length}` }))
    expect(rows()).toHaveLength(log.length)
    expect(text(rows()[0]?.querySelector('.seq'))).toBe(String(log.length))
    fireEvent.click(screen.getByRole('button', { name: 'Notes 1' }))
    expect(rows()).toHaveLength(1)
  })

  it('[UI23] the latest key event is told to a screen reader, politely', () => {
    const screen = showIn([...untilProposal(), ...carried(), moved('expired', 'nobody decided')], () => <Timeline />)
    const live = screen.getByRole('log')
    expect(live.getAttribute('aria-live')).toBe('polite')
    expect(text(live)).toBe('P-1 is now expired: nobody decided')
  })

  it('[UI21] markup in alerts and notes stays text', () => {
    const screen = showIn(STORY, () => <Timeline />)
    expect(screen.container.querySelector('.quote b, .quote script')).toBeNull()
    expect(text(screen.container)).toContain('CheckoutErrorRateHigh <b>caused by the search deploy</b>')
    expect(text(screen.container)).toContain('Support says orders go through <script>')
  })

  it('[UI24] a note is sent as a command and needs text', async () => {
    const screen = showIn(untilProposal(), () => <Timeline />)
    fireEvent.click(screen.getByRole('button', { name: 'Note' }))
    const add = screen.getByRole('button', { name: 'Add note' })
    expect((add as HTMLButtonElement).disabled).toBe(true)
    fireEvent.input(screen.getByLabelText('Note'), { target: { value: '  pool looks full ' } })
    fireEvent.click(add)
    await Promise.resolve()
    expect(screen.given).toEqual([{ type: 'add-note', text: 'pool looks full', visibility: 'private' }])
  })
})
