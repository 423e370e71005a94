import { afterAll, beforeAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import type { Catalogue } from '../../durable/protocol/domain.ts'
import type { ProposalRow } from '../../durable/protocol/rows.ts'
import { type Api, apiOf } from '../e2e/api.ts'
import { freePort, removeFolder, type Server, tempFolder } from '../e2e/server.ts'
import { until } from '../e2e/until.ts'
import { INIT_TOKEN, deploy } from './deploy.ts'
import { Ic } from './ic.ts'

/** How long a step of a drill at speed 60 may take. */
const PATIENCE_MS = 90_000

const state = tempFolder('cli-decide')
const ic = new Ic()
let server: Server
let admin: Api

beforeAll(async () => {
  server = await deploy(await freePort(), state)
  await ic.run(['init', '--url', server.url], { input: INIT_TOKEN })
  const { out } = await ic.run(['token', 'make', 'the tests', '--role', 'admin'])
  admin = apiOf(server.url, out.trim())
})
afterAll(async () => {
  await server.stop()
  for (const folder of [state, ic.home]) removeFolder(folder)
})

const p = ({ number }: ProposalRow) => `P-${number}`
const saying = (text: string) => expect.stringContaining(text) as string

/** The pool's runbook with something to do by hand before its action. */
async function withManualStep(): Promise<void> {
  const standing = await admin.get<Catalogue>('/api/v1/catalogue')
  const steps = [
    { kind: 'manual', id: 'drain', says: 'drain the proxy' },
    { kind: 'http', id: 'act' },
  ]
  const runbooks = standing.runbooks.map((one) => (one.id === 'raise-pool-limit' ? { ...one, steps } : one))
  const input = stringify({ ...standing, version: 'decide-1', runbooks })
  expect(await ic.run(['apply', '-', '--yes'], { input })).toMatchObject({ code: 0 })
}

test('[CL51] a change is asked for and proposed anew; [CL52] its step is done by hand; [CL53] its rollback is sent once', async () => {
  await withManualStep()
  const id = (await ic.run(['drill', '--wait', '-q'])).out.trim()
  const latest = (what: string, look: (proposal: ProposalRow) => boolean) =>
    until(what, PATIENCE_MS, async () => {
      const { proposal } = await admin.detail(id)
      return proposal && look(proposal) ? proposal : null
    })
  const first = await latest('a proposal waits', ({ status }) => status === 'awaiting-approval')
  const [name, value] = Object.entries(first.action.parameters)[0] ?? ['', 0]
  const less = Number(value) - 1

  const changes = (...more: string[]) => ic.run(['changes', id, ...more, '-r', 'a little less'])
  expect(await changes('--set', 'less')).toMatchObject({ code: 2, err: saying('NAME=VALUE') })
  expect(await changes('--set', `${name}=many`)).toMatchObject({ code: 2, err: saying('is a number') })
  expect(await changes('--set', `${name}=1000000`)).toMatchObject({ code: 1, err: saying('out-of-bounds') })
  expect(await changes('--set', 'no_such=1')).toMatchObject({ code: 1, err: saying('out-of-bounds') })
  expect(await changes('--set', `${name}=${less}`, '--dry-run')).toMatchObject({ code: 0, err: saying('Would ask') })
  expect(await changes(p(first), '--set', `${name}=${less}`)).toMatchObject({
    code: 0,
    err: saying(`${p(first)} is rejected`),
  })
  const next = await latest('the next waits', (one) => one.id !== first.id && one.status === 'awaiting-approval')
  expect(next.action.parameters).toEqual({ [name]: less })

  expect(await ic.run(['step', 'done', id])).toMatchObject({ code: 5, err: saying(`no step of ${p(next)} waits`) })
  const meant = ['--digest', next.digest, '--confirm', next.action.target, '-r', 'it fits']
  expect(await ic.run(['approve', id, ...meant])).toMatchObject({ code: 0 })
  expect((await ic.run(['show', id])).out).toMatch(/step drain +running/)
  expect(await ic.run(['step', 'maybe', id])).toMatchObject({ code: 2 })
  expect(await ic.run(['step', 'could-not', id])).toMatchObject({ code: 2, err: saying('--reason') })
  expect(await ic.run(['step', 'done', id, 'other'])).toMatchObject({ code: 3, err: saying('no-such-step') })
  expect(await ic.run(['step', 'done', id, '-n'])).toMatchObject({ code: 0, err: saying('Would say that drain') })
  expect(await ic.run(['undo', id, ...meant])).toMatchObject({ code: 5, err: saying('nothing-to-undo') })
  expect(await ic.run(['step', 'done', id, '-r', 'node 3'])).toMatchObject({
    code: 0,
    err: `drain of ${p(next)} is done.\n`,
  })
  await latest('it is verified', ({ verification }) => verification?.end === 'recovered')

  const alone = await ic.run(['undo', id, p(next), '--yes', '-r', 'x'])
  expect(alone).toMatchObject({ code: 2, err: saying('--confirm'), out: saying('drain') })
  expect(
    await ic.run(['undo', id, p(next), '--digest', next.digest, '--confirm', 'checkout', '-r', 'x']),
  ).toMatchObject({
    code: 1,
    err: saying('confirm-mismatch'),
  })
  expect(await ic.run(['undo', id, p(next), ...meant])).toMatchObject({ code: 0, err: saying(`${p(next)} is running`) })
  const undone = await latest('it is undone', ({ status }) => status === 'undone')
  expect(undone).toMatchObject({ undoWhy: 'by-person', undo: { outcome: 'ran' } })
  expect((await ic.run(['show', id])).out).toContain('ran (by-person)')
  expect((await ic.run(['undo', id, p(next), ...meant])).code).toBe(5)
}, 300_000)

test('[CL54] doctor fails where the agents cannot sign, and says what to set', async () => {
  type Checks = { checks: { name: string; verdict: string; says: string; todo?: string }[] }
  const signing = async (one: Ic) => {
    const { code, out } = await one.run(['doctor', '--no-probe', '--json'])
    return { code, check: (JSON.parse(out) as Checks).checks.find(({ name }) => name === 'signing') }
  }
  expect((await signing(ic)).check).toMatchObject({ verdict: 'ok' })
  const keyless = { ic: new Ic(), state: tempFolder('cli-keyless') }
  const other = await deploy(await freePort(), keyless.state, '')
  try {
    await keyless.ic.run(['init', '--url', other.url], { input: INIT_TOKEN })
    expect(await signing(keyless.ic)).toMatchObject({
      code: 1,
      check: { verdict: 'fail', says: saying('no ballot carries'), todo: saying('IC_MASTER_KEY') },
    })
  } finally {
    await other.stop()
    for (const folder of [keyless.state, keyless.ic.home]) removeFolder(folder)
  }
})
