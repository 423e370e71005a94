import { describe, expect, test } from 'vitest'
import { documentProblems } from '../../infra/check/document.ts'
import { type Step, documentOf } from '../../infra/runbooks/document.ts'
import { runbooksOf } from '../../infra/runbooks/index.ts'
import { synthesize } from '../../infra/synth.ts'
import { all } from './sample.ts'

const ROLE = 'arn:aws:iam::111122223333:role/automation'
const runbooks = runbooksOf({ reboots: true })
const [sample] = runbooks.map((runbook) => documentOf(runbook, ROLE))

describe.each(runbooks.map((runbook) => [runbook.name, runbook] as const))('%s', (_, runbook) => {
  const document = documentOf(runbook, ROLE)
  const steps = document['mainSteps'] as Step[]

  test("[IF17] is a document by AWS's own schema, and says nothing that it does not know", () => {
    expect(documentProblems(document)).toEqual([])
  })

  test('[IF18] takes parameters bound at both ends that let nothing through but a name or a figure', () => {
    expect(Object.keys(runbook.parameters).length).toBeGreaterThan(0)
    for (const { allowedPattern } of Object.values(runbook.parameters)) expect(allowedPattern).toMatch(/^\^.*\$$/)
  })

  test('[IF19] reads before it changes, changes once, ends at the first failure and answers what was there before', () => {
    const changes = steps.filter(({ maxAttempts }) => maxAttempts === 1)
    expect(changes).toHaveLength(1)
    expect(changes.every(({ inputs }) => /^(?:Update|Set|Reboot)/.test(String(inputs['Api'])))).toBe(true)
    expect(steps[0]?.name).toBe('before')
    for (const step of steps) {
      expect(step.onFailure).toBe('Abort')
      expect(step.timeoutSeconds).toBeGreaterThan(0)
      if (!changes.includes(step)) expect(step.inputs['Api']).toMatch(/^(?:Describe|Get)/)
      expect(step.action).not.toMatch(/approve|executeScript|runCommand/)
    }
    expect(document['outputs']).toContain(runbook.answers[0])
    expect(runbook.answers.every((answer) => answer.startsWith('before.'))).toBe(true)
  })

  test('[IF19] runs as the one role, and its needs name each call that it makes', () => {
    expect(document['assumeRole']).toBe(ROLE)
    const actions = runbook.needs.flatMap((need) => need.actions)
    const calls = steps.map(({ inputs }) => `${String(inputs['Service'])}:${String(inputs['Api'])}`)
    expect([...new Set(calls)].sort()).toEqual([...actions].sort())
  })
})

test('[IF17] the stack holds each document as it was checked, under the prefix that may be started', () => {
  const documents = all(synthesize().template, 'AWS::SSM::Document')
  expect(documents.map(([, { Name }]) => Name)).toEqual(
    runbooksOf({ reboots: false }).map(({ name }) => `IncidentCommander-prod-${name}`),
  )
  for (const [index, [, { Content, DocumentType, UpdateMethod }]] of documents.entries()) {
    const runbook = runbooks[index]
    expect(runbook && { ...(Content as object), assumeRole: ROLE }).toEqual(runbook && documentOf(runbook, ROLE))
    expect([DocumentType, UpdateMethod]).toEqual(['Automation', 'NewVersion'])
  }
})

test.each<[string, (document: Record<string, unknown>) => void, RegExp]>([
  [
    'a misspelt action',
    (it) => (stepsOf(it)[0] = { ...stepsOf(it)[0], action: 'aws:executeAwsAPI' } as never),
    /mainSteps/,
  ],
  ['no steps', (it) => delete it['mainSteps'], /mainSteps/],
  ['another schema', (it) => (it['schemaVersion'] = '2.2'), /schemaVersion/],
  ['an open pattern', (it) => setPattern(it, '[a-z]+'), /not bound/],
  ['a pattern for everything', (it) => setPattern(it, '^.*$'), /takes/],
  ['no pattern', (it) => setPattern(it, undefined), /takes anything/],
  [
    'a name that nobody says',
    (it) => (stepsOf(it)[1] = { ...stepsOf(it)[1], inputs: { x: '{{ y }}' } } as never),
    /nothing before/,
  ],
  ['an answer that nobody says', (it) => (it['outputs'] = ['before.Nothing']), /never said/],
  [
    'a parameter without use',
    (it) => ((it['parameters'] as Record<string, unknown>)['Z'] = { type: 'String', allowedPattern: '^z$' }),
    /not used/,
  ],
])('[IF18] %s is found', (_, spoil, why) => {
  const document = structuredClone(sample ?? {})
  spoil(document)
  expect(documentProblems(document).join('\n')).toMatch(why)
})

function stepsOf(document: Record<string, unknown>): Step[] {
  return document['mainSteps'] as Step[]
}

function setPattern(document: Record<string, unknown>, pattern: string | undefined): void {
  const parameters = document['parameters'] as Record<string, { allowedPattern?: string | undefined }>
  const [first] = Object.values(parameters)
  if (first) first.allowedPattern = pattern
}
