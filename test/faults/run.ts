// `npm run drill:faults [-- --seeds N] [--from N] [--story NAME] [--json FILE]`: every mix of faults on every story.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { casesOf } from './case.ts'
import { groupOf, reportOf } from './report.ts'
import { type Result, score } from './score.ts'
import { tableOf } from './table.ts'

/** Seeds that make more than two thousand runs with faults. */
const SEEDS_DEFAULT = 5

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    from: { type: 'string' },
    story: { type: 'string' },
    json: { type: 'string' },
  },
})
const seeds = Number(values.seeds ?? SEEDS_DEFAULT)
const from = Number(values.from ?? 1)
const cases = casesOf(seeds, from).filter(({ story }) => values.story === undefined || story === values.story)
if (!Number.isSafeInteger(seeds) || seeds < 1 || !Number.isSafeInteger(from) || cases.length === 0) {
  console.error('usage: npm run drill:faults [-- --seeds N] [--from N] [--story NAME] [--json FILE]')
  process.exit(2)
}

/** Where nothing may go wrong: the others are measured. */
const CLAIMED = new Set(['none', 'common', 'one'])

const startedAt = performance.now()
const results: Result[] = []
for (const one of cases) {
  const result = await score(one)
  results.push(result)
  // One faulty voter never makes another or an unsafe action run: what does is named at once.
  if (CLAIMED.has(groupOf(result)) && (result.outcome === 'wrong' || result.outcome === 'unsafe'))
    console.error(
      `${one.story} ${one.seed} ${one.name} ${one.faults.map(({ agent }) => agent ?? 'all').join()}: ${result.outcome}`,
    )
}
const report = reportOf(results)
console.log(tableOf(report))
const each = (performance.now() - startedAt) / results.length
console.error(`${results.length} runs, ${each.toFixed(0)} ms each`)
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ report, results }, null, 1)}\n`)
const claimed = [report.totals.none, report.totals.common, report.totals.one]
const harm = claimed.map(({ outcomes, different }) => outcomes.wrong.k + outcomes.unsafe.k + different.k)
process.exit(harm.every((runs) => runs === 0) ? 0 : 1)
