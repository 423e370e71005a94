import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT, removeFolder, tempFolder } from './server.ts'

test('[GR14] the tally counts what passed, failed, was skipped and why, and a file that does not load', () => {
  const folder = tempFolder('tally')
  const tally = join(folder, 'tally.json')
  mkdirSync(join(folder, 'tests'))
  writeFileSync(
    join(folder, 'tests/a.test.mjs'),
    `import { expect, test } from '${join(ROOT, 'node_modules/vitest/dist/index.js')}'
     test('one', () => {})
     test('two', () => expect(1).toBe(2))
     test('three', (context) => context.skip('no such thing here'))`,
  )
  writeFileSync(join(folder, 'tests/b.test.mjs'), 'throw new Error("it does not load")')
  const runner = join(ROOT, 'node_modules/vitest/vitest.mjs')
  const reporter = join(ROOT, 'test/tally.mjs')
  const ran = spawnSync(process.execPath, [runner, 'run', '--root', folder, '--reporter', reporter], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, IC_TALLY: tally },
  })
  expect(ran.status, ran.stderr).not.toBe(0)
  expect(JSON.parse(readFileSync(tally, 'utf8'))).toEqual({
    passed: 1,
    failed: 2,
    skipped: 1,
    skips: [{ title: 'three', reason: 'no such thing here' }],
  })
  removeFolder(folder)
})

test('[GR15] what IC_REQUIRE names fails where it is missing; what it does not name is skipped', async () => {
  const { need } = await import('./need.ts')
  const before = process.env['IC_REQUIRE']
  const asked = (required: string) => {
    process.env['IC_REQUIRE'] = required
    const said: string[] = []
    const skip = (reason?: string) => void said.push(reason ?? '')
    need({ skip }, 'nothing-like-it')
    return said
  }
  try {
    expect(asked('chromium')).toEqual(['nothing-like-it is not on this machine'])
    expect(() => asked('chromium,nothing-like-it')).toThrow('required')
  } finally {
    if (before === undefined) delete process.env['IC_REQUIRE']
    else process.env['IC_REQUIRE'] = before
  }
})
