import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import type { Catalogue } from '../../durable/protocol/domain.ts'
import type { HistoryRow } from '../../durable/protocol/objects.ts'
import type { IncidentDetail, IncidentRow } from '../../durable/protocol/rows.ts'
import type { RoomEvent } from '../../durable/protocol/events.ts'
import { wholeFile } from '../core/export/whole.ts'
import { type Api, apiOf } from '../e2e/api.ts'
import { freePort, removeFolder, type Server, tempFolder } from '../e2e/server.ts'
import { until } from '../e2e/until.ts'
import { between } from './between.ts'
import { INIT_TOKEN, deploy } from './deploy.ts'
import { Ic } from './ic.ts'

/** What must never be printed. */
const SECRET = 'whsec_c2VjcmV0LW9mLXRoZS1wYWdlci0xMjM0NTY3ODkw'

const state = tempFolder('cli-state')
const ic = new Ic()
let server: Server
let admin: Api

beforeAll(async () => {
  server = await deploy(await freePort(), state)
})
afterAll(async () => {
  await server.stop()
  for (const folder of [state, ic.home]) removeFolder(folder)
})

// The caller names the shape of what the real server said.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
const json = <T>({ out }: { out: string }): T => JSON.parse(out) as T
const tokens = () => `${ic.home}/config/ic/tokens.json`

async function tokenOf(role: string): Promise<string> {
  return (await admin.post<{ token: string }>('/api/v1/tokens', { kind: 'api', name: `a ${role}`, role })).token
}

async function declare(title: string, env: Record<string, string> = {}): Promise<string> {
  const { code, out, err } = await ic.run(['declare', title, '--service', 'checkout', '--severity', 'SEV-2'], { env })
  expect([code, err]).toEqual([0, ''])
  const id = out.trim()
  await until('the room is open', 10_000, async () =>
    (await admin.send('GET', `/api/v1/incidents/${id}`)).ok ? true : null,
  )
  return id
}

test('[CX7] init makes the first admin token once and keeps it for its user alone; that instance is then the one asked', async () => {
  const url = ['--url', server.url]
  expect(await ic.run(['list', ...url])).toMatchObject({
    code: 75,
    err: expect.stringContaining('auth-not-configured'),
  })
  expect(await ic.run(['init', ...url], { env: { IC_INIT_TOKEN: 'a-guess-that-is-long-enough' } })).toMatchObject({
    code: 4,
  })
  const made = await ic.run(['init', ...url], { input: `${INIT_TOKEN}\n` })
  expect([made.code, made.out]).toEqual([0, ''])
  expect(statSync(tokens()).mode & 0o777).toBe(0o600)
  const kept = (JSON.parse(readFileSync(tokens(), 'utf8')) as Record<string, string>)[server.url] ?? ''
  expect(kept).toMatch(/^ic_/)
  expect(made.err).not.toContain(kept)
  expect(await ic.run(['init', ...url], { input: INIT_TOKEN })).toMatchObject({
    code: 5,
    err: expect.stringContaining('already-initialised'),
  })
  admin = apiOf(server.url, kept)
  expect(await ic.run(['list', '--json'])).toMatchObject({ code: 0, out: '{\n  "items": []\n}\n' })
})

test('[CX5] a token comes from environment, file or stdin; [CX6] flags win over environment, environment over the user', async () => {
  const viewer = await tokenOf('viewer')
  const commander = await tokenOf('commander')
  const file = join(ic.home, 'commander.token')
  writeFileSync(file, `${commander}\n`, { mode: 0o600 })
  const ask = ['declare', 'Who may', '--service', 'checkout']
  expect(await ic.run(ask, { env: { IC_TOKEN: viewer } })).toMatchObject({
    code: 4,
    err: expect.stringContaining('role-too-low'),
  })
  expect(await ic.run([...ask, '--token-file', file], { env: { IC_TOKEN: viewer } })).toMatchObject({ code: 0 })
  expect(await ic.run([...ask, '--token-file', '-'], { input: viewer })).toMatchObject({ code: 4 })
  expect(await ic.run(ask, { env: { IC_TOKEN_FILE: file } })).toMatchObject({ code: 0 })
  expect(await ic.run(ask, { env: { IC_URL: 'http://127.0.0.1:1' } })).toMatchObject({ code: 75 })
  const other = await ic.run(['list', '--url', server.url.replace('127.0.0.1', 'localhost')])
  expect([other.code, other.err]).toEqual([4, expect.stringContaining('not known here')])
})

test('[CX8] an incident is declared, taken, noted, resolved and closed; what does not fit is refused with its code', async () => {
  const id = await declare('Checkout is slow')
  expect(await ic.run(['ack', id])).toMatchObject({ code: 0, out: '', err: `${id} is acknowledged.\n` })
  expect(await ic.run(['ack', id])).toMatchObject({ code: 5, err: expect.stringContaining('nothing-changed') })
  expect(json<IncidentRow>(await ic.run(['note', id, '-', '--json'], { input: 'from a pipe\n' }))).toMatchObject({ id })
  expect(await ic.run(['resolve', id], { input: '' })).toMatchObject({
    code: 2,
    err: expect.stringContaining('--reason'),
  })
  expect(await ic.run(['resolve', id, '-r', 'mended'])).toMatchObject({ code: 0 })
  expect(await ic.run(['close', id, '--reason', 'reviewed'])).toMatchObject({ code: 0 })
  expect((await admin.detail(id)).notes.map(({ text }) => text)).toEqual(['from a pipe'])
  const archived = await until('it is archived', 20_000, async () => {
    const { items } = json<{ items: HistoryRow[] }>(await ic.run(['list', '--history', '--json']))
    return items.find((row) => row.id === id) ?? null
  })
  expect(archived).toMatchObject({ title: 'Checkout is slow', severity: 'SEV-2' })
  expect(await ic.run(['show', 'inc_neverwas'])).toMatchObject({ code: 3, out: '' })
})

test('[CX4] data is on stdout and messages on stderr; plain is tabs, JSON parses, a pipe gets no colour', async () => {
  const id = await declare('Tabs and tables')
  const row = (await ic.run(['list', '--plain'])).out.split('\n').find((line) => line.startsWith(id))
  expect(row?.split('\t').slice(0, 3)).toEqual([id, 'SEV-2', 'triggered'])
  const table = await ic.run(['list'], { env: { FORCE_COLOR: '1' } })
  expect(table.out).toMatch(/^ID +SEVERITY +STATE/)
  expect(table.out).not.toContain('\u001b')
  const items = json<{ items: IncidentRow[] }>(await ic.run(['list', '--json', '--limit', '1'])).items
  expect(items).toHaveLength(1)
  expect(json<IncidentDetail>(await ic.run(['show', id, '--json'])).id).toBe(id)
  expect((await ic.run(['list', '--history', '--drills'])).err).toBe('Nothing is archived.\n')
  expect((await ic.run(['list', '--history', '--drills', '-q'])).err).toBe('')
})

test('[CX17] a dry run says what it would do and changes nothing', async () => {
  const id = await declare('Stays as it is')
  const before = await admin.detail(id)
  for (const args of [
    ['ack', id],
    ['note', id, 'x'],
    ['resolve', id, '-r', 'x'],
    ['declare', 'x', '--service', 'y'],
    ['drill'],
  ])
    expect(await ic.run([...args, '--dry-run'])).toMatchObject({
      code: 0,
      out: '',
      err: expect.stringMatching(/^Would /),
    })
  expect((await admin.detail(id)).state).toBe(before.state)
  expect(json<{ items: unknown[] }>(await ic.run(['drill', 'list', '--json'])).items).toEqual([])
})

test('[CX13] a catalogue is compared and put; errors name file, line and column, and nobody is overwritten', async () => {
  const standing = await admin.get<Catalogue>('/api/v1/catalogue')
  const path = join(ic.home, 'catalogue.yaml')
  const write = (change: object) => writeFileSync(path, stringify({ ...standing, ...change }))
  write({})
  expect(await ic.run(['diff', path])).toMatchObject({ code: 0, out: '', err: 'It is what stands.\n' })
  const [first, ...rest] = standing.services
  write({ version: 'cli-2', services: [{ ...first, tier: 3 }, ...rest] })
  const shown = await ic.run(['diff', path])
  expect(shown.out).toMatch(/services\/storefront\/tier: 1 → 3/)
  expect(await ic.run(['apply', path])).toMatchObject({ code: 2, err: expect.stringContaining('--yes') })
  expect(await ic.run(['apply', path, '--dry-run'])).toMatchObject({ code: 0, err: 'Nothing was put.\n' })
  expect(await ic.run(['apply', '-', '--yes'], { input: readFileSync(path, 'utf8') })).toMatchObject({ code: 0 })
  expect((await admin.get<Catalogue>('/api/v1/catalogue')).version).toBe('cli-2')
  write({ version: 'cli-2', services: [{ ...first, tier: 2 }, ...rest] })
  expect(await ic.run(['apply', path, '--yes'])).toMatchObject({
    code: 5,
    err: expect.stringContaining('version-taken'),
  })

  const text = stringify({ ...standing, version: 'cli-3', services: [{ ...first, tier: 9 }, ...rest] })
  writeFileSync(path, text)
  const line = text.split('\n').findIndex((one) => one.includes('tier: 9')) + 1
  const wrong = await ic.run(['apply', path, '--yes'])
  expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining(`${path}:${line}:`)])
  expect(wrong.err).toContain('/services/0/tier')
  expect(await ic.run(['diff', '-'], { input: 'a: [1' })).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^stdin:1:/),
  })
})

test('[CX13] what somebody else put between looking and putting stays: that is a conflict', async () => {
  const standing = await admin.get<Catalogue>('/api/v1/catalogue')
  const theirs = { ...standing, version: 'theirs' }
  const proxy = await between(server.url, 'PUT', async () => {
    await admin.send('PUT', '/api/v1/catalogue', theirs)
  })
  const token = (JSON.parse(readFileSync(tokens(), 'utf8')) as Record<string, string>)[server.url] ?? ''
  const input = stringify({ ...standing, version: 'ours' })
  const late = await ic.run(['apply', '-', '--yes', '--url', proxy.url], { input, env: { IC_TOKEN: token } })
  proxy.close()
  expect([late.code, late.err]).toEqual([5, expect.stringContaining('precondition-failed')])
  expect((await admin.get<Catalogue>('/api/v1/catalogue')).version).toBe('theirs')
})

test('[CX14] a secret comes from stdin or a file, is listed by name, and its value is never shown', async () => {
  const put = await ic.run(['secret', 'set', 'pager'], { input: `${SECRET}\n` })
  expect([put.code, put.err]).toEqual([0, 'pager is set, version 1.\n'])
  const listed = await ic.run(['secret', 'list', '--json'])
  expect(json<{ items: { name: string }[] }>(listed).items.map(({ name }) => name)).toEqual(['pager'])
  for (const { out, err } of [put, listed, await ic.run(['secret', 'list'])]) expect(out + err).not.toContain(SECRET)
  expect(await ic.run(['secret', 'delete', 'pager'])).toMatchObject({ code: 2, err: expect.stringContaining('--yes') })
  expect(await ic.run(['secret', 'delete', 'pager', '--yes'])).toMatchObject({ code: 0 })
  expect(await ic.run(['secret', 'delete', 'pager', '--yes'])).toMatchObject({ code: 3 })
})

test('[CX15] doctor says how each thing stands and what to do: sign-in, sources, targets, secrets, clock', async () => {
  const standing = await admin.get<Catalogue>('/api/v1/catalogue')
  const targets = [
    { name: 'pager', kind: 'webhook', url: 'https://hooks.corp/page', secret: 'pager-key' },
    { name: 'chat', kind: 'webhook', url: 'https://chat.example.com/hook', secret: 'chat-key' },
  ]
  const path = join(ic.home, 'targets.yaml')
  writeFileSync(path, stringify({ ...standing, version: 'cli-targets', targets }))
  expect((await ic.run(['apply', path, '--yes'])).err).toContain('cli-targets')
  const { code, out } = await ic.run(['doctor', '--no-probe', '--json'])
  const { checks } = JSON.parse(out) as { checks: { name: string; verdict: string; says: string; todo?: string }[] }
  const of = (name: string) => checks.find((check) => check.name === name)
  expect(code).toBe(1)
  for (const name of ['reachable', 'version', 'clock', 'sign-in', 'ready', 'intake', 'master key'])
    expect([name, of(name)?.verdict]).toEqual([name, 'ok'])
  expect(of('sign-in')?.says).toContain('admin')
  expect(of('source prometheus')).toMatchObject({ verdict: 'warn', says: expect.stringContaining('never heard of') })
  expect(of('target pager')).toMatchObject({ verdict: 'fail', says: expect.stringContaining('private-address') })
  expect(of('target chat')).toMatchObject({ verdict: 'ok', says: expect.stringContaining('a public name') })
  expect(of('secret pager-key')).toMatchObject({ verdict: 'fail', todo: 'ic secret set pager-key' })
  for (const { verdict, todo } of checks) expect(verdict === 'fail' || verdict === 'warn').toBe(todo !== undefined)
  const nobody = await ic.run(['doctor', '--no-probe', '--json'], { env: { IC_TOKEN: 'ic_nobody' } })
  expect([nobody.code, nobody.out]).toEqual([4, expect.stringContaining('--token-file')])
})

test('[CX9] a drill is run from the terminal: its change is shown, approved by digest and typed target, and recovers', async () => {
  const id = (await ic.run(['drill', '--wait', '-q'])).out.trim()
  expect(id).toMatch(/^inc_[a-z0-9]+-[a-z0-9]+$/)
  const none = await ic.run(['approve', await declare('Nothing is proposed'), '-r', 'x'])
  expect([none.code, none.err]).toEqual([3, expect.stringContaining('nothing is proposed')])
  await until('a proposal waits', 60_000, async () =>
    (await admin.detail(id)).proposal?.status === 'awaiting-approval' ? true : null,
  )
  const { proposal } = await admin.detail(id)
  const digest = proposal?.digest ?? ''
  const alone = await ic.run(['approve', id, '--yes', '-r', 'x'])
  expect([alone.code, alone.err]).toEqual([2, expect.stringContaining('--confirm')])
  for (const part of ['db-proxy', '22 → 33', 'reversible', digest, 'raise-pool-limit on db-proxy {"limit":22}'])
    expect(alone.out).toContain(part)
  const approve = (...more: string[]) => ic.run(['approve', id, '-r', 'the evidence fits', ...more])
  expect(await approve('--confirm', 'db-proxy')).toMatchObject({
    code: 2,
    err: expect.stringContaining('goes with --digest'),
  })
  expect(await approve('--digest', '0'.repeat(64), '--confirm', 'db-proxy')).toMatchObject({ code: 5 })
  expect(await approve('--digest', digest, '--confirm', 'checkout')).toMatchObject({
    code: 1,
    err: expect.stringContaining('confirm-mismatch'),
  })
  expect((await admin.detail(id)).proposal?.decisions).toEqual([])
  // At a terminal, typed ahead: first a wrong target, then the right one and why.
  const typed = (input: string) => ic.run(['approve', id], { terminal: true, input })
  expect((await typed('checkout\n')).out).toContain('confirm-mismatch')
  expect((await admin.detail(id)).proposal?.decisions).toEqual([])
  expect((await typed('db-proxy\nthe evidence fits\n')).out).toContain('P-1 is approved')

  const seen: RoomEvent[] = []
  const tailed = await ic.run(['tail', id, '--all', '--json', '--until', 'verification-ended'])
  for (const line of tailed.out.trim().split('\n')) seen.push(JSON.parse(line) as RoomEvent)
  expect(tailed.code).toBe(0)
  expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, index) => index + 1))
  expect(seen.at(-1)?.body).toMatchObject({ type: 'verification-ended', end: 'recovered' })
  const said = await ic.run(['tail', id, '--lines', '1000', '--no-follow'])
  for (const words of [
    'Resolution proposed P-1',
    'The quorum carried P-1, 4 of 4 support',
    'admin approved P-1',
    'P-1 recovered',
  ])
    expect(said.out).toContain(words)

  const path = join(ic.home, 'drill.json')
  expect(await ic.run(['export', id, '-o', path])).toMatchObject({ code: 0, out: '' })
  const verified = json<{ stateHash: string; server: string; votes: number; keys: string }>(
    await ic.run(['verify', path, '--json']),
  )
  expect(verified).toMatchObject({ votes: 4, keys: 'as the instance publishes them' })
  expect(['same', 'the server has more']).toContain(verified.server)
  expect(json<{ stateHash: string }>(await ic.run(['replay', path, '--json'])).stateHash).toBe(verified.stateHash)
  expect(await ic.run(['verify', id])).toMatchObject({ code: 0, out: expect.stringContaining('holds') })
  expect((await ic.run(['export', id, '-f', 'markdown'])).out).toContain('## Timeline')
  expect(await ic.run(['import', path])).toMatchObject({ code: 5, err: expect.stringContaining('lives-here') })
  const stop = json<{ items: { id: string }[] }>(await ic.run(['drill', 'list', '--json'])).items[0]?.id ?? ''
  expect(await ic.run(['drill', 'stop', stop])).toMatchObject({ code: 0 })
}, 240_000)

test('[CX12] an export of another instance is imported once; an altered one is refused at its event', async () => {
  const file = wholeFile('inc_elsewhere')
  const first = json<{ already: boolean; stateHash: string }>(
    await ic.run(['import', '-', '--json'], { input: JSON.stringify(file) }),
  )
  const offline = await ic.run(['verify', '-', '--json'], { input: JSON.stringify(file) })
  expect(first).toMatchObject({ already: false, stateHash: json<{ stateHash: string }>(offline).stateHash })
  expect(json<{ server: string }>(offline).server).toBe('same')
  expect(await ic.run(['import', '-'], { input: JSON.stringify(file) })).toMatchObject({
    code: 0,
    err: expect.stringContaining('already'),
  })
  const events = file.events.map((event) => (event.seq === 6 ? { ...event, at: 1 } : event))
  const altered = await ic.run(['import', '-'], { input: JSON.stringify({ ...file, events }) })
  expect([altered.code, altered.err]).toEqual([1, expect.stringContaining('events[5]')])
  mkdirSync(join(ic.home, 'out'))
  const exported = await ic.run(['export', 'inc_elsewhere', '-f', 'csv', '-o', 'out/x.csv'])
  expect([exported.code, readFileSync(join(ic.home, 'out/x.csv'), 'utf8').split('\r\n')[0]]).toEqual([
    0,
    expect.stringMatching(/^seq,at/),
  ])
})

test('[CX10] tail tells every event once and in order, also across a crash of the server, and ends when it is told to', async () => {
  const id = await declare('Watched all along')
  let told = ''
  const tailing = ic.run(['tail', id, '--all', '--plain', '--until', 'incident-acknowledged'], {
    saw: (out) => {
      told = out
    },
  })
  await until('tail has begun', 30_000, () => (told.includes('incident-opened') ? true : null))
  await admin.post(`/api/v1/incidents/${id}/notes`, { text: 'before the crash' })
  await until('the note is told', 30_000, () => (told.includes('before the crash') ? true : null))
  const { port } = server
  await server.kill()
  server = await deploy(port, state)
  await admin.post(`/api/v1/incidents/${id}/notes`, { text: 'after \u001b[31mthe crash' })
  await until('the other note is told', 60_000, () => (told.includes('after the crash') ? true : null))
  await admin.post(`/api/v1/incidents/${id}/acknowledge`, {})
  const { code, out, err } = await tailing
  const seqs = out
    .trim()
    .split('\n')
    .map((line) => Number(line.split('\t')[0]))
  expect(seqs).toEqual(seqs.map((_, index) => index + 1))
  expect([code, err]).toEqual([0, expect.stringContaining('connection lost')])
  expect(out).not.toContain('\u001b')
  expect(await ic.run(['tail', 'inc_neverwas'])).toMatchObject({ code: 3 })
}, 240_000)
