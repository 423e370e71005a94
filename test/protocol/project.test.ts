import { describe, expect, it } from 'vitest'
import { canonical } from '../../durable/protocol/canonical.ts'
import type { EventBody } from '../../durable/protocol/events.ts'
import { ALERTS_PER_ROOM_MAX } from '../../durable/protocol/limits.ts'
import { alertKey, emptyView, phaseOf, project, type View } from '../../durable/protocol/view.ts'
import { BODIES, logOf } from './events.ts'

function folded(...bodies: EventBody[]): View {
  const view = emptyView()
  for (const event of logOf(bodies)) project(view, event)
  return view
}

const all = Object.values(BODIES)

describe('project', () => {
  it('[PV1] is total: every event type folds into an empty view and into one where everything happened', () => {
    for (const body of all) {
      expect(() => folded(body), body.type).not.toThrow()
      expect(() => folded(...all, body), body.type).not.toThrow()
    }
  })

  it('[PV2] every event moves seq and time, and folding is a function of the events alone', () => {
    const view = folded(...all)
    expect(view.seq).toBe(all.length)
    expect(view.at).toBe(1_000 + all.length - 1)
    expect(canonical(folded(...all))).toBe(canonical(view))
  })

  it('[PV9] folding leaves every event as it was said', () => {
    const log = logOf(all)
    const before = canonical(log)
    const view = emptyView()
    for (const event of [...log, ...logOf(all)]) project(view, event)
    expect(canonical(log)).toBe(before)
  })

  it('[PV3] a view survives JSON: stored, sent and parsed it goes on folding the same way', () => {
    for (let cut = 0; cut <= all.length; cut += 1) {
      const view = JSON.parse(JSON.stringify(folded(...all.slice(0, cut)))) as View
      for (const event of logOf(all).slice(cut)) project(view, event)
      expect(canonical(view)).toBe(canonical(folded(...all)))
    }
  })

  it('[PV4] what an event says of a proposal that nobody made changes nothing but seq and time', () => {
    const opened = folded(BODIES['incident-opened'])
    for (const body of all.filter((candidate) => 'proposal' in candidate && typeof candidate.proposal === 'string')) {
      if (body.type === 'human-asked') continue
      const view = folded(BODIES['incident-opened'], body)
      expect({ ...view, seq: 1, at: 1_000, actedAt: 1_000, people: [] }, body.type).toEqual({ ...opened, people: [] })
    }
  })

  it('[PV5] an outcome that is unknown stays unknown while signals are watched, until it is settled', () => {
    const { 'proposal-made': made, 'execution-started': started, 'execution-answered': answered } = BODIES
    const { 'verification-started': watched, 'outcome-settled': settled } = BODIES
    expect(folded(made, started, answered, watched).proposals[0]?.status).toBe('outcome-unknown')
    expect(folded(made, started, answered, watched).proposals[0]?.verification?.end).toBeNull()
    expect(folded(made, started, answered, watched, settled, watched).proposals[0]?.status).toBe('verifying')
    expect(folded(made, started, { ...answered, outcome: 'ran' }, watched).proposals[0]?.status).toBe('verifying')
  })

  it('[PV6] an alert beyond what a room carries is counted, never dropped silently', () => {
    const attached = (n: number): EventBody => ({
      type: 'alert-attached',
      reason: 'same-service',
      alert: { ...BODIES['alert-attached'].alert, fingerprint: `fp-${n}` },
    })
    const view = folded(...Array.from({ length: ALERTS_PER_ROOM_MAX + 3 }, (_, n) => attached(n)))
    expect(Object.keys(view.alerts)).toHaveLength(ALERTS_PER_ROOM_MAX)
    expect(view.alertsBeyond).toBe(3)
    expect(view.alerts[alertKey({ source: 'prometheus', fingerprint: 'fp-0' })]?.status).toBe('firing')
  })

  it('[PV7] phase is derived, never set', () => {
    expect(phaseOf(emptyView())).toBe('detecting')
    expect(phaseOf(folded(BODIES['incident-opened'], BODIES['finding-reported']))).toBe('diagnosing')
    expect(phaseOf(folded(BODIES['incident-opened'], BODIES['proposal-made']))).toBe('deciding')
    expect(phaseOf(folded(BODIES['proposal-made'], BODIES['execution-started']))).toBe('acting')
    expect(phaseOf(folded(BODIES['proposal-made'], BODIES['verification-started']))).toBe('verifying')
    expect(phaseOf(folded(BODIES['incident-opened'], BODIES['incident-resolved']))).toBe('done')
  })

  it('[PV8] people who take part are counted once; who only writes a note is not on it', () => {
    expect(folded(BODIES['note-added']).people).toEqual([])
    expect(folded(BODIES['incident-acknowledged'], BODIES['decision-recorded']).people).toEqual(['ada'])
  })
})
