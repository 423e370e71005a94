import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { besidesTheDoor, brokenArrows } from './tidy/arrows.ts'
import { improprieties, impurities } from './tidy/banned.ts'
import { deadFiles } from './tidy/dead.ts'
import { importsOf, namedFiles } from './tidy/imports.ts'
import { ROOT, parseSource, projectFiles, readSource } from './tidy/source.ts'
import { ruleIds, specProblems, testTitles } from './tidy/spec.ts'

/** Recordings and generated lists are not ours to tidy; pictures are not text. */
const FOREIGN = /^(?:test\/captures\/|package-lock\.json$|LICENSE$)|\.(?:png|woff2|ico)$/

const files = projectFiles().filter((path) => !FOREIGN.test(path))
const sources = files.map(readSource)
const imports = sources.flatMap(importsOf)
const named = sources.flatMap((source) => namedFiles(source, new Set(files)))
const pure = sources.filter(({ path }) => /^durable\/(?:core|protocol)\//.test(path))

test('[GR20] each file imports only what its room may', () => {
  expect(brokenArrows(imports)).toEqual([])
})

test('[GR20] an import against the arrows is found, and so is a package where none may be', () => {
  const planted = [
    parseSource('durable/protocol/planted.ts', `import { decide } from '../core/incident/decide.ts'`),
    parseSource('durable/core/planted.ts', `export type { A } from 'zod/mini'`),
    parseSource('web/src/planted.ts', `const room = await import('../../durable/room/index.ts')`),
    parseSource('worker/planted.ts', `type T = import('../test/run.ts').T`),
    parseSource('elsewhere/planted.ts', `import './x.ts'`),
  ]
  expect(brokenArrows(planted.flatMap(importsOf))).toEqual([
    'durable/protocol/planted.ts:1 may not import durable/core/incident/decide.ts',
    'durable/core/planted.ts:1 may not import zod/mini',
    'web/src/planted.ts:1 may not import durable/room/index.ts',
    'worker/planted.ts:1 may not import test/run.ts',
    'elsewhere/planted.ts is in no room of the table',
  ])
})

test('[BD20] bridge/aws is imported by bridge/bridge.ts alone', () => {
  expect(besidesTheDoor(imports)).toEqual([])
  const planted = parseSource('bridge/embedded/planted.ts', `import { awsDrivers } from '../aws/index.ts'`)
  expect(besidesTheDoor(importsOf(planted))).toEqual([
    'bridge/embedded/planted.ts:1 imports bridge/aws/index.ts beside bridge/bridge.ts',
  ])
})

test('[GR21] core and protocol read no clock, set no timer, roll no dice, wait for nothing, reach nothing', () => {
  expect(pure.flatMap(impurities)).toEqual([])
})

test('[GR21] each such use is found, and a member or a label of that name is not', () => {
  const planted = `const a = Date.now()
    const b = new Date()
    const c = setTimeout(() => {}, 1)
    const d = async () => await fetch('x')
    console.log(crypto.randomUUID(), Math.random())
    const fine = { fetch: 1, crypto: port.fetch, at: new Date(5).toISOString() }`
  expect(impurities(parseSource('durable/core/planted.ts', planted)).map((line) => line.split(' uses ')[1])).toEqual([
    'Date.now',
    'new Date()',
    'setTimeout',
    'async',
    'await',
    'fetch',
    'console',
    'crypto',
    'Math.random',
  ])
})

test('[GR22] no Math.random, no any, no !, no silenced type check, zod only as zod/mini, no path of one machine', () => {
  expect(sources.flatMap(improprieties)).toEqual([])
})

test('[GR22] each of these is found', () => {
  const silencer = ['@ts', 'ignore'].join('-')
  const home = ['', 'home', 'someone', 'x'].join('/')
  const planted = `import * as z from 'zod'
    let a: any = Math.random()
    const b = a!.b
    // ${silencer}
    const p = '${home}'`
  expect(improprieties(parseSource('worker/planted.ts', planted))).toEqual([
    'worker/planted.ts names a path of one machine',
    'worker/planted.ts silences the type checker',
    'worker/planted.ts:1 imports zod whole (120 KiB): zod/mini',
    'worker/planted.ts:2 says any',
    'worker/planted.ts:2 uses Math.random: chance comes from a seeded generator or from crypto',
    'worker/planted.ts:3 says ! where a check or an assert belongs',
  ])
})

test('[GR23] every file of code is reached from where running starts', () => {
  expect(deadFiles(files, [...imports, ...named])).toEqual([])
})

test('[GR23] a file that nothing reaches is found', () => {
  const line = { specifier: '', line: 1 }
  const planted = [
    { from: 'worker/index.ts', to: 'worker/a.ts', ...line },
    { from: 'worker/b.ts', to: 'worker/c.ts', ...line },
  ]
  const four = ['worker/index.ts', 'worker/a.ts', 'worker/b.ts', 'worker/c.ts']
  expect(deadFiles(four, planted)).toEqual(['worker/b.ts', 'worker/c.ts'])
})

test('[GR24] every rule of SPEC.md has a test, and every test names its rule', () => {
  const path = join(ROOT, 'durable/SPEC.md')
  expect(existsSync(path), 'durable/SPEC.md is there').toBe(true)
  const titles = sources.filter((source) => /\.test\.tsx?$/.test(source.path)).flatMap(testTitles)
  expect(specProblems(ruleIds(readFileSync(path, 'utf8')), titles)).toEqual([])
})

test('[GR24] a rule without a test, an unknown id and a title without an id are found', () => {
  const rules = ruleIds('- **AA1** one\n- **AA2** two\n- **AA2** again\ntext **AA9** no rule')
  const planted = `test('[AA1] fine', f)
    test.each([1, 2])('[AA7] unknown %s', f)
    it.skipIf(cold)(\`no id \${x}\`, f)
    other('not a test', f)`
  expect(specProblems(rules, testTitles(parseSource('test/planted.test.ts', planted)))).toEqual([
    'AA2 stands twice in SPEC.md',
    'AA2 has no test',
    'test/planted.test.ts: "[AA7] unknown %s" cites AA7, which is no rule',
    'test/planted.test.ts: "no id …" does not start with the id of its rule',
  ])
})

test('[GR25] local mode is never configured where a deploy would read it', () => {
  expect(readFileSync(join(ROOT, 'wrangler.toml'), 'utf8')).not.toMatch(/IC_MODE/)
})

test('[GR27] README is short, and every command, link and part that the documents name is there', () => {
  const documents = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'docs/architecture.md']
  const text = documents.map((path) => readFileSync(join(ROOT, path), 'utf8')).join('\n')
  expect(readFileSync(join(ROOT, 'README.md'), 'utf8').split('\n').length).toBeLessThanOrEqual(100)
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const commands = [...text.matchAll(/npm (?:(start|test)\b|run ([a-z:]+))/g)].map(
    (match) => match[1] ?? match[2] ?? '',
  )
  expect(commands.filter((command) => scripts[command] === undefined)).toEqual([])
  expect(new Set(commands).size).toBeGreaterThan(4)
  const links = documents.flatMap((path) =>
    [...readFileSync(join(ROOT, path), 'utf8').matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map((match) =>
      join(dirname(path), match[1] ?? ''),
    ),
  )
  expect(links.filter((link) => !existsSync(join(ROOT, link)))).toEqual([])
})
