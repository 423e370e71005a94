import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { buildWeb } from '../../bin/build-web.mjs'
import { ROOT, removeFolder, tempFolder } from './server.ts'

let root = ''
beforeEach(() => {
  root = tempFolder('page')
  for (const folder of ['web', 'durable/protocol', 'bin']) mkdirSync(join(root, folder), { recursive: true })
  for (const file of ['package-lock.json', 'bin/build-web.mjs']) cpSync(join(ROOT, file), join(root, file))
  write('package.json', '{ "type": "module" }')
  write('web/vite.config.ts', 'export default { root: import.meta.dirname }')
  write('web/index.html', '<!doctype html><title>page</title><script type="module" src="./page.js"></script>')
  write('web/page.js', 'document.title = "first"')
})
afterEach(() => removeFolder(root))

test('[GR4] the page is built once and again only when something it is made of changed', async () => {
  expect(await buildWeb(root)).toBe('built')
  expect(await buildWeb(root)).toBe('fresh')
  write('web/page.js', 'document.title = "second"')
  expect(await buildWeb(root)).toBe('built')
  expect(script()).toContain('second')
  write('durable/protocol/words.ts', 'export const WORD = 1')
  expect(await buildWeb(root)).toBe('built')
})

test('[GR5] a build that fails leaves the page that was there, and no scraps', async () => {
  await buildWeb(root)
  write('web/page.js', 'this is no program (')
  await expect(buildWeb(root)).rejects.toThrow()
  expect(script()).toContain('first')
  expect(readdirSync(join(root, 'dist'))).not.toContain('web.lock')
  expect(readdirSync(join(root, 'dist')).filter((name) => name.startsWith('.web-'))).toEqual([])
})

test('[GR5] of several that build at once one builds and the others find it fresh', async () => {
  const said = await Promise.all([1, 2, 3].map(buildElsewhere))
  expect(said.toSorted()).toEqual(['built', 'fresh', 'fresh'])
})

test('[GR5] the lock of a builder that died is taken over', async () => {
  const dead = spawn(process.execPath, ['-e', ''])
  await new Promise((resolve) => dead.on('exit', resolve))
  mkdirSync(join(root, 'dist'))
  write('dist/web.lock', String(dead.pid))
  expect(await buildWeb(root)).toBe('built')
  expect(existsSync(join(root, 'dist/web.lock'))).toBe(false)
})

function write(path: string, text: string): void {
  writeFileSync(join(root, path), text)
}

function script(): string {
  const folder = join(root, 'dist/web/assets')
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n')
}

function buildElsewhere(): Promise<string> {
  const module = join(ROOT, 'bin/build-web.mjs')
  const program = `const { buildWeb } = await import(${JSON.stringify(module)}); process.stdout.write(await buildWeb(${JSON.stringify(root)}))`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return new Promise((resolve) => {
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    child.on('exit', () => resolve(said))
  })
}
