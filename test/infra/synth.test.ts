import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Template } from '../../infra/synth.ts'
import { need } from '../e2e/need.ts'

const ROOT = join(import.meta.dirname, '../..')

/** The command line with no network but loopback, nobody's home and nothing of AWS in its environment. */
function synth(out: string, ...args: string[]) {
  return spawnSync('unshare', ['--net', process.execPath, 'infra/run.mjs', 'synth', '--output', out, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', HOME: out },
  })
}

test('[IF1] `npm run synth` needs no account, no credentials and no network', { timeout: 120_000 }, (context) => {
  need(context, 'netns')
  const out = mkdtempSync(join(tmpdir(), 'ic-cdk-'))
  try {
    const { status, stderr } = synth(out)
    expect(stderr).not.toMatch(/error/i)
    expect(status).toBe(0)
    const made = JSON.parse(readFileSync(join(out, 'IncidentCommander-prod.template.json'), 'utf8')) as Template
    const stored = JSON.parse(readFileSync(join(ROOT, 'infra/template.json'), 'utf8')) as Template
    expect(made.Resources).toEqual(stored.Resources)
    expect(made.Outputs).toEqual(stored.Outputs)
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
})

test('[IF3] a wrong setting ends the command line with the reason', { timeout: 120_000 }, (context) => {
  need(context, 'netns')
  const out = mkdtempSync(join(tmpdir(), 'ic-cdk-'))
  try {
    const { status, stderr } = synth(out, '-c', 'host=https://x', '-c', 'stage=prod')
    expect(status).toBe(1)
    expect(stderr).toContain('-c host=… may not be "https://x"')
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
})
