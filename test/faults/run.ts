// `npm run drill:faults [-- --seeds N] [--more N] [--from N] [--story NAME] [--jobs N] [--json FILE]`: every mix of faults on every
// story for so many seeds, and for some more those that the claim is about: at most one faulty voter.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { type Case, casesOf } from './case.ts'
import { groupOf, reportOf } from './report.ts'
import { type Result, score } from './score.ts'
import { tableOf } from './table.ts'

/** Together they make more than two thousand runs with at most one faulty voter. */
const SEEDS_DEFAULT = 5
const MORE_DEFAULT = 5
const CLAIMED = new Set(['none', 'common', 'one'])
/** What a child may say on its way, bytes. */
const SAID_MAX = 64_000_000

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    more: { type: 'string' },
    from: { type: 'string' },
    story: { type: 'string' },
    jobs: { type: 'string' },
    json: { type: 'string' },
  },
})
const seeds = Number(values.seeds ?? SEEDS_DEFAULT)
const more = Number(values.more ?? (values.seeds === undefined ? MORE_DEFAULT : 0))
const from = Number(values.from ?? 1)
const jobs = Number(values.jobs ?? availableParallelism())
const whole = [seeds, more, from, jobs].every((value) => Number.isSafeInteger(value) && value >= 0) && jobs > 0
const cases = whole
  ? [...casesOf(seeds, from), ...casesOf(more, from + seeds).filter(isClaimed)].filter(
      ({ story }) => values.story === undefined || story === values.story,
    )
  : []
if (cases.length === 0) {
  console.error(
    'usage: npm run drill:faults [-- --seeds N] [--more N] [--from N] [--story NAME] [--jobs N] [--json FILE]',
  )
  process.exit(2)
}

const startedAt = performance.now()
const results = jobs > 1 && seeds + more > 1 ? await shared() : await alone()
const report = reportOf(results)
console.log(tableOf(report))
console.error(`${results.length} runs, ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`)
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ report, results }, null, 1)}\n`)
const claimed = [report.totals.none, report.totals.common, report.totals.one]
const harm = claimed.map(({ outcomes, different }) => outcomes.wrong.k + outcomes.unsafe.k + different.k)
process.exit(harm.every((runs) => runs === 0) ? 0 : 1)

async function alone(): Promise<Result[]> {
  const played: Result[] = []
  for (const one of cases) {
    const result = await score(one)
    played.push(result)
    // One faulty voter never makes another or an unsafe action run: what does is named at once.
    const harms = result.outcome === 'wrong' || result.outcome === 'unsafe'
    if (isClaimed(result) && harms)
      console.error(
        `${one.story} ${one.seed} ${one.name} ${one.faults.map(({ agent }) => agent).join()}: ${result.outcome}`,
      )
  }
  return played
}

/** Where nothing may go wrong: the others are measured. */
function isClaimed(one: Case): boolean {
  return CLAIMED.has(groupOf(one))
}

/** Each seed in a process of its own, so many at once: what one comes to depends on nothing else. */
async function shared(): Promise<Result[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'ic-faults-'))
  const left = Array.from({ length: seeds + more }, (_, index) => from + index)
  const all = new Map<number, Result[]>()
  const work = async (): Promise<void> => {
    for (let seed = left.shift(); seed !== undefined; seed = left.shift()) {
      const file = join(scratch, `${seed}.json`)
      const story = values.story === undefined ? [] : ['--story', values.story]
      const which = seed < from + seeds ? ['--seeds', '1'] : ['--seeds', '0', '--more', '1']
      const args = [import.meta.filename, ...which, '--from', String(seed), '--json', file, ...story]
      // One that found harm ends with 1 and has written what it found.
      const said = await promisify(execFile)(process.execPath, args, { maxBuffer: SAID_MAX }).catch(
        (error: unknown) => error as { stderr: string },
      )
      process.stderr.write(said.stderr)
      all.set(seed, (JSON.parse(readFileSync(file, 'utf8')) as { results: Result[] }).results)
    }
  }
  await Promise.all(Array.from({ length: jobs }, work))
  rmSync(scratch, { recursive: true, force: true })
  return [...all.keys()].sort((a, b) => a - b).flatMap((seed) => all.get(seed) ?? [])
}
