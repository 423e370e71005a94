// `npm run sim -- --seed 83609` plays one seed; `--seeds 100000 [--from 1 | --seed-from-commit] [--jobs 4]` as many in a
// row, on all cores. Says once a minute how far it is, each failing seed with its law, and one line of figures at the end.
import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { type MessagePort, Worker, isMainThread, parentPort } from 'node:worker_threads'
import { type Played, type Total, add, nothing, play, wordsOf } from './play.ts'

const SEEDS_DEFAULT = 200
/** Seeds that a worker plays at a time: under a second. */
const CHUNK = 20
const PROGRESS_EVERY_MS = 60_000

if (isMainThread) await main()
else if (parentPort) serve(parentPort)

// Threads of one program have no origin: the rule means windows.
function serve(port: MessagePort): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  port.on('message', (from: number) => void chunk(from).then((all) => port.postMessage(all)))
}

async function chunk(from: number): Promise<Played[]> {
  const all: Played[] = []
  for (let seed = from; seed < from + CHUNK; seed += 1) all.push(await play(seed))
  return all
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      seeds: { type: 'string' },
      from: { type: 'string' },
      'seed-from-commit': { type: 'boolean' },
      jobs: { type: 'string' },
    },
  })
  const from = values['seed-from-commit'] ? seedOfCommit() : Number(values.seed ?? values.from ?? 1)
  const count = values.seed === undefined ? Number(values.seeds ?? SEEDS_DEFAULT) : 1
  const jobs = Number(values.jobs ?? availableParallelism())
  if (![from, count, jobs].every(Number.isSafeInteger) || count < 1 || jobs < 1) {
    console.error('usage: npm run sim -- [--seed N | --seeds N [--from N | --seed-from-commit]] [--jobs N]')
    process.exit(2)
  }
  const startedAt = performance.now()
  const seconds = (): number => (performance.now() - startedAt) / 1_000
  let figures = nothing()
  const learn = (one: Played): void => {
    figures = add(figures, one)
    if (one.broken !== null) console.log(`seed ${one.seed}: ${one.broken}`)
  }
  if (values.seed !== undefined) {
    const one = await play(from)
    console.log(one)
    learn(one)
  } else {
    const tell = setInterval(
      () => console.log(`${figures.seeds} of ${count}, ${seconds().toFixed(0)} s`),
      PROGRESS_EVERY_MS,
    )
    await inParallel(from, count, jobs, learn)
    clearInterval(tell)
    console.log(`seeds ${from} to ${from + count - 1} on ${jobs} cores`)
  }
  report(figures, seconds())
}

function report(figures: Total, seconds: number): void {
  console.log(wordsOf(figures, seconds))
  process.exitCode = figures.broken === 0 ? 0 : 1
}

/** Each worker is handed the next chunk when it is done with one. */
async function inParallel(from: number, count: number, jobs: number, learn: (one: Played) => void): Promise<void> {
  let next = from
  const end = from + count
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL(import.meta.url))
      const hand = (): void => {
        if (next >= end) return void worker.terminate().then(() => resolve())
        // oxlint-disable-next-line unicorn/require-post-message-target-origin
        worker.postMessage(next)
        next += CHUNK
      }
      worker.on('message', (all: Played[]) => {
        for (const one of all) if (one.seed < end) learn(one)
        hand()
      })
      worker.on('error', reject)
      hand()
    })
  await Promise.all(Array.from({ length: Math.min(jobs, Math.ceil(count / CHUNK)) }, work))
}

/** The first seed that a commit is tried with: another one each time, and the same for who looks into a failure. */
function seedOfCommit(): number {
  try {
    const hash = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    return Number.parseInt(hash.slice(0, 7), 16)
  } catch {
    // A copy of the sources without their history.
    return 1
  }
}
