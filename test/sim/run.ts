// `npm run sim -- --seed 83609` plays one seed, `--seeds 500 [--from 1]` as many in a row.
import { parseArgs } from 'node:util'
import { play, total, wordsOf } from './play.ts'

const SEEDS_DEFAULT = 200

const { values } = parseArgs({
  options: { seed: { type: 'string' }, seeds: { type: 'string' }, from: { type: 'string' } },
})
const from = Number(values.seed ?? values.from ?? 1)
const count = values.seed === undefined ? Number(values.seeds ?? SEEDS_DEFAULT) : 1
if (!Number.isSafeInteger(from) || !Number.isSafeInteger(count) || count < 1) {
  console.error('usage: npm run sim -- [--seed N | --seeds N [--from N]]')
  process.exit(2)
}

const startedAt = performance.now()
const all = Array.from({ length: count }, (_, index) => play(from + index))
if (values.seed !== undefined) console.log(all[0])
for (const { seed, broken } of all) if (broken !== null) console.log(`seed ${seed}: ${broken}`)
const figures = total(all)
console.log(wordsOf(figures, (performance.now() - startedAt) / 1_000))
process.exit(figures.broken.length === 0 ? 0 : 1)
