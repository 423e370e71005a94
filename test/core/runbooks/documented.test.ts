import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { checkCatalogue } from '../../../durable/core/runbooks/catalogue.ts'
import { CATALOGUE } from '../incident/shop.ts'

const page = readFileSync('docs/runbooks.md', 'utf8')
const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match): unknown => parse(match[1] ?? ''))

it('[CA57] the runbook and the endpoints of the documentation are ones that the catalogue takes', () => {
  const [runbook, endpoints] = blocks
  const checked = checkCatalogue({ ...CATALOGUE, ...(endpoints as object), runbooks: [runbook] })
  expect(checked).toMatchObject({ ok: true })
})

it('[CA57] every member of a runbook, of a step and of an endpoint stands there', () => {
  for (const word of [
    'tiers',
    'symptoms',
    'onNoBetter',
    'prefixMin',
    'limit-times',
    'person',
    'binding',
    'replicasMax',
  ])
    expect(page).toContain(word)
  for (const kind of ['manual', 'approval', 'wait', 'verify', 'branch', 'http'])
    expect(page).toContain(`| \`${kind}\` |`)
})
