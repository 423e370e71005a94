import { afterAll, beforeAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import type { ControlsRow } from '../../durable/protocol/controls.ts'
import { CREW_ROLES } from '../../durable/protocol/crew.ts'
import type { Catalogue } from '../../durable/protocol/domain.ts'
import type { SilenceRow } from '../../durable/protocol/noise.ts'
import type { IncidentDetail, IncidentRow } from '../../durable/protocol/rows.ts'
import { reach } from '../../bin/ic/doctor/reach.ts'
import { type Api, apiOf } from '../e2e/api.ts'
import { freePort, removeFolder, type Server, tempFolder } from '../e2e/server.ts'
import { until } from '../e2e/until.ts'
import { INIT_TOKEN, deploy } from './deploy.ts'
import { Ic } from './ic.ts'

const state = tempFolder('cli-people')
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

// The caller names the shape of what the real server said.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
const json = <T>({ out }: { out: string }): T => JSON.parse(out) as T
const saying = (text: string) => expect.stringContaining(text) as string

async function declare(title: string, service = 'checkout'): Promise<string> {
  const id = (await ic.run(['declare', title, '--service', service])).out.trim()
  await until('the room is open', 10_000, async () =>
    (await admin.send('GET', `/api/v1/incidents/${id}`)).ok ? true : null,
  )
  return id
}

/** One incident with alerts of two services, as an Alertmanager tells it. */
async function storm(group: string, alerts: { service: string; fingerprint: string }[]): Promise<string> {
  const { token } = await admin.post<{ token: string }>('/api/v1/tokens', {
    kind: 'ingest',
    source: 'prometheus',
    name: group,
  })
  await apiOf(server.url, token).post('/api/v1/ingest/alertmanager', {
    version: '4',
    groupKey: group,
    alerts: alerts.map(({ service, fingerprint }) => ({
      status: 'firing',
      labels: { alertname: group, service, severity: 'critical' },
      annotations: {},
      startsAt: new Date().toISOString(),
      endsAt: '0001-01-01T00:00:00Z',
      fingerprint,
    })),
  })
  return until(`${group} is an incident`, 20_000, async () => {
    const { items } = await admin.get<{ items: IncidentRow[] }>('/api/v1/incidents')
    for (const { id } of items) {
      const { alerts: known } = await admin.detail(id)
      if (alerts.every(({ fingerprint }) => known.some((one) => one.fingerprint === fingerprint))) return id
    }
    return null
  })
}

test('[CL40] a role is taken, handed over and given back; who holds it need not be named', async () => {
  const id = await declare('Who leads')
  expect(await ic.run(['role', 'list', id])).toMatchObject({ code: 0, out: '', err: 'Nobody has a role.\n' })
  expect(await ic.run(['role', 'assign', id, 'incident-commander'])).toMatchObject({
    code: 0,
    err: `admin is incident-commander of ${id}.\n`,
  })
  expect((await ic.run(['role', 'assign', id, 'incident-commander', 'ada', '-r', 'she knows it'])).code).toBe(0)
  const held = json<{ items: IncidentDetail['crew'] }>(await ic.run(['role', 'list', id, '--json'])).items
  expect(held.map(({ role, person }) => [role, person])).toEqual([['incident-commander', 'ada']])
  expect((await ic.run(['show', id])).out).toContain('incident-commander: ada')
  expect(await ic.run(['role', 'release', id, 'incident-commander'])).toMatchObject({
    code: 0,
    err: `ada is no longer incident-commander of ${id}.\n`,
  })
  expect(await ic.run(['role', 'release', id, 'incident-commander'])).toMatchObject({
    code: 5,
    err: saying('not-held'),
  })
  for (const person of ['grace', 'linus']) await ic.run(['role', 'assign', id, 'subject-matter-expert', person])
  expect(await ic.run(['role', 'release', id, 'subject-matter-expert'])).toMatchObject({
    code: 2,
    err: saying('grace, linus'),
  })
  expect(await ic.run(['role', 'assign', id, 'boss', 'ada'])).toMatchObject({
    code: 2,
    err: saying(CREW_ROLES[0] ?? ''),
  })
})

test('[CL41] a task is added, which prints its id, changed and listed; none takes owner and time away', async () => {
  const id = await declare('What is to be done')
  const added = await ic.run(['task', 'add', id, 'ask the provider', '--owner', 'ada', '--due', '2h'])
  expect([added.code, added.out]).toEqual([0, 'T-01\n'])
  const item = json<{ id: string; kind: string }>(
    await ic.run(['task', 'add', id, 'write it down', '--action-item', '--json']),
  )
  expect(item).toMatchObject({ id: 'T-02', kind: 'action-item' })
  const [first] = (await admin.detail(id)).tasks
  expect(first).toMatchObject({ owner: 'ada', state: 'open' })
  expect(Math.abs((first?.dueWall ?? 0) - Date.now() - 7_200_000)).toBeLessThan(600_000)
  expect(
    await ic.run(['task', 'change', id, 'T-01', '--state', 'done', '--owner', 'none', '--due', 'none']),
  ).toMatchObject({ code: 0, err: 'T-01 is changed.\n' })
  expect((await ic.run(['task', 'list', id, '--plain'])).out.split('\n')[0]).toBe(
    'T-01\tdone\ttask\t\t\task the provider',
  )
  expect(await ic.run(['task', 'change', id, 'T-09', '--state', 'done'])).toMatchObject({
    code: 3,
    err: saying('no-such-task'),
  })
  for (const args of [
    ['change', id, 'T-01'],
    ['add', id],
    ['change', id, 'first', '--state', 'done'],
    ['add', id, 'x', '--due', 'soon'],
  ])
    expect((await ic.run(['task', ...args])).code, args.join(' ')).toBe(2)
})

test('[CL42] a merge moves and is taken back; a split names alerts by the beginning of their fingerprint or by service', async () => {
  const alerts = [
    { service: 'db-proxy', fingerprint: 'aaaaaa1111111111' },
    { service: 'db-proxy', fingerprint: 'aaaaaa2222222222' },
    { service: 'checkout', fingerprint: 'bbbbbb3333333333' },
  ]
  const id = await storm('SplitMe', alerts)
  expect((await ic.run(['show', id])).out).toContain('(aaaaaa111111)')
  const split = (...more: string[]) => ic.run(['split', id, ...more])
  expect(await split('--title', 'x')).toMatchObject({ code: 2, err: saying('which of them') })
  expect(await split('aaaaaa', '--title', 'x')).toMatchObject({ code: 2, err: saying('2 alerts begin') })
  expect(await split('aaaa', '--title', 'x')).toMatchObject({ code: 2, err: saying('too short') })
  expect(await split('ffffff', '--title', 'x')).toMatchObject({ code: 3, err: saying('no-such-alert') })
  expect(await split('--service', 'search', '--title', 'x')).toMatchObject({ code: 3 })
  expect(await split('bbbbbb')).toMatchObject({ code: 2, err: saying('--title') })
  expect(await split('bbbbbb', '--service', 'db-proxy', '--title', 'all of it')).toMatchObject({
    code: 1,
    err: saying('nothing-left'),
  })
  expect(await split('bbbbbb', '--title', 'Checkout alone', '-r', 'another cause')).toMatchObject({ code: 0, out: '' })
  const other = await until(
    'the new incident is linked',
    20_000,
    async () => (await admin.detail(id)).links.find(({ relation }) => relation === 'split-into')?.incident ?? null,
  )
  expect((await ic.run(['show', id])).out).toContain(`split-into ${other}`)
  expect((await admin.detail(other)).alerts.map(({ fingerprint }) => fingerprint)).toEqual(['bbbbbb3333333333'])

  expect(await ic.run(['merge', other, id, '--json'])).toMatchObject({ code: 0 })
  await until('it is merged', 20_000, async () => ((await admin.detail(other)).state === 'merged' ? true : null))
  expect(await ic.run(['merge', id, id])).toMatchObject({ code: 1, err: saying('same-incident') })
  expect(await ic.run(['unmerge', other, '-r', 'two causes'])).toMatchObject({ code: 0 })
  await until('its alert is back', 20_000, async () =>
    (await admin.detail(other)).state === 'triggered' && (await admin.detail(id)).alerts.length === 2 ? true : null,
  )
})

test('[CL43] a false alarm, reopening and another severity; what does not fit keeps the reason word of the server', async () => {
  const id = await declare('A false alarm')
  expect(await ic.run(['severity', id, 'sev-1', '-r', 'payments too'])).toMatchObject({
    code: 0,
    err: `${id} is SEV-1.\n`,
  })
  expect(await ic.run(['severity', id, 'SEV-1', '-r', 'again'])).toMatchObject({
    code: 5,
    err: saying('nothing-changed'),
  })
  expect(await ic.run(['severity', id, 'SEV-6', '-r', 'x'])).toMatchObject({ code: 2, err: saying('no severity') })
  expect(await ic.run(['cancel', id])).toMatchObject({ code: 2, err: saying('--reason') })
  expect(await ic.run(['cancel', id, '-r', 'the probe was broken'])).toMatchObject({
    code: 0,
    err: `${id} is canceled.\n`,
  })
  expect(await ic.run(['cancel', id, '-r', 'again'])).toMatchObject({ code: 5, err: saying('invalid-transition') })
  expect(await ic.run(['reopen', id, '-r', 'it was real'])).toMatchObject({ code: 0, err: `${id} is triggered.\n` })
  expect((await ic.run(['unmerge', id, '-r', 'x'])).code).toBe(5)
})

test('[CL44] silences and maintenance windows are made, listed apart and ended', async () => {
  const made = await ic.run([
    'silence',
    'add',
    'service=checkout',
    'alertname=~Disk.*',
    '--for',
    '2h',
    '-c',
    'new disk',
  ])
  expect([made.code, made.out]).toEqual([0, expect.stringMatching(/^sil_[a-z0-9]{12}\n$/)])
  const planned = json<SilenceRow>(
    await ic.run([
      'maintenance',
      'add',
      'service=db',
      'zone!=b',
      '--from',
      '3h',
      '--for',
      '1h',
      '-c',
      'upgrade',
      '--json',
    ]),
  )
  expect(planned).toMatchObject({
    kind: 'maintenance',
    state: 'pending',
    matchers: [{ op: '=' }, { name: 'zone', op: '!=', value: 'b' }],
  })
  expect(Date.parse(planned.endsAt) - Date.parse(planned.startsAt)).toBe(3_600_000)
  const listed = async (kind: string) => json<{ items: SilenceRow[] }>(await ic.run([kind, 'list', '--json'])).items
  expect((await listed('silence')).map(({ id }) => id)).toEqual([made.out.trim()])
  expect((await listed('maintenance')).map(({ id }) => id)).toEqual([planned.id])
  expect((await ic.run(['silence', 'list'])).out).toContain('service=checkout alertname=~Disk.*')
  expect(await ic.run(['silence', 'end', made.out.trim()])).toMatchObject({ code: 2, err: saying('--yes') })
  expect(await ic.run(['silence', 'end', made.out.trim(), '--yes'])).toMatchObject({ code: 0 })
  expect(await ic.run(['silence', 'end', made.out.trim(), '--yes'])).toMatchObject({ code: 3 })
  expect(await listed('silence')).toEqual([])
  for (const args of [
    ['add', 'checkout', '--for', '2h', '-c', 'x'],
    ['add', 'service=checkout', '-c', 'x'],
    ['add', 'service=checkout', '--for', '2h'],
    ['add', 'service=checkout', '--for', '2 hours', '-c', 'x'],
    ['add', 'service=checkout', '--for', '2h', '--until', '3h', '-c', 'x'],
    ['end', 'checkout', '--yes'],
  ])
    expect((await ic.run(['silence', ...args])).code, args.join(' ')).toBe(2)
  expect(await ic.run(['silence', 'add', 'service=~(', '--for', '2h', '-c', 'x'])).toMatchObject({
    code: 1,
    err: saying('invalid-matchers'),
  })
})

test('[CL45] a token is printed once and for nobody else to read, listed without it, and out as soon as it is revoked', async () => {
  const made = await ic.run(['token', 'make', 'night shift', '--role', 'responder', '--days', '3'])
  const value = made.out.trim()
  const id = /tok_[0-9a-f]{18}/.exec(made.err)?.[0] ?? ''
  expect([made.code, value, made.err]).toEqual([
    0,
    expect.stringMatching(/^ic_\S{20,}$/),
    saying('responder, until 20'),
  ])
  const listed = await ic.run(['token', 'list'])
  expect(listed.out).toContain('night shift')
  expect(listed.out + (await ic.run(['token', 'list', '--json'])).out).not.toContain(value)
  const asHim = { env: { IC_TOKEN: value } }
  expect(await ic.run(['oncall'], asHim)).toMatchObject({ code: 0 })
  expect(await ic.run(['token', 'list'], asHim)).toMatchObject({ code: 4, err: saying('role-too-low') })
  const source = json<{ kind: string; source: string }>(
    await ic.run(['token', 'make', 'am', '--source', 'prometheus', '--json']),
  )
  expect(source).toMatchObject({ kind: 'ingest', source: 'prometheus' })
  expect(await ic.run(['token', 'make', 'both', '--role', 'viewer', '--source', 'x'])).toMatchObject({ code: 2 })
  expect(await ic.run(['token', 'make', 'none'])).toMatchObject({ code: 2 })
  expect(await ic.run(['token', 'revoke', id])).toMatchObject({ code: 2, err: saying('--yes') })
  expect(await ic.run(['token', 'revoke', id, '--yes'])).toMatchObject({ code: 0, err: saying('night shift') })
  expect((await ic.run(['oncall'], asHim)).code).toBe(4)
  expect((await ic.run(['token', 'list'])).out).toMatch(/night shift.*revoked/)
})

test('[CL46] who is on call is said for each rotation, now or then', async () => {
  expect(await ic.run(['oncall'])).toMatchObject({ code: 0, err: 'The catalogue has no rotation.\n' })
  const standing = await admin.get<Catalogue>('/api/v1/catalogue')
  const rotations = [
    { name: 'shop', zone: 'UTC', people: ['ada', 'grace'], startsOn: '2026-01-05', handover: '09:00', target: 'pager' },
  ]
  const targets = [{ name: 'pager', kind: 'webhook', url: 'https://pager.example.com/', secret: 'pager' }]
  const input = stringify({ ...standing, version: 'people-1', rotations, targets })
  expect((await ic.run(['apply', '-', '--yes'], { input })).err).toContain('people-1')
  const at = (when: string) => ic.run(['oncall', '--at', when, '--plain'])
  expect((await at('2026-01-06T00:00:00Z')).out).toBe('shop\tada\t2026-01-12T09:00:00.000Z\tgrace\tturn\n')
  expect((await at('2026-01-12T10:00:00+01:00')).out).toMatch(/^shop\tgrace\t/)
  expect(await at('tomorrow')).toMatchObject({ code: 2, err: saying('instant') })
})

test('[CL50] doctor says how each address is reached: a public name, a binding that is not there, a private one refused', async () => {
  const standing = await admin.get<Catalogue>('/api/v1/catalogue')
  const [first, ...sources] = standing.sources
  const input = stringify({
    ...standing,
    version: 'people-reach',
    endpoints: [
      { name: 'public', url: 'https://act.example.com/run' },
      { name: 'office', url: 'http://orchestrator.internal/run', binding: 'OFFICE' },
      { name: 'inner', url: 'https://10.0.0.7/run' },
    ],
    sources: [{ ...first, url: 'http://alertmanager.internal:9093', binding: 'OFFICE' }, ...sources],
  })
  expect(await ic.run(['apply', '-', '--yes'], { input })).toMatchObject({ code: 0 })
  const { checks } = json<{ checks: { name: string; verdict: string; says: string; todo?: string }[] }>(
    await ic.run(['doctor', '--no-probe', '--json']),
  )
  const of = (name: string) => checks.find((check) => check.name === name)
  expect(of('endpoint public')).toMatchObject({ verdict: 'ok', says: saying('a public name') })
  for (const name of ['endpoint office', `pull ${first?.name}`])
    expect(of(name)).toMatchObject({ verdict: 'fail', says: saying('binding-missing'), todo: saying('wrangler.toml') })
  expect(of('endpoint inner')).toMatchObject({ verdict: 'fail', says: saying('address-not-allowed') })
})

test('[CL50] an address behind a binding that is there, and the network of local mode, stand well', async () => {
  const row = { kind: 'pull', name: 'am', url: 'http://alertmanager.internal:9093', reason: '' } as const
  expect(await reach({ ...row, way: 'binding', binding: 'OFFICE' }, true)).toMatchObject({
    verdict: 'ok',
    says: saying('OFFICE'),
  })
  expect(await reach({ ...row, way: 'local' }, true)).toMatchObject({ verdict: 'ok', says: saying('local mode alone') })
  expect(await reach({ ...row, url: 'https://localhost/', way: 'public' }, true)).toMatchObject({
    verdict: 'fail',
    says: saying('private address'),
  })
})

test('[CL47] a dry run of each says what it would do and changes nothing', async () => {
  const id = await declare('Stays as it is')
  const before = await admin.detail(id)
  for (const args of [
    ['cancel', id, '-r', 'x'],
    ['severity', id, 'SEV-1', '-r', 'x'],
    ['role', 'assign', id, 'scribe', 'ada'],
    ['task', 'add', id, 'x'],
    ['merge', id, 'inc_elsewhere'],
    ['silence', 'add', 'a=b', '--for', '1h', '-c', 'x'],
    ['silence', 'end', 'sil_abcdefabcdef'],
    ['token', 'make', 'x', '--role', 'viewer'],
    ['token', 'revoke', `tok_${'0'.repeat(18)}`],
  ])
    expect(await ic.run([...args, '--dry-run'])).toMatchObject({
      code: 0,
      out: '',
      err: expect.stringMatching(/^Would /),
    })
  expect((await admin.detail(id)).seq).toBe(before.seq)
  expect((await ic.run(['token', 'list', '--plain'])).out).not.toMatch(/\tx\t/)
})

test('[AC116] what holds actions back is said and set: switches by their reach, dry run, freezes', async () => {
  const id = await declare('held back')
  expect(await ic.run(['kill', 'on', '-r', 'stop'])).toMatchObject({ code: 0, err: 'The kill switch is on.\n' })
  expect((await ic.run(['kill', 'on', '--service', 'checkout', '-r', 'theirs'])).code).toBe(0)
  expect((await ic.run(['kill', 'on', '--service', 'payroll', '-r', 'x'])).code).toBe(3)
  expect((await ic.run(['kill', 'on', '--incident', id, '-r', 'here'])).err).toContain(`is on in ${id}`)
  expect((await ic.run(['dryrun', 'on', '--incident', id, '-r', 'here'])).code).toBe(0)
  expect((await ic.run(['dryrun', 'on', '-r', 'week one'])).code).toBe(0)
  const frozen = await ic.run(['freeze', 'add', 'checkout', '--for', '2h', '-r', 'books close'])
  expect([frozen.code, frozen.out]).toEqual([0, expect.stringMatching(/^frz_[a-z0-9]{12}\n$/)])
  const shown = json<ControlsRow>(await ic.run(['controls', '--json']))
  expect(shown).toMatchObject({
    killSwitch: { on: true, reason: 'stop' },
    services: [{ service: 'checkout', reason: 'theirs' }],
    dryRun: { on: true, reason: 'week one' },
    freezes: [{ services: ['checkout'], state: 'active', reason: 'books close' }],
  })
  expect((await ic.run(['controls'])).out).toContain('books close')
  expect((await ic.run(['freeze', 'list'])).out).toContain(frozen.out.trim())
  expect(await ic.run(['freeze', 'end', frozen.out.trim()])).toMatchObject({ code: 2, err: saying('--yes') })
  expect((await ic.run(['freeze', 'end', frozen.out.trim(), '--yes'])).code).toBe(0)
  expect((await ic.run(['freeze', 'add', 'payroll', '-r', 'x'])).err).toContain('no-such-service')
  expect((await ic.run(['autonomy', 'revoke', 'none', '-r', 'x'])).code).toBe(3)
  for (const [command, ...args] of [
    ['kill', 'off'],
    ['kill', 'off', '--service', 'checkout'],
    ['dryrun', 'off'],
  ])
    expect((await ic.run([command ?? '', ...args, '-r', 'over'])).code).toBe(0)
  for (const args of [
    ['kill', 'maybe', '-r', 'x'],
    ['kill', 'on', '--service', 'a', '--incident', id, '-r', 'x'],
    ['freeze', 'add', '--for', '2h', '--until', '3h', '-r', 'x'],
    ['freeze', 'end', 'quarter', '--yes'],
    ['autonomy', 'stop', 'none', '-r', 'x'],
  ])
    expect((await ic.run(args)).code, args.join(' ')).toBe(2)
})
