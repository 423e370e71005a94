#!/usr/bin/env node
// `npm test`: builds, then runs each part and says how it went. `npm test -- node worker` runs only these parts.
//   IC_REQUIRE  comma-separated needs (chromium, prometheus, netns, infra) whose absence fails instead of skipping
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT, fittingNode, toolEnv } from '../bin/node.mjs'

/**
 * In order of how soon a mistake shows. Parts that start servers run their files one after another: they measure and
 * they kill, and two of them at once would only be in each other's way.
 */
const PARTS = [
  { name: 'tidy' },
  { name: 'node' },
  { name: 'worker' },
  { name: 'web' },
  // Packages that only a deploy to AWS needs, with an install of their own.
  { name: 'infra', packages: 'infra/node_modules/aws-cdk-lib' },
  { name: 'ground', args: ['--no-file-parallelism'] },
]

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !PARTS.some((part) => part.name === name))
if (unknown.length > 0) {
  console.error(`no such part: ${unknown.join(', ')}; there are ${PARTS.map((part) => part.name).join(', ')}`)
  process.exit(2)
}

const total = { passed: 0, failed: 0, skipped: 0 }
const lines = []
const scratch = mkdtempSync(join(tmpdir(), 'ic-test-'))

const built = run('npm', ['run', '-s', 'build'])
if (built !== 0) report('build', { passed: 0, failed: 1, skipped: 0 }, 0)
for (const part of PARTS) if (wanted.length === 0 || wanted.includes(part.name)) runPart(part)

rmSync(scratch, { recursive: true, force: true })
console.log(`\n${lines.join('\n')}\n`)
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exit(total.failed === 0 ? 0 : 1)

function runPart({ name, args = [], packages }) {
  if (packages !== undefined && !existsSync(join(ROOT, packages))) return leaveOut(name)
  const tally = join(scratch, `${name}.json`)
  const startedAt = performance.now()
  const code = run(
    fittingNode(),
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--project',
      name,
      '--reporter=default',
      '--reporter=./test/tally.mjs',
      ...args,
    ],
    { IC_TALLY: tally },
  )
  const counts = read(tally) ?? { passed: 0, failed: 0, skipped: 0, skips: [] }
  // A runner that fails without naming a test (a file that does not load, an error nobody caught) has failed all the same.
  if (code !== 0 && counts.failed === 0) counts.failed = 1
  report(name, counts, (performance.now() - startedAt) / 1000)
  for (const skip of counts.skips) lines.push(`         skipped: ${skip.title} (${skip.reason})`)
}

/** A part whose packages are not there is one skip with its reason, or one failure where it is required. */
function leaveOut(name) {
  const required = (process.env.IC_REQUIRE ?? '').split(',').includes(name)
  report(name, { passed: 0, failed: required ? 1 : 0, skipped: required ? 0 : 1 }, 0)
  lines.push(`         ${required ? 'required' : 'skipped'}: its packages are not installed (npm ci --prefix ${name})`)
}

function report(name, counts, seconds) {
  for (const key of Object.keys(total)) total[key] += counts[key]
  const { passed, failed, skipped } = counts
  lines.push(`${name.padEnd(8)} ${passed} ok, ${failed} not, ${skipped} left out, ${seconds.toFixed(0)} s`)
}

function run(file, args, env = {}) {
  return spawnSync(file, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env: toolEnv(env) }).status ?? 1
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}
