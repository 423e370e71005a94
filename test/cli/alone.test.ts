import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { CHAIN_START, chainInput } from '../../durable/protocol/verify.ts'
import { fileOf, sha256 } from '../core/export/files.ts'
import { wholeFile } from '../core/export/whole.ts'
import { freePort, removeFolder, ROOT } from '../e2e/server.ts'
import { COMMANDS } from '../../bin/ic/commands.ts'
import { settingsOf } from '../../bin/ic/config.ts'
import { commandHelp } from '../../bin/ic/help.ts'
import { GLOBAL, parseOptions } from '../../bin/ic/options.ts'
import { Ic } from './ic.ts'

/** Nothing listens there: whoever asks the instance all the same is told so, and the test sees it. */
const nowhere = { IC_URL: `http://127.0.0.1:${await freePort()}` }
const ic = new Ic(nowhere)
afterAll(() => removeFolder(ic.home))

const OLD = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.0.0'})`

test('[CX1] a Node that cannot read TypeScript hands over to the one that came with the packages', async () => {
  const { code, out } = await ic.run(['version'], { node: [process.execPath, '--import', OLD] })
  expect([code, out]).toEqual([0, expect.stringMatching(/^ic \d+\.\d+\.\d+\n$/)])
  const wrong = await ic.run(['lst'], { node: [process.execPath, '--import', OLD] })
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('ic list')])
})

test('[CX1] where no such Node is there it says what to do', async () => {
  const alone = join(ic.home, 'alone')
  mkdirSync(join(alone, 'bin'), { recursive: true })
  for (const name of ['ic.mjs', 'become.mjs', 'node.mjs']) cpSync(`${ROOT}/bin/${name}`, join(alone, 'bin', name))
  const ran = spawnSync(process.execPath, ['--import', OLD, join(alone, 'bin/ic.mjs'), 'help'], { encoding: 'utf8' })
  expect([ran.status, ran.stdout]).toEqual([1, ''])
  expect(ran.stderr).toMatch(/^ic: Node 20\.0\.0 is too old: install Node 22\.18 or newer/)
})

test('[CX2] help and version go to stdout with 0; nothing at all is a usage error', async () => {
  const help = await ic.run(['help'])
  expect(help.code).toBe(0)
  for (const word of 'init declare list show tail ack resolve note approve apply diff drill export verify doctor replay'.split(
    ' ',
  ))
    expect(help.out).toMatch(new RegExp(`^  ${word}\\b`, 'm'))
  expect((await ic.run(['approve', '--help'])).out).toContain('--confirm TARGET')
  expect((await ic.run(['help', 'tail'])).out).toContain('--until TYPE')
  const bare = await ic.run([])
  expect([bare.code, bare.out]).toEqual([2, help.out])
})

test('[CX3] what is typed wrong is 2, said before anything is asked, with the nearest word', async () => {
  for (const [args, says] of [
    [['lst'], 'Did you mean `ic list`?'],
    [['aprove', 'inc_abcdef'], 'Did you mean `ic approve`?'],
    [['list', '--stat', 'x'], 'Did you mean --state?'],
    [['list', '--state', 'open'], '--state is one of'],
    [['show'], 'something is missing'],
    [['show', '../x'], 'is no incident'],
    [['declare', 'x'], '--service says'],
    [['--json', 'list'], 'the command comes first'],
    [['list', '--url', 'http://ic.example'], 'unencrypted'],
    [['completion', 'tcsh'], 'completion is for'],
  ] as const) {
    const { code, out, err } = await ic.run([...args])
    expect([args, code, out, err]).toEqual([args, 2, '', expect.stringContaining(says)])
  }
})

test('[CX3] options are read by their table: unknown, doubled and empty ones are refused, and all of them at once', () => {
  const refused = (...args: string[]) => {
    try {
      return parseOptions(args, GLOBAL)
    } catch (error) {
      return String(error)
    }
  }
  expect(refused('--timeout')).toContain('--timeout needs a value (S)')
  expect(refused('--timeout=')).toContain('needs a value')
  expect(refused('--timeout', '1', '--timeout', '2')).toContain('given twice')
  expect(refused('--json=yes')).toContain('takes no value')
  expect(refused('--jsn')).toContain('there is no option --jsn')
  expect(refused('--constructor')).toContain('there is no option')
  expect(refused('-x')).toContain('there is no option -x')
  expect(parseOptions(['a', '-yn', '--url', 'u', '--', '--json'], GLOBAL)).toEqual({
    args: ['a', '--json'],
    given: new Map<string, string | true>([
      ['yes', true],
      ['dry-run', true],
      ['url', 'u'],
    ]),
  })
})

test('[CX6] where to ask is an origin: https, or http on loopback, with no user in it', () => {
  const of = (url: string) => settingsOf({ url }, { HOME: ic.home }, ic.home)
  expect(of('http://[::1]:8787')).toMatchObject({ url: 'http://[::1]:8787', token: 'dev', urlFrom: 'flag' })
  expect(of('https://ic.example/')).toMatchObject({ url: 'https://ic.example', token: '' })
  for (const url of [
    'x',
    'ftp://x',
    'http://ic.example',
    'https://a:b@ic.example',
    'https://ic.example/path',
    'http://127.0.0.1.evil.example',
  ])
    expect(() => of(url), url).toThrow()
})

test('[CX2] an instance that does not answer is 75, and --json says it as JSON on stderr', async () => {
  const silent = await ic.run(['list'])
  expect([silent.code, silent.out, silent.err]).toEqual([75, '', expect.stringContaining('did not answer')])
  const { err } = await ic.run(['list', '--json'])
  expect(JSON.parse(err)).toMatchObject({ error: { code: 'unreachable', exit: 75 } })
  const { code, out } = await ic.run(['doctor', '--json'])
  expect([code, JSON.parse(out)]).toEqual([75, expect.objectContaining({ ok: false })])
})

test('[CX5] no secret is taken from the command line', async () => {
  for (const args of [
    ['list', '--token', 'ic_x'],
    ['list', '--token=ic_x'],
    ['secret', 'set', 'pager', '--value', 'x'],
    ['init', '--token', 'x'],
  ])
    expect(await ic.run(args)).toMatchObject({ code: 2, err: expect.stringContaining('seen by every process') })
})

test('[CX6] a project file names no token, and sends none to a host that the user never named', async () => {
  const project = join(ic.home, 'project/deep')
  mkdirSync(project, { recursive: true })
  const write = (value: object) => writeFileSync(join(ic.home, 'project/.ic.json'), JSON.stringify(value))
  const ask = () => new Ic().run(['list'], { cwd: project, env: { IC_TOKEN: 'ic_mine' } })
  write({ url: 'https://evil.example' })
  expect(await ask()).toMatchObject({ code: 2, err: expect.stringContaining('no token is sent there') })
  write({ url: nowhere.IC_URL, token: 'x' })
  expect(await ask()).toMatchObject({ code: 2, err: expect.stringContaining('token has no place') })
  write({ url: nowhere.IC_URL })
  expect(await ask()).toMatchObject({ code: 75, err: expect.stringContaining(nowhere.IC_URL) })
})

test('[CX16] completion scripts for three shells know every command and its options', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, out } = await ic.run(['completion', shell])
    expect(code).toBe(0)
    for (const word of ['approve', 'replay', 'no-follow', 'token-file', 'database-cascade'])
      expect([shell, out]).toEqual([shell, expect.stringContaining(word)])
  }
  const { out } = await ic.run(['completion', 'bash'])
  const asked = (words: string) =>
    spawnSync(
      'bash',
      ['-c', `${out}\nCOMP_WORDS=(${words}); COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); _ic; echo "\${COMPREPLY[@]}"`],
      { encoding: 'utf8' },
    ).stdout.trim()
  expect(asked('ic app')).toBe('approve apply')
  expect(asked('ic tail --unt')).toBe('--until')
  expect(asked('ic drill st')).toBe('stop')
})

test('[CX12] an export is verified and replayed with nobody to ask; an altered one is refused at its event', async () => {
  const file = wholeFile()
  const path = join(ic.home, 'inc_abcdef.json')
  writeFileSync(path, JSON.stringify(file))
  const verified = await ic.run(['verify', path, '--offline', '--json'])
  expect(JSON.parse(verified.out)).toMatchObject({
    ok: true,
    chainHead: file.chainHead,
    count: file.count,
    server: 'not asked',
  })
  const unreached = await ic.run(['verify', 'inc_abcdef.json', '--json'])
  expect([unreached.code, JSON.parse(unreached.out)]).toEqual([0, expect.objectContaining({ server: 'not reached' })])
  const replayed = JSON.parse((await ic.run(['replay', '-', '--json'], { input: JSON.stringify(file) })).out) as {
    stateHash: string
    view: { seq: number }
  }
  expect(replayed).toMatchObject({
    stateHash: (JSON.parse(verified.out) as { stateHash: string }).stateHash,
    view: { seq: file.count },
  })
  const early = JSON.parse((await ic.run(['replay', path, '--at', '3', '--json'])).out) as { view: { seq: number } }
  expect(early.view.seq).toBe(3)
  expect(
    (await ic.run(['replay', path, '--events'])).out.split('\n').filter((line) => /^\d+ /.test(line)),
  ).toHaveLength(file.count)

  const events = file.events.map((event) => (event.seq === 5 ? { ...event, at: event.at + 1 } : event))
  expect(await ic.run(['verify', '-'], { input: JSON.stringify({ ...file, events }) })).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringContaining('event 5: hash-differs'),
  })
  const cut = { ...file, events: file.events.slice(0, -1), count: file.count - 1 }
  expect(await ic.run(['verify', '-'], { input: JSON.stringify(cut) })).toMatchObject({
    code: 1,
    err: expect.stringContaining('missing at its end'),
  })
  expect(JSON.parse(verified.out)).toMatchObject({
    proposals: 1,
    votes: 4,
    certificates: 1,
    keys: 'as the log names them',
  })
  expect(await ic.run(['verify', 'none.json'])).toMatchObject({ code: 3, err: expect.stringContaining('no-such-file') })
  expect(await ic.run(['replay', '-'], { input: '{}' })).toMatchObject({
    code: 1,
    err: expect.stringContaining('not-an-export'),
  })
})

test('[CX11] what outsiders wrote reaches the terminal as plain text, in JSON too', async () => {
  const file = fileOf()
  const evil = 'x\u001b[2J\u001b]0;owned\u0007\u009b31m\u202egpj'
  const opened = structuredClone(file.events[0]?.body)
  if (opened?.type !== 'incident-opened') throw new Error('a log begins with its opening')
  opened.head.title = evil
  const input = JSON.stringify(fileOf([opened]))
  for (const args of [
    ['replay', '-'],
    ['replay', '-', '--events'],
    ['replay', '-', '--json'],
  ]) {
    const { code, out } = await ic.run(args, { input })
    expect(code).toBe(0)
    expect(out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u)
  }
  const { out } = await ic.run(['replay', '-', '--json'], { input })
  expect((JSON.parse(out) as { view: { head: { title: string } } }).view.head.title).toBe(evil)
})

test('[CX7] nothing is written but what was asked for: no configuration appears by itself', () => {
  expect(() => statSync(`${ic.home}/config`)).toThrow('ENOENT')
  expect(readFileSync(`${ROOT}/bin/ic.mjs`, 'utf8').startsWith('#!/usr/bin/env node\n')).toBe(true)
})

test('[CL48] each command has help with an example that its own table reads, and each shell completes it', async () => {
  const scripts = await Promise.all(['bash', 'zsh', 'fish'].map((shell) => ic.run(['completion', shell])))
  for (const command of COMMANDS) {
    const help = commandHelp(command)
    expect(help).toContain(`Example: ${command.example}`)
    for (const { out } of scripts) expect(out).toMatch(new RegExp(`[ '(]${command.name}[ ':)]`))
    const words = wordsOf(command.example.replace(/ > .*$/, ''))
    const at = words.indexOf('ic')
    if (command.name === 'completion') continue
    expect([command.name, words[at + 1]]).toEqual([command.name, command.name])
    const { args } = parseOptions(words.slice(at + 2), { ...GLOBAL, ...command.options })
    expect(args.length, command.example).toBeGreaterThanOrEqual(command.args.min)
    expect(args.length, command.example).toBeLessThanOrEqual(command.args.max)
    if (command.words) expect([...command.words, ''], command.example).toContain(args[0] ?? '')
  }
})

/** A line as a shell takes it apart: single quotes and no more. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')
}

test('[CN76] what was written into a log together with a new chain is refused at its event, and so is a byte of the text', async () => {
  const file = wholeFile()
  let head = CHAIN_START
  const events = file.events.map((event) => {
    const { body } = event
    const forged = body.type === 'vote-cast' ? { ...body, vote: { ...body.vote, reason: 'never said' } } : body
    head = sha256(chainInput(head, { ...event, body: forged }))
    return { ...event, body: forged, hash: head }
  })
  const first = events.find(({ body }) => body.type === 'vote-cast')?.seq
  expect(
    await ic.run(['verify', '-', '--offline'], { input: JSON.stringify({ ...file, events, chainHead: head }) }),
  ).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringContaining(`event ${first}: detection's signature is recorded as valid and is bad-signature`),
  })
  const text = JSON.stringify(file).replace('"v":1', '"v":1.0')
  expect(await ic.run(['verify', '-', '--offline'], { input: text })).toMatchObject({
    code: 1,
    err: expect.stringContaining('not-as-exported'),
  })
})
