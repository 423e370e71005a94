// @vitest-environment node
import { describe, expect, it } from 'vitest'
import type { RoomEvent } from '../../durable/protocol/events.ts'
import { emptyView, project } from '../../durable/protocol/view.ts'
import { placeLabels, placeLeads } from '../../web/src/dashboards/transparency/labels.ts'
import { openFile } from '../../web/src/dashboards/transparency/file.ts'
import {
  type LoadPorts,
  type Progress,
  growLog,
  loadLog,
  newSince,
} from '../../web/src/dashboards/transparency/load.ts'
import { CHECKPOINT_EVENTS, UnreadableEvent, replayOf } from '../../web/src/dashboards/transparency/replay.ts'
import { scaleOf } from '../../web/src/dashboards/transparency/scale.ts'
import { verifyAll } from '../../web/src/dashboards/transparency/verify.ts'
import { seqByKey } from '../../web/src/dashboards/transparency/keys.ts'
import { calling, crewed, flood } from '../../web/src/gallery/crew.ts'
import { carried, ended, notCarried, numbered, recovered, untilProposal } from '../../web/src/gallery/log.ts'
import { chained, exported } from './chained.ts'

const LOG = chained([...untilProposal(), ...carried(), ...ended()])
const LONG = numbered([
  ...untilProposal(),
  ...calling(),
  ...carried(),
  ...recovered(),
  ...crewed(),
  ...flood(700, 1_400),
])
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
const NOT_FOUND = { ok: false, problem: { status: 404, code: 'not-found', title: '', detail: '' } } as const
const AWAY = { ok: false, problem: { status: 0, code: 'unreachable', title: 'No answer.', detail: '' } } as const

/** A server that holds this log and answers at most `page` events at a time. */
function server(events: RoomEvent[], page: number): LoadPorts {
  return {
    page: (_, after, limit) => {
      const items = events.slice(after, after + Math.min(limit, page))
      const last = items.at(-1)?.seq ?? events.length
      const next = last < events.length ? String(last) : null
      return Promise.resolve({ ok: true, data: { epoch: 'e', items, next, head: events.length } })
    },
    archived: () => Promise.resolve(NOT_FOUND),
  }
}

describe('reading a log', () => {
  it('[UI130] it is read page by page until its head, and says how far it is', async () => {
    const said: Progress[] = []
    const loaded = await loadLog('inc_galleryroom', (progress) => said.push(progress), server(LOG, 9))
    expect(loaded).toEqual({ ok: true, log: { origin: 'room', name: 'inc_galleryroom', events: LOG } })
    expect(said[0]).toEqual({ read: 0, of: null })
    expect(said.slice(1).map(({ read }) => read)).toEqual([9, 18, 27, 36, LOG.length])
    expect(said.at(-1)).toEqual({ read: LOG.length, of: LOG.length })
  })

  it('[UI130] what has no room here comes from the history; neither is not found', async () => {
    const none: LoadPorts = { page: () => Promise.resolve(NOT_FOUND), archived: () => Promise.resolve(NOT_FOUND) }
    expect(await loadLog('inc_x00000', () => undefined, none)).toEqual(NOT_FOUND)
    const archive: LoadPorts = {
      ...none,
      archived: (id) =>
        Promise.resolve({
          ok: true,
          data: { id, namespace: 'live', detail: {} as never, chainHead: '', events: LOG },
        }),
    }
    expect(await loadLog('inc_x00000', () => undefined, archive)).toMatchObject({
      ok: true,
      log: { origin: 'history' },
    })
  })

  it('[UI130] a hole is a problem and not folded over; nobody answering is one too', async () => {
    const holed = LOG.filter((event) => event.seq !== 4)
    expect(await loadLog('inc_x00000', () => undefined, server(holed, 50))).toMatchObject({
      ok: false,
      problem: { code: 'log-has-a-hole' },
    })
    const away: LoadPorts = { page: () => Promise.resolve(AWAY), archived: () => Promise.resolve(AWAY) }
    expect(await loadLog('inc_x00000', () => undefined, away)).toEqual(AWAY)
  })

  it('[UI140] a log that grew says by how much, and grows when it is asked to', async () => {
    const log = { origin: 'room', name: 'inc_galleryroom', events: LOG.slice(0, 10) } as const
    const of = { ...log, events: [...log.events] }
    expect(await newSince(of, server(LOG, 5))).toBe(LOG.length - 10)
    expect(await growLog(of, () => undefined, server(LOG, 5))).toMatchObject({ ok: true, log: { events: LOG } })
    expect(of.events).toHaveLength(10)
    expect(await newSince({ ...of, origin: 'file' }, server(LOG, 5))).toBeNull()
    expect(await newSince(of, { ...server(LOG, 5), page: () => Promise.resolve(AWAY) })).toBeNull()
  })
})

describe('any moment', () => {
  it('[UI131] the view at any event is the fold of the log up to it, whichever was asked for before', () => {
    const replay = replayOf(LONG)
    const before = JSON.stringify(LONG)
    const asked = [
      1,
      2,
      CHECKPOINT_EVENTS - 1,
      CHECKPOINT_EVENTS,
      CHECKPOINT_EVENTS + 1,
      30,
      47,
      LONG.length,
      900,
      12,
      47,
    ]
    for (const seq of asked) {
      const view = emptyView()
      for (const event of LONG.slice(0, seq)) project(view, structuredClone(event))
      expect(plain(replay.viewAt(seq))).toEqual(plain(view))
    }
    expect(JSON.stringify(LONG)).toBe(before)
  })

  it('[UI131] every event of a whole incident, forwards and backwards', () => {
    const replay = replayOf(LOG)
    const view = emptyView()
    const forwards = LOG.map((event) => {
      project(view, structuredClone(event))
      return plain(view)
    })
    for (const event of LOG.toReversed()) expect(plain(replay.viewAt(event.seq))).toEqual(forwards[event.seq - 1])
  })

  it('[UI131] a seq outside of the log is the nearest one inside', () => {
    const replay = replayOf(LOG)
    expect(replay.viewAt(0).seq).toBe(1)
    expect(replay.viewAt(9_999).seq).toBe(LOG.length)
  })

  it('[UI131] an event that cannot be folded is named, not guessed at', () => {
    const newer = LOG.map((event) => (event.seq === 7 ? { ...event, v: 99 } : event))
    expect(() => replayOf(newer)).toThrow(UnreadableEvent)
    expect(() => replayOf(newer)).toThrow('event 7')
  })
})

describe('the line of events', () => {
  it('[UI134] phases and marks come from the events alone; a phase that took no time is none', () => {
    const { stretches, marks } = replayOf(LOG)
    expect(stretches.map(({ phase }) => phase)).toEqual([
      'detecting',
      'diagnosing',
      'deciding',
      'acting',
      'verifying',
      'done',
    ])
    expect(marks.map(({ word }) => word)).toEqual(
      expect.arrayContaining(['acknowledged', 'quorum', 'approved', 'action', 'verified', 'resolved', 'closed']),
    )
    for (const { seq, at } of [...stretches, ...marks]) expect(LOG[seq - 1]?.at).toBe(at)
    const lost = replayOf(numbered([...untilProposal(), ...notCarried()]))
    expect(lost.marks.at(-1)).toMatchObject({ word: 'not carried', tone: 'doubt' })
  })

  it('[UI134] events lie in order by time; a long silence is cut, said, and takes no more than its share', () => {
    const night = 8 * 3_600_000
    const busy = Array.from({ length: 60 }, (_, i) => i * 1_000)
    const times = [...busy, ...busy.map((at) => at + night)]
    const { places, silences } = scaleOf(times)
    expect(places[0]).toBe(0)
    expect(places.at(-1)).toBe(1)
    for (let i = 1; i < places.length; i += 1) expect(places[i]).toBeGreaterThan(places[i - 1] ?? 1)
    expect(silences).toEqual([{ seq: 60, ms: night - 59_000 }])
    expect((places[60] ?? 0) - (places[59] ?? 0)).toBeLessThan(0.25)
  })

  it('[UI134] events of one instant lie evenly; one event alone lies at the start', () => {
    expect(scaleOf([5, 5, 5]).places).toEqual([0, 0.5, 1])
    expect(scaleOf([5]).places).toEqual([0])
    expect(scaleOf([5]).at(0.7)).toBe(1)
  })

  it('[UI134] the nearest event answers for any place', () => {
    const scale = scaleOf(LOG.map(({ at }) => at))
    for (const event of LOG) expect(scale.at(scale.places[event.seq - 1] ?? 0)).toBe(event.seq)
    expect(scale.at(-3)).toBe(1)
    expect(scale.at(3)).toBe(LOG.length)
  })

  it('[UI134] words stand in two rows, none over another; a third is left to the list', () => {
    const placed = placeLabels(
      ['acknowledged', 'approved', 'action', 'verified'].map((word, i) => ({ seq: i + 1, x: 100 + i, word })),
      400,
    )
    expect(placed.map(({ word, row }) => `${word} ${row}`)).toEqual(['acknowledged 0', 'approved 1'])
    expect(placeLabels([{ seq: 1, x: 399, word: 'resolved' }], 400)[0]?.from).toBeLessThan(400 - 8 * 6)
  })

  it('[UI134] no leader line runs through a word: of two that collide the later one is lower', () => {
    const leads = (xs: number[]) =>
      placeLeads(
        xs.map((x, i) => ({ seq: i + 1, x, word: 'diagnosing' })),
        400,
      )
    expect(leads([20, 60]).map(({ row }) => row)).toEqual([1, 0])
    expect(leads([20, 200]).map(({ row }) => row)).toEqual([0, 0])
    expect(leads([20, 30, 40]).map(({ seq }) => seq)).toEqual([2, 3])
    expect(leads([395])[0]?.from).toBeLessThan(395)
    for (const placed of [leads([20, 60, 110]), leads([20, 30, 40]), leads([300, 395])])
      for (const one of placed)
        for (const other of placed)
          if (one !== other && one.row >= other.row)
            expect(one.x < other.from || one.x > other.from + other.word.length * 6.2).toBe(true)
  })

  it('[UI132] arrows go by event, with shift by phase, Home and End to the ends, and never beyond', () => {
    const replay = replayOf(LOG)
    const key = (name: string, shiftKey = false) => ({
      key: name,
      shiftKey,
      ctrlKey: false,
      metaKey: false,
      altKey: false,
    })
    const starts = replay.stretches.map(({ seq }) => seq)
    expect(seqByKey(key('ArrowRight'), replay, 3)).toBe(4)
    expect(seqByKey(key('ArrowLeft'), replay, 3)).toBe(2)
    expect(seqByKey(key('ArrowLeft'), replay, 1)).toBe(1)
    expect(seqByKey(key('ArrowRight'), replay, LOG.length)).toBe(LOG.length)
    expect(seqByKey(key('ArrowRight', true), replay, starts[1] ?? 0)).toBe(starts[2])
    expect(seqByKey(key('ArrowLeft', true), replay, starts[2] ?? 0)).toBe(starts[1])
    expect(seqByKey(key('ArrowRight', true), replay, starts.at(-1) ?? 0)).toBe(LOG.length)
    expect(seqByKey(key('Home'), replay, 9)).toBe(1)
    expect(seqByKey(key('End'), replay, 9)).toBe(LOG.length)
    expect(seqByKey(key('j'), replay, 9)).toBeNull()
    expect(seqByKey({ ...key('ArrowLeft'), altKey: true }, replay, 9)).toBeNull()
  })
})

describe('a file', () => {
  const file = (text: string) => ({ name: 'inc.json', size: text.length, text: () => Promise.resolve(text) })

  it('[UI138] an export that holds is opened', async () => {
    expect(await openFile(file(exported(LOG)))).toEqual({
      ok: true,
      log: { origin: 'file', name: 'inc.json', events: LOG },
    })
  })

  it('[UI138] an altered one says from which event on, and offers what comes before it alone', async () => {
    const altered = LOG.map((event) =>
      event.seq === 9 ? { ...event, by: { kind: 'person' as const, name: 'mallory' } } : event,
    )
    const opened = await openFile(file(exported(altered)))
    expect(opened).toMatchObject({ ok: false, reason: 'chain-broken', seq: 9 })
    expect(!opened.ok && opened.before?.events).toEqual(LOG.slice(0, 8))
  })

  it('[UI138] a digest that is not that of its words is found where the chain was written anew', async () => {
    const events = structuredClone(LOG)
    const made = events.find(({ body }) => body.type === 'proposal-made')
    if (made?.body.type === 'proposal-made') made.body.proposal.body.plan.action.target = 'orders-db'
    const forged = await verifyAll(events, { keys: null, source: 'the file' })
    expect(forged).toMatchObject({ ok: true, verdict: { ok: false } })
    expect(forged.ok && forged.verdict.problems.map(({ seq }) => seq)).toContain(made?.seq)
  })

  it('[UI138] events missing at its end are missed', async () => {
    const cut = JSON.parse(exported(LOG)) as { events: RoomEvent[] }
    cut.events.pop()
    expect(await openFile(file(JSON.stringify(cut)))).toMatchObject({
      ok: false,
      reason: 'chain-broken',
      seq: LOG.length,
    })
  })

  it.each([
    ['no JSON', '# Incident', 'no-json'],
    ['another JSON', '{"hello":1}', 'not-an-export'],
    ['a list', '[1,2]', 'not-an-export'],
    ['events of no shape', exported([{ nothing: true } as unknown as RoomEvent]), 'not-an-export'],
    ['no opening', exported(LOG.slice(1)), 'not-an-export'],
  ])('[UI138] %s is refused by its reason', async (_, text, reason) => {
    expect(await openFile(file(text))).toMatchObject({ ok: false, reason, before: null })
  })

  it('[UI138] a name of a seat that is none, and a file that is too large, are refused unread', async () => {
    const events = structuredClone(LOG)
    const started = events.find(({ body }) => body.type === 'agent-started')
    if (started) (started.body as { agent: string }).agent = 'constructor'
    expect(await openFile(file(exported(events)))).toMatchObject({ ok: false, reason: 'not-an-export' })
    expect(
      await openFile({ name: 'x', size: 10_000_001, text: () => Promise.reject(new Error('not to be read')) }),
    ).toMatchObject({ ok: false, reason: 'too-large' })
  })
})
