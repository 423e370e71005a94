import { fireEvent } from '@solidjs/testing-library'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Actor } from '../../durable/protocol/domain.ts'
import type { EventBody } from '../../durable/protocol/events.ts'
import { POLICY, calling, crewed, flood, moved } from '../../web/src/gallery/crew.ts'
import { type Said, carried, ended, recovered, untilProposal } from '../../web/src/gallery/log.ts'
import { T0 } from '../../web/src/gallery/world.ts'
import { NoteBox } from '../../web/src/panels/NoteBox.tsx'
import { RoomHead } from '../../web/src/panels/RoomHead.tsx'
import { Calls } from '../../web/src/panels/crew/Calls.tsx'
import { Fields } from '../../web/src/panels/crew/Fields.tsx'
import { Tasks } from '../../web/src/panels/crew/Tasks.tsx'
import { showIn, text } from './show.tsx'

const ADA: Actor = { kind: 'person', name: 'ada' }
const SYSTEM: Actor = { kind: 'system', name: 'room' }
const said = (s: number, body: EventBody, by: Actor = ADA): Said => ({ s, by, body })
const AWAITING = [...untilProposal(), ...carried()]

type Screen = ReturnType<typeof showIn>
const press = (screen: Screen, name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }))
const pick = (screen: Screen, name: string | RegExp) => {
  press(screen, 'More')
  fireEvent.click(screen.getByRole('menuitem', { name }))
}
const type = (screen: Screen, label: string | RegExp, value: string) =>
  fireEvent.input(screen.getByLabelText(label), { target: { value } })
const submit = (screen: Screen) => {
  const form = screen.container.querySelector('dialog form, form')
  if (form) fireEvent.submit(form)
}

/** The network is not ours: the list of open incidents. */
function incidents(items: unknown[]) {
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ items, next: null })))
}
beforeEach(() => incidents([]))
afterEach(() => vi.unstubAllGlobals())

describe('the whole life', () => {
  it('[UI103] the menu is walked by arrows, Escape shuts it and gives focus back', () => {
    const screen = showIn(AWAITING, () => <RoomHead />)
    const more = screen.getByRole('button', { name: 'More' })
    more.focus()
    fireEvent.click(more)
    const items = screen.getAllByRole('menuitem')
    expect(document.activeElement).toBe(items[0])
    fireEvent.keyDown(items[0] ?? more, { key: 'ArrowDown' })
    expect(document.activeElement).toBe(items[1])
    fireEvent.keyDown(items[1] ?? more, { key: 'End' })
    expect(document.activeElement).toBe(items.at(-1))
    fireEvent.keyDown(items.at(-1) ?? more, { key: 'ArrowDown' })
    expect(document.activeElement).toBe(items[0])
    fireEvent.keyDown(items[0] ?? more, { key: 'Escape' })
    expect(screen.queryByRole('menu')).toBeNull()
    expect(document.activeElement).toBe(more)
  })

  it('[UI103] what cannot be done now stands there and says what it needs', () => {
    const screen = showIn(AWAITING, () => <RoomHead />)
    press(screen, 'More')
    const split = screen.getByRole<HTMLButtonElement>('menuitem', { name: /Split alerts off/ })
    expect(split.disabled).toBe(true)
    expect(text(split)).toContain('needs two alerts')
  })

  it('[UI104] a false alarm is canceled with its reason', () => {
    const screen = showIn(AWAITING, () => <RoomHead />)
    pick(screen, 'False alarm…')
    submit(screen)
    expect(screen.given).toEqual([])
    type(screen, 'What shows that nothing was wrong?', 'the probe was wrong')
    submit(screen)
    expect(screen.given).toEqual([{ type: 'cancel', reason: 'the probe was wrong' }])
  })

  it('[UI104] what was canceled, mitigated or resolved can be reopened, what was merged taken back', () => {
    const stories: [Said[], string][] = [
      [[...AWAITING, ...moved().slice(-1)], 'Reopen'],
      [[...AWAITING, ...ended().slice(0, -2)], 'Reopen'],
      [[...AWAITING, ...moved().slice(0, 5)], 'Take it back'],
    ]
    for (const [story, button] of stories) {
      const screen = showIn(story, () => <RoomHead />)
      press(screen, button)
      fireEvent.input(screen.container.querySelector('dialog textarea') ?? screen.container, {
        target: { value: 'it is not over' },
      })
      submit(screen)
      expect(screen.given).toEqual([{ type: button === 'Reopen' ? 'reopen' : 'unmerge', reason: 'it is not over' }])
      screen.unmount()
    }
    const mitigated = showIn([...AWAITING, ...recovered()], () => <RoomHead />)
    pick(mitigated, 'Reopen…')
    expect(mitigated.getByRole('dialog')).toBeTruthy()
  })

  it('[UI104] an end is decided on what was seen when it was asked for; who was overtaken is told', async () => {
    const answer = { ok: false, reason: 'seq-moved', detail: 'after 24: incident-resolved by eve (25)' } as const
    const screen = showIn(AWAITING, () => <RoomHead />, { answer })
    press(screen, 'Resolve')
    type(screen, 'How did it end?', 'errors are gone')
    submit(screen)
    expect(screen.expected).toEqual([screen.room.state.view.seq])
    await vi.waitFor(() =>
      expect(text(screen.getByRole('dialog'))).toContain('Refused, seq moved: after 24: incident-resolved by eve (25)'),
    )
  })

  it('[UI105] another severity needs to be another one and a reason', () => {
    const screen = showIn(AWAITING, () => <RoomHead />)
    pick(screen, 'Severity…')
    type(screen, 'Why?', 'payments stand still')
    submit(screen)
    expect(screen.given).toEqual([])
    fireEvent.click(screen.getByRole('radio', { name: /SEV-1/ }))
    expect(screen.getByRole('button', { name: 'Raise to SEV-1' })).toBeTruthy()
    submit(screen)
    expect(screen.given).toEqual([{ type: 'set-severity', severity: 'SEV-1', reason: 'payments stand still' }])
  })

  it('[UI113] a private incident bears its mark; a commander says who sees it, with a reason', () => {
    const open = showIn(AWAITING, () => <RoomHead />)
    expect(open.container.querySelector('.private')).toBeNull()
    pick(open, 'Make private…')
    type(open, /Why is it private/, 'names of customers')
    submit(open)
    expect(open.given).toEqual([{ type: 'set-privacy', private: true, reason: 'names of customers' }])
    open.unmount()
    const screen = showIn([...AWAITING, ...crewed()], () => <RoomHead />)
    expect(text(screen.container.querySelector('.private'))).toBe('private')
    pick(screen, 'Who sees it…')
    press(screen, 'Remove bob')
    expect(screen.given).toEqual([{ type: 'set-access', person: 'bob', allowed: false }])
    screen.unmount()
    const responder = showIn(AWAITING, () => <RoomHead />, { state: { you: { name: 'bob', role: 'responder' } } })
    press(responder, 'More')
    expect(responder.queryByRole('menuitem', { name: /private/ })).toBeNull()
  })
})

describe('roles', () => {
  it('[UI106] without somebody who leads a commander is offered to lead', () => {
    const screen = showIn(AWAITING, () => <RoomHead />)
    expect(text(screen.container)).toContain('nobody leads')
    press(screen, 'Take command')
    expect(screen.given).toEqual([{ type: 'assign-role', role: 'incident-commander', person: 'ada', reason: '' }])
  })

  it('[UI106] roles stand by name; giving one that is taken hands it over with a word', () => {
    const screen = showIn([...AWAITING, ...crewed()], () => <RoomHead />)
    expect(text(screen.container.querySelector('.crew-member'))).toBe('IC Incident commander eve')
    press(screen, 'Roles')
    press(screen, 'Hand over: Incident commander')
    type(screen, 'To', 'bob')
    type(screen, /What they need to know/, 'the bank calls back at three')
    submit(screen)
    expect(screen.given).toEqual([
      { type: 'assign-role', role: 'incident-commander', person: 'bob', reason: 'the bank calls back at three' },
    ])
  })

  it('[UI106] a role is taken and released in the dialog', () => {
    for (const [button, command] of [
      ['Take it: Scribe', { type: 'assign-role', role: 'scribe', person: 'ada', reason: '' }],
      ['Release eve', { type: 'release-role', role: 'incident-commander', person: 'eve', reason: '' }],
    ] as const) {
      const screen = showIn([...AWAITING, ...crewed()], () => <RoomHead />)
      press(screen, 'Roles')
      press(screen, button)
      expect(screen.given).toEqual([command])
      screen.unmount()
    }
  })
})

describe('tasks and fields', () => {
  const tasks = () => showIn([...AWAITING, ...crewed()], () => <Tasks />, { wall: T0 + 3_600_000 })

  it('[UI107] open tasks come first with owner and due time, and say when they are late', () => {
    const screen = tasks()
    const rows = [...screen.container.querySelectorAll('.task')].map(text)
    expect(text(screen.container)).toContain('1 open of 2')
    expect(rows[0]).toMatch(/Ask the bank.*T-01, eve, due .*, late by 30 m/)
    expect(rows[1]).toContain('action item, nobody’s')
    expect(screen.container.querySelector('.task.over s')).not.toBeNull()
  })

  it('[UI107] a box is ticked by the room’s word, not by the press', () => {
    const screen = tasks()
    const box = screen.getByRole<HTMLInputElement>('checkbox', { name: 'T-01 is done' })
    fireEvent.click(box)
    expect(box.checked).toBe(false)
    expect(screen.given).toEqual([{ type: 'change-task', task: 'T-01', change: { state: 'done' } }])
  })

  it('[UI107] a task is added with kind, owner and due time', () => {
    const screen = tasks()
    press(screen, 'Task')
    type(screen, 'What is to be done', 'Call the bank')
    type(screen, 'Owner', 'eve')
    type(screen, /^Due/, '2026-10-20T18:00')
    submit(screen)
    expect(screen.given).toEqual([
      {
        type: 'add-task',
        kind: 'task',
        text: 'Call the bank',
        owner: 'eve',
        dueWall: new Date('2026-10-20T18:00').getTime(),
      },
    ])
  })

  it('[UI107] a task gets another owner, or is dropped', () => {
    const given = (act: (screen: Screen) => void) => {
      const screen = tasks()
      press(screen, 'Change T-01')
      act(screen)
      screen.unmount()
      return screen.given
    }
    const owned = given((screen) => {
      type(screen, 'Owner', '')
      submit(screen)
    })
    expect(owned).toMatchObject([{ type: 'change-task', task: 'T-01', change: { owner: null } }])
    expect(given((screen) => press(screen, 'Drop it'))).toEqual([
      { type: 'change-task', task: 'T-01', change: { state: 'dropped' } },
    ])
  })

  it('[UI107] after the end only action items are added', () => {
    const screen = showIn([...AWAITING, ...ended()], () => <Tasks />)
    press(screen, 'Task')
    expect(screen.getByRole<HTMLSelectElement>('combobox', { name: 'Kind' }).value).toBe('action-item')
  })

  it('[UI108] a field is set by a plain name, changed and cleared', () => {
    const screen = showIn([...AWAITING, ...crewed()], () => <Fields />)
    expect(text(screen.container)).toContain('customer all of the south')
    press(screen, 'Field')
    type(screen, /^Name/, 'Ticket No')
    type(screen, 'Value', 'PAY-7')
    submit(screen)
    expect(screen.given).toEqual([{ type: 'set-field', name: 'ticket-no', value: 'PAY-7' }])
    press(screen, 'Change customer')
    press(screen, 'Clear')
    expect(screen.given.at(-1)).toEqual({ type: 'set-field', name: 'customer', value: null })
  })
})

describe('calls and promises', () => {
  const SLA = { sla: [{ severity: 'SEV-2' as const, ackMs: 120_000, resolveMs: 3_600_000 }], escalation: [POLICY] }
  const withPolicy = (story: readonly Said[]): Said[] =>
    story.map((one) =>
      one.body.type === 'incident-opened'
        ? { ...one, body: { ...one.body, catalogue: { ...one.body.catalogue, ...SLA } } }
        : one,
    )
  const OPENED = withPolicy(untilProposal().slice(0, 2))
  const head = (story: Said[], s: number) => text(showIn(story, () => <RoomHead />, { wall: T0 + s * 1_000 }).container)

  it('[UI109] who is called next counts down', () => {
    expect(head([...OPENED, ...calling()], 61)).toContain('calls ops-channel in 04:00')
  })

  it('[UI109] an acknowledgement stops it and says when it lapses', () => {
    const story = [...OPENED, ...calling(), said(20, { type: 'incident-acknowledged' })]
    const words = head(story, 30)
    expect(words).toContain('nobody else is called: acknowledged')
    expect(words).toContain('back to triggered in 14:50 if nobody acts')
  })

  it('[UI109] calls that were in vain are said', () => {
    const story = [...OPENED, ...calling(), said(900, { type: 'escalation-ended', reason: 'exhausted' }, SYSTEM)]
    const words = head(story, 901)
    expect(words).toContain('everybody was called, nobody answered')
    expect(words).toContain('1 call did not arrive')
  })

  it('[UI110] a promise counts down, is kept or was broken', () => {
    expect(head(OPENED, 60)).toMatch(/acknowledge by \d\d:\d\d:\d\d, 01:00 left/)
    expect(head([...OPENED, said(20, { type: 'incident-acknowledged' })], 30)).toContain('acknowledged in time')
    const breach = { clock: 'acknowledge', severity: 'SEV-2', due: T0 + 120_000, at: T0 + 121_000 } as const
    expect(head([...OPENED, said(121, { type: 'sla-breached', breach }, SYSTEM)], 130)).toMatch(
      /acknowledge was due \d\d:\d\d:\d\d/,
    )
  })

  it('[UI111] each call shows its step and the receipt of each addressee', () => {
    const screen = showIn([...OPENED, ...calling().slice(0, 3)], () => <Calls />, { wall: T0 + 4_000 })
    const [first, second] = [...screen.container.querySelectorAll('.receipt')].map(text)
    expect(text(screen.container)).toContain('1 page by policy payments')
    expect(first).toMatch(
      /^failed eve, on call in payments-first through pager try 1 at .*, status 503, again in 00:04$/,
    )
    expect(second).toContain('on its way ops-channel not tried yet')
    screen.unmount()
    const later = showIn([...OPENED, ...calling()], () => <Calls />)
    expect([...later.container.querySelectorAll('.receipt')].map(text)).toEqual([
      expect.stringMatching(/^sent .*202 accepted$/),
      expect.stringMatching(/^given up ops-channel .*target gone$/),
    ])
  })
})

describe('moving', () => {
  const other = { title: 'Search is slow', service: 'search-api', state: 'triggered', severity: 'SEV-3', drill: null }

  it('[UI112] merging chooses another incident of the same namespace', async () => {
    incidents([
      { ...other, id: 'inc_otherincident' },
      { ...other, id: 'inc_galleryroom', title: 'Itself' },
      { ...other, id: 'inc_ofadrill', title: 'Simulated', drill: 'drl_x' },
    ])
    const screen = showIn(AWAITING, () => <RoomHead />)
    pick(screen, 'Merge into another…')
    const choice = await screen.findByRole('radio', { name: /Search is slow/ })
    expect(screen.getAllByRole('radio')).toHaveLength(1)
    submit(screen)
    expect(screen.given).toEqual([])
    fireEvent.click(choice)
    submit(screen)
    expect(screen.given).toEqual([{ type: 'merge', into: 'inc_otherincident', reason: '' }])
  })

  it('[UI112] splitting takes the chosen alerts along and leaves at least one', () => {
    const screen = showIn([...untilProposal(), ...flood(14, 14)], () => <RoomHead />)
    pick(screen, /Split alerts off/)
    type(screen, 'Title of the new incident', 'Identity is slow')
    for (const box of screen.getAllByRole('checkbox')) fireEvent.click(box)
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Split off 15 alerts' }).disabled).toBe(true)
    for (const box of screen.getAllByRole('checkbox')) fireEvent.click(box)
    press(screen, /^identity/)
    submit(screen)
    expect(screen.given).toMatchObject([{ type: 'split', title: 'Identity is slow', reason: '' }])
    const [command] = screen.given
    expect(command?.type === 'split' && command.alerts).toHaveLength(2)
  })

  it('[UI112] what is on its way is said, and nothing else can be moved meanwhile', () => {
    const screen = showIn([...untilProposal(), ...flood(3, 3), ...moved().slice(2, 3)], () => <RoomHead />)
    expect(text(screen.container)).toContain('merging, the directory decides')
    press(screen, 'More')
    expect(screen.getByRole<HTMLButtonElement>('menuitem', { name: /Merge/ }).disabled).toBe(true)
  })

  it('[UI114] what it belongs to, took in or was split into is a way there', () => {
    const screen = showIn([...AWAITING, ...crewed()], () => <RoomHead />)
    const way = screen.getByRole('link', { name: 'incide' })
    expect(way.getAttribute('href')).toBe('/ops/inc_parentincide')
    expect(text(way.parentElement)).toBe('part of incide')
  })
})

describe('notes', () => {
  it('[UI115] a note is kept among those who see the incident unless it is said otherwise', () => {
    const screen = showIn(AWAITING, () => <NoteBox />)
    press(screen, 'Note')
    type(screen, 'Note', 'orders go through')
    fireEvent.click(screen.getByRole('checkbox', { name: 'may be said to everybody' }))
    submit(screen)
    expect(screen.given).toEqual([{ type: 'add-note', text: 'orders go through', visibility: 'public' }])
  })
})
