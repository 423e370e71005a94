import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { need } from './need.ts'
import { ROOT, startServer } from './server.ts'

const RULES = join(ROOT, 'docs/alerts')

function promtool(args: string[], input?: string): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, {
    cwd: RULES,
    encoding: 'utf8',
    ...(input !== undefined && { input }),
  })
  return { status, said: `${stdout}${stderr}` }
}

test('[ME7] the shipped rules are sound and fire when they should, and only then', (context) => {
  need(context, 'prometheus')
  expect(promtool(['check', 'rules', 'ic-rules.yml'])).toMatchObject({ status: 0 })
  const tested = promtool(['test', 'rules', 'ic-rules.test.yml'])
  expect([tested.status, tested.said]).toEqual([0, expect.stringContaining('SUCCESS')])
})

test('[ME7] what a server that was used says of itself passes promtool, and every metric of the rules is there', async (context) => {
  need(context, 'prometheus')
  const server = await startServer()
  try {
    const headers = { authorization: 'Bearer dev' }
    const alert = { labels: { alertname: 'Down', service: 'checkout', severity: 'critical' } }
    for (const body of [JSON.stringify([alert]), JSON.stringify([alert]), 'no json'])
      await fetch(`${server.url}/api/v2/alerts`, { method: 'POST', headers, body })
    await fetch(`${server.url}/api/v1/incidents/none`, { headers })
    const text = await (await fetch(`${server.url}/metrics`, { headers })).text()
    const checked = promtool(['check', 'metrics'], text)
    expect([checked.said, checked.status]).toEqual(['', 0])
    const rules = readFileSync(join(RULES, 'ic-rules.yml'), 'utf8')
    const named = new Set(rules.match(/\bic_[a-z_]+/g))
    expect(named.size).toBeGreaterThan(5)
    for (const name of named) expect(text).toMatch(new RegExp(`^${name}[ {]`, 'm'))
  } finally {
    await server.stop()
  }
})
