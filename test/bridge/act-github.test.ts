import { afterEach, describe, expect, it } from 'vitest'
import { githubDriver } from '../../bridge/act/github/index.ts'
import type { RemediationPort } from '../../durable/protocol/ports.ts'
import { type FakeGithub, fakeGithub } from './github.fake.ts'
import { orderFor } from './order.ts'
import { INDEFINITE, json } from './target.ts'

const open: FakeGithub[] = []
afterEach(() => {
  for (const fake of open.splice(0)) {
    fake.close()
    expect(fake.faults).toEqual([])
  }
})

async function driving(token: string | null = 'token-of-the-fake', workflow = 'act.yml') {
  const github = await fakeGithub()
  open.push(github)
  const driver: RemediationPort = githubDriver({
    fetch: (request) => fetch(request),
    endpointUrl: github.url,
    target: { owner: 'acme', repo: 'runbooks', workflow, ref: 'main' },
    token: () => Promise.resolve(token),
    timeoutMs: 500,
  })
  return { github, driver }
}

const order = orderFor(
  { type: 'scale-out', target: 'checkout', parameters: { instances: 1, zone: 'a' } },
  { type: 'scale-in', target: 'checkout', parameters: { instances: 1 } },
)

describe('the GitHub driver', () => {
  it('[AC153] starts the workflow once, with key, digest, token and the action as inputs', async () => {
    const { github, driver } = await driving()
    expect(await driver.call(order)).toEqual({ outcome: 'ran', detail: 'act.yml was started on main' })
    expect(github.seen).toHaveLength(1)
    expect(JSON.parse(github.seen[0]?.body ?? '')).toEqual({
      ref: 'main',
      inputs: {
        ic_key: 'prp_1.run',
        ic_digest: order.digest,
        ic_token: '41',
        ic_action: 'scale-out',
        ic_target: 'checkout',
        ic_parameters: '{"instances":1,"zone":"a"}',
      },
    })
    expect(github.seen[0]?.headers).toMatchObject({ 'x-github-api-version': '2022-11-28' })
  })

  it.each<[string, number, string]>([
    ['a ref that is not there', 422, 'No ref found for: main'],
    ['a limit on calls', 403, 'You have exceeded a secondary rate limit'],
    ['a conflict', 409, 'Conflict'],
  ])('[AC153] %s is failed: surely not started', async (_, status, message) => {
    const { github, driver } = await driving()
    github.instead = (response) => json(response, status, { message })
    expect(await driver.call(order)).toEqual({ outcome: 'failed', detail: `answered ${status}: ${message}` })
  })

  it.each(INDEFINITE)('[AC153] %s leaves the outcome unknown, after one call', async (_, answer) => {
    const { github, driver } = await driving()
    github.instead = answer
    expect((await driver.call(order)).outcome).toBe('unknown')
    expect(github.seen).toHaveLength(1)
    expect((await driver.status(order)).outcome).toBe('unknown')
  })

  it('[AC161] a redirect is not followed with the token', async () => {
    const elsewhere = await driving()
    const { github, driver } = await driving()
    github.instead = (response) => response.writeHead(302, { location: elsewhere.github.url }).end()
    expect((await driver.call(order)).outcome).toBe('unknown')
    expect((await driver.status(order)).outcome).toBe('unknown')
    expect(elsewhere.github.seen).toEqual([])
  })

  it.each([
    ['queued', null, 'unknown'],
    ['waiting', null, 'unknown'],
    ['in_progress', null, 'it-ran'],
    ['completed', 'success', 'it-ran'],
    ['completed', 'startup_failure', 'it-did-not'],
    ['completed', 'failure', 'unknown'],
    ['completed', 'cancelled', 'unknown'],
    ['completed', 'timed_out', 'unknown'],
    ['<b>odd</b>', null, 'unknown'],
  ] as const)('[AC154] a run that is %s, %s, says %s', async (status, conclusion, outcome) => {
    const { github, driver } = await driving()
    await driver.call(order)
    Object.assign(github.runs[0] ?? {}, { status, conclusion })
    const said = await driver.status(order)
    expect(said.outcome).toBe(outcome)
    expect(said.detail).not.toContain('<')
  })

  it('[AC154] only a run that says this very key counts, and none at all settles nothing', async () => {
    const { github, driver } = await driving()
    expect(await driver.status(order)).toEqual({ outcome: 'unknown', detail: 'no run says this key in its name' })
    const run = { id: 1, name: 'act', status: 'completed', conclusion: 'success' }
    github.runs.push({ ...run, display_title: 'prp_1.run:undo' }, { ...run, display_title: 'xprp_1.run' })
    expect((await driver.status(order)).outcome).toBe('unknown')
    github.runs.push({ ...run, display_title: 'Runbook (prp_1.run)' })
    expect(await driver.status(order)).toEqual({ outcome: 'it-ran', detail: 'run 1 ended success' })
  })

  it('[AC160] without a token nothing is sent, and the token stands in no detail', async () => {
    for (const token of [null, '', 'two words', 'line\nbreak']) {
      const { github, driver } = await driving(token)
      expect((await driver.call(order)).outcome).toBe('failed')
      expect((await driver.status(order)).outcome).toBe('unknown')
      expect(github.seen).toEqual([])
    }
    const { github, driver } = await driving()
    github.instead = (response, seen) => json(response, 400, { message: `bad: ${seen.headers.authorization}` })
    const said = await driver.call(order)
    expect(said).toEqual({ outcome: 'failed', detail: 'answered 400: bad: Bearer …' })
    expect(JSON.stringify(await driver.dryRun(order))).not.toContain('token-of-the-fake')
    const broken = githubDriver({
      fetch: (request) => Promise.reject(new Error(`no route for ${request.headers.get('authorization')}`)),
      endpointUrl: 'https://api.invalid',
      target: { owner: 'acme', repo: 'runbooks', workflow: 'act.yml', ref: 'main' },
      token: () => Promise.resolve('token-of-the-fake'),
    })
    expect(await broken.call(order)).toEqual({ outcome: 'unknown', detail: 'no answer: no route for Bearer …' })
  })

  it('[AC151] a dry run says the call and sends none', async () => {
    const { github, driver } = await driving()
    const report = await driver.dryRun(order)
    expect(report).toMatchObject({ driver: 'github', canCheck: false })
    expect(report.calls.map(({ method, url }) => [method, url])).toEqual([
      ['POST', `${github.url}/repos/acme/runbooks/actions/workflows/act.yml/dispatches`],
    ])
    expect(report.says).toContain('scale-out on checkout')
    expect(github.seen).toEqual([])
  })

  it('[AC162] a rollback is the plan’s, under its own key; without one nothing is sent', async () => {
    const { github, driver } = await driving()
    const undo = { ...order, key: 'prp_1.run:undo', undo: true } as const
    expect((await driver.call(undo)).outcome).toBe('ran')
    expect(JSON.parse(github.seen[0]?.body ?? '')).toMatchObject({
      inputs: { ic_key: 'prp_1.run:undo', ic_action: 'scale-in' },
    })
    const none = { ...orderFor({ type: 'drop', target: 'checkout', parameters: {} }), key: 'k:undo' }
    expect(await driver.call(none)).toEqual({ outcome: 'failed', detail: 'nothing-to-undo' })
    expect(github.seen).toHaveLength(1)
  })

  it('[AC161] the fake refuses what the description does not allow', async () => {
    const { github } = await driving()
    const post = (path: string, body: unknown) =>
      fetch(`${github.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const path = '/repos/acme/runbooks/actions/workflows/act.yml/dispatches'
    for (const body of [{}, { ref: 1 }, { ref: 'main', more: 1 }, { ref: 'main', inputs: { a: 1 } }])
      expect((await post(path, body)).status).toBe(400)
    expect((await post(`${path}?x=1`, { ref: 'main' })).status).toBe(400)
    expect((await post('/repos/acme/runbooks', { ref: 'main' })).status).toBe(400)
    expect(github.faults.splice(0)).toEqual([
      'body.ref is missing',
      'body.ref must be a string',
      'body.more is not known',
      'body.inputs.a must be a string',
      'actions/create-workflow-dispatch has no query parameter x',
      'no operation at POST /repos/acme/runbooks',
    ])
  })
})
