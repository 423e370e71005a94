import { fireEvent } from '@solidjs/testing-library'
import { expect, it } from 'vitest'
import type { ParameterSpec } from '../../durable/protocol/domain.ts'
import { type Said, notCarried, untilProposal } from '../../web/src/gallery/log.ts'
import { DecisionPanel } from '../../web/src/panels/proposal/DecisionPanel.tsx'
import { parameterValue } from '../../web/src/panels/proposal/ParameterInput.tsx'
import { showIn } from './show.tsx'

const SPECS: ParameterSpec[] = [
  { name: 'share', unit: '%', min: 5, max: 50, from: { kind: 'constant', value: 25 } },
  { name: 'to_zone', type: 'choice', values: ['zone-a', 'zone-b'], from: { kind: 'person' } },
  { name: 'range', type: 'cidr', prefixMin: 24, from: { kind: 'person' } },
]

/** The gallery's story with a catalogue whose one runbook takes a figure, a word and an address range. */
function withParameters(said: Said[]): Said[] {
  return said.map((one) => {
    if (one.body.type !== 'incident-opened') return one
    const { catalogue } = one.body
    const runbooks = catalogue.runbooks.map((runbook) => ({ ...runbook, parameters: SPECS }))
    return { ...one, body: { ...one.body, catalogue: { ...catalogue, runbooks } } }
  })
}

it('[AC146] an own decision asks for a figure, for one of the words and for an address range', () => {
  const screen = showIn(withParameters([...untilProposal(), ...notCarried()]), () => <DecisionPanel />)
  fireEvent.click(screen.getByRole('button', { name: 'Decide myself' }))
  const submit = screen.getByRole('button', { name: 'Run by own decision' }) as HTMLButtonElement
  fireEvent.input(screen.getByLabelText('share, 5 to 50 %'), { target: { value: '30' } })
  const zone = screen.getByLabelText('to zone') as HTMLSelectElement
  expect([...zone.options].map(({ value }) => value)).toEqual(['', 'zone-a', 'zone-b'])
  fireEvent.input(screen.getByLabelText('range, an address range, at most a /24'), {
    target: { value: ' 203.0.113.0/24 ' },
  })
  fireEvent.input(screen.getByLabelText('Why do you decide this?'), { target: { value: 'customers wait' } })
  fireEvent.input(screen.getByLabelText('Type db-proxy to confirm'), { target: { value: 'db-proxy' } })
  expect(submit.disabled).toBe(true)
  fireEvent.change(zone, { target: { value: 'zone-b' } })
  expect(submit.disabled).toBe(false)
  fireEvent.click(submit)
  expect(screen.given).toMatchObject([
    { type: 'decide-myself', parameters: { share: 30, to_zone: 'zone-b', range: '203.0.113.0/24' } },
  ])
})

it('[AC146] a figure that is none yet is no value', () => {
  const [share, zone] = SPECS
  if (!share || !zone) throw new Error('no parameters')
  expect(parameterValue(share, '')).toBeNaN()
  expect(parameterValue(share, '12.5')).toBe(12.5)
  expect(parameterValue(zone, ' zone-a ')).toBe('zone-a')
})
