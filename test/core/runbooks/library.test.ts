import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checkCatalogue } from '../../../durable/core/runbooks/catalogue.ts'
import { checklistOf } from '../../../durable/core/runbooks/checklist.ts'
import { type Whereabouts, leftToPeople, match } from '../../../durable/core/runbooks/match.ts'
import type { Catalogue, CauseKind, SeriesWindow, SignalRole } from '../../../durable/protocol/domain.ts'

const sample = JSON.parse(
  readFileSync(new URL('../../../durable/directory/catalogue.json', import.meta.url), 'utf8'),
) as Catalogue

/** A series at its limit: a used-up resource, or whatever else is as bad as it can be. */
const series = (name: string, role: SignalRole = 'saturation'): SeriesWindow => ({
  source: 'm',
  service: 'a',
  name,
  peer: null,
  unit: '',
  role,
  limit: 20,
  breach: 'above',
  startsAt: 0,
  stepMs: 1_000,
  values: [20, 20, 20],
})

interface Scene {
  cause: CauseKind
  signal?: string
  role?: SignalRole
  tier?: Whereabouts['tier']
  symptoms?: SignalRole[]
  changed?: string[]
}

function fitting({ cause, signal, role, tier = 1, symptoms = ['errors', 'latency'], changed = [] }: Scene): string[] {
  const seen = signal === undefined ? [] : [series(signal, role)]
  const found = match(sample.runbooks, { service: 'a', kind: cause, signal: signal ?? null }, seen, {
    tier,
    symptoms,
    changed,
  })
  return found.map(({ runbook }) => runbook.id)
}

/** For each shipped runbook a night on which somebody would reach for it, and one on which nobody should. */
const SCENES: Record<string, { fits: Scene; not: Scene }> = {
  'raise-pool-limit': {
    fits: { cause: 'saturation', signal: 'pool_in_use' },
    not: { cause: 'saturation', signal: 'cpu' },
  },
  'rollback-deployment': { fits: { cause: 'deployment' }, not: { cause: 'capacity', signal: 'cpu' } },
  'restart-instance': { fits: { cause: 'crash' }, not: { cause: 'deployment' } },
  'restart-one-instance': { fits: { cause: 'memory', signal: 'memory_used' }, not: { cause: 'memory', signal: 'cpu' } },
  'scale-out': { fits: { cause: 'capacity', signal: 'cpu' }, not: { cause: 'deployment', signal: 'cpu' } },
  'flush-cache': {
    fits: { cause: 'configuration', signal: 'cache_entries' },
    not: { cause: 'capacity', signal: 'cache_entries' },
  },
  'disable-feature-flag': {
    fits: { cause: 'configuration', changed: ['flag fast_checkout'] },
    not: { cause: 'configuration', changed: ['config pool_limit'] },
  },
  'open-circuit-breaker': {
    fits: { cause: 'dependency', symptoms: ['errors'] },
    not: { cause: 'dependency', symptoms: ['saturation'] },
  },
  'shift-traffic': { fits: { cause: 'capacity', tier: 2 }, not: { cause: 'capacity', tier: 4 } },
  'fail-over-replica': {
    fits: { cause: 'saturation', signal: 'primary_io_wait' },
    not: { cause: 'saturation', signal: 'primary_io_wait', tier: 3 },
  },
  'set-aside-poison-message': {
    fits: { cause: 'saturation', signal: 'queue_redeliveries', role: 'errors' },
    not: { cause: 'saturation', signal: 'queue_depth' },
  },
  'rotate-credential': {
    fits: { cause: 'configuration', signal: 'unauthorized_answers', role: 'errors' },
    not: { cause: 'configuration', signal: 'errors', role: 'errors' },
  },
  'block-address-range': {
    fits: { cause: 'capacity', signal: 'inbound_bandwidth' },
    not: { cause: 'memory', signal: 'inbound_bandwidth' },
  },
}

describe('the shipped library', () => {
  it('[CA50] holds what common practice asks for, each with a scene, and passes its own check', () => {
    expect(checkCatalogue(sample)).toMatchObject({ ok: true })
    expect(sample.runbooks.map(({ id }) => id).sort()).toEqual(Object.keys(SCENES).sort())
    expect(sample.runbooks.length).toBeGreaterThanOrEqual(12)
  })

  it.each(Object.entries(SCENES))(
    '[CA50] %s fits a plausible night and not an implausible one',
    (id, { fits, not }) => {
      expect(fitting(fits)).toContain(id)
      expect(fitting(not)).not.toContain(id)
    },
  )

  it('[CA50] a cause that nobody could name fits none of them', () => {
    expect(fitting({ cause: 'unknown', signal: 'cpu', changed: ['flag x', 'deploy'] })).toEqual([])
  })

  it('[CA51] with nothing wired each is a list that people can go by: never empty, the undoing said', () => {
    for (const runbook of sample.runbooks) {
      const list = checklistOf(runbook)
      expect([runbook.id, list.length]).toEqual([runbook.id, expect.any(Number)])
      expect(list.length).toBeGreaterThan(2)
      expect(list.every((line) => line.trim() !== '')).toBe(true)
      const steps = checklistOf({ ...runbook, checklist: [] })
      expect(steps.some((line) => line.includes('undo it'))).toBe(runbook.rollback !== null)
    }
  })

  it('[CA52] what only a person can say is told by name', () => {
    const open = sample.runbooks.filter((runbook) => leftToPeople(runbook).length > 0)
    expect(open.map((runbook) => [runbook.id, leftToPeople(runbook)])).toEqual([
      ['shift-traffic', ['to']],
      ['block-address-range', ['range']],
    ])
  })
})

describe('a checklist made of steps', () => {
  it('[CA51] says each kind of step in words, and where a branch goes', () => {
    const failOver = sample.runbooks.find(({ id }) => id === 'fail-over-replica')
    expect(failOver && checklistOf(failOver)).toEqual([
      'When replica_lag of the target is below 5, go on with 3; else with 2.',
      'Ask a commander: The replica is behind: what it has not got yet is lost. Is that better than waiting?',
      'Fence the old primary, so that it takes no more writes.',
      'Fail over to the replica.',
      'Rebuild the old primary as a replica before anything else happens to this one.',
      'Watch for 10 min whether the symptom goes; judge nothing in the first 2 min.',
    ])
    const block = sample.runbooks.find(({ id }) => id === 'block-address-range')
    expect(block && checklistOf(block)[1]).toBe(
      'Block an address range at the edge: range an address range, at most a /24 and minutes from 5 to 240 min.',
    )
  })
})
