import { existsSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import type { TestContext } from 'vitest'

/** What a machine may lack, and how to see that it has it. */
const NEEDS = {
  chromium: () => existsSync('/usr/bin/chromium'),
  prometheus: () =>
    ['prometheus', 'prometheus-alertmanager', 'prometheus-node-exporter'].every((name) =>
      existsSync(`/usr/bin/${name}`),
    ),
  netns: () =>
    spawnSync('unshare', ['--net', 'ip', 'link', 'set', 'lo', 'up']).status === 0 &&
    spawnSync('strace', ['-V']).status === 0,
}
export type Need = keyof typeof NEEDS

/** Skips the test, with the reason, where the machine lacks something; fails it where IC_REQUIRE names that thing. */
export function need(context: TestContext, name: Need): void {
  if (NEEDS[name]()) return
  const required = (process.env['IC_REQUIRE'] ?? '').split(',')
  if (required.includes(name)) throw new Error(`${name} is required here (IC_REQUIRE) and missing`)
  context.skip(`${name} is not on this machine`)
}
