import { describe, expect, test } from 'vitest'
import { checkCatalogue } from '../../../durable/core/runbooks/catalogue.ts'
import type { Catalogue } from '../../../durable/protocol/domain.ts'
import { ON_CALL, POLICY } from '../incident/life.ts'

const [PAGER, LEADS] = ON_CALL.targets ?? []
const [ROTATION] = ON_CALL.rotations ?? []

/** The problems of the catalogue with these members, as `place: words`. */
function problems(said: Partial<Record<keyof Catalogue, unknown>>): string[] {
  const checked = checkCatalogue({ ...ON_CALL, ...said })
  return checked.ok ? [] : checked.problems.map(({ at, says }) => `${at}: ${says}`)
}

describe('the on-call members of a catalogue', () => {
  test('[ES15] pass whole, and may be left out', () => {
    expect(problems({})).toEqual([])
    const { targets: _t, rotations: _r, escalation: _e, sla: _s, ...without } = ON_CALL
    expect(checkCatalogue(without).ok).toBe(true)
  })

  const bad: [string, Partial<Record<keyof Catalogue, unknown>>, RegExp][] = [
    ['a target twice', { targets: [PAGER, PAGER, LEADS] }, /targets: pager stands there twice/],
    ['a target of another kind', { targets: [{ ...PAGER, kind: 'fax' }, LEADS] }, /targets\[0\]\.kind/],
    ['a target that is no address', { targets: [{ ...PAGER, url: 'pager' }, LEADS] }, /targets\[0\]\.url/],
    ['a target with a user', { targets: [{ ...PAGER, url: 'https://a:b@c.net/' }, LEADS] }, /targets\[0\]\.url/],
    ['a secret’s value in place of its name', { targets: [{ ...PAGER, secret: 'whsec_AAAA=' }, LEADS] }, /\.secret/],
    ['a rotation of nobody', { rotations: [{ ...ROTATION, people: [] }] }, /people: names nobody/],
    ['a zone that is none', { rotations: [{ ...ROTATION, zone: 'Middle/Earth' }] }, /IANA/],
    ['a day that is none', { rotations: [{ ...ROTATION, startsOn: '2026-13-01' }] }, /startsOn/],
    ['an hour that is none', { rotations: [{ ...ROTATION, handover: '24:00' }] }, /handover/],
    ['half a week', { rotations: [{ ...ROTATION, weeks: 1.5 }] }, /weeks/],
    ['a rotation through nothing', { rotations: [{ ...ROTATION, target: 'fax' }] }, /fax is no target/],
    [
      'an override that ends first',
      {
        rotations: [
          { ...ROTATION, overrides: [{ person: 'x', from: '2026-01-02T00:00:00Z', until: '2026-01-01T00:00:00Z' }] },
        ],
      },
      /ends before it starts/,
    ],
    [
      'an override at no instant',
      { rotations: [{ ...ROTATION, overrides: [{ person: 'x', from: 'now', until: 'then' }] }] },
      /RFC 3339/,
    ],
    ['two policies of a service', { escalation: [POLICY, { ...POLICY, name: 'b' }] }, /\* has two policies/],
    ['a policy of no service', { escalation: [{ ...POLICY, services: ['nowhere'] }] }, /nowhere is no service/],
    ['a policy without steps', { escalation: [{ ...POLICY, steps: [] }] }, /steps: calls nobody/],
    ['a step to nobody', { escalation: [{ ...POLICY, steps: [{ to: [], waitMs: 1_000 }] }] }, /1 to 10/],
    [
      'a step to an unknown',
      { escalation: [{ ...POLICY, steps: [{ to: [{ rotation: 'x' }], waitMs: 1_000 }] }] },
      /x is no rotation/,
    ],
    [
      'a step without time',
      { escalation: [{ ...POLICY, steps: [{ to: [{ target: 'leads' }], waitMs: 0 }] }] },
      /waitMs/,
    ],
    ['a repeat without end', { escalation: [{ ...POLICY, repeat: 1_000 }] }, /repeat/],
    ['a promise twice', { sla: [{ severity: 'SEV-1' }, { severity: 'SEV-1' }] }, /SEV-1 stands there twice/],
  ]
  test.each(bad)('[ES15] %s is refused where it stands', (_, said, words) => {
    expect(problems(said).join('\n')).toMatch(words)
  })
})
