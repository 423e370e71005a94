import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checkCatalogue } from '../../durable/core/runbooks/catalogue.ts'

const file = () => new URL('../../durable/directory/catalogue.json', import.meta.url)

/** What the check says of a catalogue with these sources beside the shipped ones; places as in the list of these. */
function says(...sources: object[]): string[] {
  const sample = JSON.parse(readFileSync(file(), 'utf8')) as { sources: object[] }
  const given = sources.map((source, index) => ({
    name: `s${index}`,
    title: 't',
    intakes: ['webhook'],
    freshMs: 1,
    ...source,
  }))
  const checked = checkCatalogue({ ...sample, sources: given })
  return checked.ok ? [] : checked.problems.map((problem) => `${problem.at}: ${problem.says}`)
}

const TOPIC = 'arn:aws:sns:us-east-1:123456789012:alarms'
const mapping = { identity: ['/id'], title: '/title', status: { at: '/state', firing: ['bad'], resolved: ['good'] } }

test('[IN83] a source may say how it signs, what it maps, which topics and keys are its own, and what it ignores', () => {
  expect(
    says(
      {
        intakes: ['grafana'],
        signature: { secret: 'grafana.one', timestampHeader: 'X-Time' },
        ignoreLabels: ['replica'],
      },
      { intakes: ['sns', 'eventbridge'], topics: [TOPIC] },
      { intakes: ['pagerduty'], routingKeys: ['pd-key'] },
      { mapping: { ...mapping, items: '/list', severities: { schlimm: 'critical' }, labels: { a: '/b~1c' } } },
    ),
  ).toEqual([])
})

test('[IN83] what cannot work is named with its place', () => {
  expect(says({ mapping: { ...mapping, identity: [] } })).toEqual(['sources[0].mapping.identity: names nothing'])
  expect(says({ mapping: { ...mapping, status: { at: '/s', firing: [], resolved: [] } } })).toEqual([
    'sources[0].mapping.status: no word ends an alert',
  ])
  expect(says({ mapping: { ...mapping, items: 'list' } })).toEqual([
    'sources[0].mapping.items: must be a JSON pointer: /like/this',
  ])
  expect(says({ mapping: { ...mapping, severities: { x: 'worst' } } })).toEqual([
    'sources[0].mapping.severities.x: must be one of critical, error, warning, info',
  ])
  expect(says({ signature: { secret: 'A Secret!' } })[0]).toMatch(/^sources\[0\]\.signature\.secret: must be the name/)
  expect(says({ topics: ['https://sns.us-east-1.amazonaws.com'] })).toEqual([
    'sources[0].topics[0]: must be the ARN of an SNS topic',
  ])
  expect(says({ intakes: ['webhook', 'webhook'] })).toEqual(['sources[0].intakes: an intake stands twice'])
  expect(says({ topics: [TOPIC] }, { topics: [TOPIC] })).toEqual([`sources[1]: ${TOPIC} speaks for two sources`])
  expect(says({ routingKeys: ['k'] }, { routingKeys: ['k'] })).toEqual(['sources[1]: k speaks for two sources'])
})

test('[IN83] an intake that nothing else tells apart belongs to one source; the others may be shared', () => {
  expect(says({ intakes: ['grafana'] }, { intakes: ['grafana'] })).toEqual([])
  expect(says({ intakes: ['alerts'] }, { intakes: ['alerts'] })).toEqual([
    'sources[1].intakes: alerts stands there twice',
  ])
})
