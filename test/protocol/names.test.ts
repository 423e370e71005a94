import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { VOTERS } from '../../durable/protocol/domain.ts'
import { type Effect, effectKey } from '../../durable/protocol/effects.ts'
import {
  drillOf,
  incidentId,
  isDrillId,
  isIncidentId,
  LIVE,
  namespaceOfDrill,
  namespaceOfIncident,
} from '../../durable/protocol/namespace.ts'
import { awaitsHuman, incidentDetail, incidentRow } from '../../durable/protocol/rows.ts'
import { emptyView, project } from '../../durable/protocol/view.ts'
import { BODIES, logOf } from './events.ts'

const body = fc.stringMatching(/^[a-z0-9]{6,32}$/)

describe('namespaces', () => {
  it("[PV50] an incident's id names its namespace, and no id names a room of another", () => {
    fc.assert(
      fc.property(body, body, (drill, incident) => {
        const namespace = namespaceOfDrill(`drl_${drill}`)
        expect(namespaceOfIncident(incidentId(LIVE, incident))).toBe(LIVE)
        expect(namespaceOfIncident(incidentId(namespace, incident))).toBe(namespace)
        expect(incidentId(namespace, incident)).not.toBe(incidentId(LIVE, incident))
        expect(drillOf(namespace)).toBe(`drl_${drill}`)
        expect(drillOf(LIVE)).toBeNull()
      }),
    )
  })

  it('[PV51] anything else is no id', () => {
    const none = [
      '',
      'inc_',
      'inc_ABCDEF',
      'inc_abc',
      'inc_a/../b',
      'inc_abcdef-',
      'inc_abcdef-ghijkl-mnopqr',
      'drl_abcdef',
      ' inc_abcdef',
      'inc_abcdef\n',
      'live/inc_abcdef',
      '__proto__',
    ]
    for (const id of none) {
      expect(isIncidentId(id), id).toBe(false)
      expect(namespaceOfIncident(id), id).toBeNull()
    }
    expect(isDrillId('drl_abcdef')).toBe(true)
    expect(isDrillId('drl_abc/def')).toBe(false)
  })
})

describe('effect keys', () => {
  it('[PV52] differ between effects that are different things and agree where it is the same thing', () => {
    const effects: Effect[] = [
      { type: 'gather-evidence', run: 1, after: null },
      { type: 'gather-evidence', run: 2, after: null },
      { type: 'run-agent', agent: 'detection', run: 1 },
      { type: 'run-agent', agent: 'diagnosis', run: 1 },
      { type: 'prepare-proposal', run: 1 },
      ...VOTERS.map((voter): Effect => ({ type: 'ask-voter', proposal: 'p', voter })),
      { type: 'ask-clerk', proposal: 'p' },
      { type: 'begin-execution', proposal: 'p' },
      { type: 'call-driver', proposal: 'p', key: 'k', token: 1 },
      { type: 'ask-status', proposal: 'p', key: 'k', attempt: 1, after: null },
      { type: 'ask-status', proposal: 'p', key: 'k', attempt: 2, after: null },
      { type: 'read-signals', proposal: 'p', round: 1, after: null },
      { type: 'pause-clock', proposal: 'p' },
      { type: 'resume-clock', proposal: 'p' },
      { type: 'pause-clock', proposal: 'p', step: 'drain' },
      { type: 'resume-clock', proposal: 'p', step: 'drain' },
      { type: 'update-index' },
      { type: 'archive' },
    ]
    const keys = effects.map((effect) => effectKey(effect, 7))
    expect(new Set(keys).size).toBe(effects.length)
    expect(effectKey({ type: 'call-driver', proposal: 'p', key: 'k', token: 2 }, 9)).toBe('call-driver:k')
  })
})

describe('rows', () => {
  const view = emptyView()
  for (const event of logOf(Object.values(BODIES))) project(view, event)

  it('[PV53] an incident row and detail are read from the view alone and are plain JSON', () => {
    const detail = incidentDetail(view)
    expect(JSON.parse(JSON.stringify(detail))).toEqual(detail)
    expect(detail).toMatchObject({ id: 'inc_abcdef', state: 'closed', severity: 'SEV-2', chainHead: view.hash })
    expect(incidentRow(view).openedAt).toBe('1970-01-01T00:00:01.000Z')
    expect(() => incidentRow(emptyView())).toThrow()
  })

  it('[PV54] an incident awaits a person while an approval is due, an outcome is unknown or a question was handed over', () => {
    const after = (...bodies: Parameters<typeof logOf>[0]) => {
      const fresh = emptyView()
      for (const event of logOf([BODIES['incident-opened'], ...bodies])) project(fresh, event)
      return awaitsHuman(fresh)
    }
    const made = BODIES['proposal-made']
    expect(after()).toBe(false)
    expect(after(BODIES['human-asked'])).toBe(true)
    expect(after(made)).toBe(false)
    expect(after(made, BODIES['proposal-moved'])).toBe(true)
    expect(after(made, BODIES['execution-started'], BODIES['execution-answered'])).toBe(true)
    expect(after(BODIES['human-asked'], BODIES['incident-closed'])).toBe(false)
  })
})
