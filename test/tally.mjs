import { writeFileSync } from 'node:fs'

/** A vitest reporter that writes how many tests passed, failed and were skipped, and why, to the file IC_TALLY names. */
export default class Tally {
  onTestRunEnd(modules, unhandledErrors) {
    const tally = { passed: 0, failed: unhandledErrors.length, skipped: 0, skips: [] }
    for (const module of modules) {
      if (module.errors().length > 0) tally.failed += 1
      for (const test of module.children.allTests()) count(tally, test)
    }
    if (process.env.IC_TALLY) writeFileSync(process.env.IC_TALLY, JSON.stringify(tally))
  }
}

function count(tally, test) {
  const result = test.result()
  if (result.state === 'passed') tally.passed += 1
  else if (result.state === 'skipped') {
    tally.skipped += 1
    tally.skips.push({ title: test.fullName, reason: result.note ?? 'no reason given' })
  }
  // A test that never ended counts as failed: nobody saw it pass.
  else tally.failed += 1
}
