// `npm run bench`: how long the product takes, on this machine, now. Served from the production bundle on the bare
// runtime; clients share the cores with it. Figures are for comparing within one run; no test asserts a millisecond.
import { cpus } from 'node:os'
import { removeFolder } from '../e2e/server.ts'
import { serve } from '../load/serving.ts'
import { floorRoom, productRoom } from '../load/theatres.ts'
import { type FanoutResult, fanout } from '../load/viewers.ts'
import { line, percentile } from './figures.ts'
import { alertToOpen } from './open.ts'
import { drillToProposal, liveToAnswer } from './proposal.ts'

const server = await serve('product')
const floor = await serve('test/bench/floor.js')
try {
  console.log(`${cpus().length} cores, Node ${process.version}; wall times\n`)
  const open = await alertToOpen(server.url, 100)
  console.log(line('alert POST -> incident open, in a list', open.seen))
  console.log(line('alert POST -> acknowledged (durable)', open.acknowledged))
  console.log(line('live: alert POST -> all five agents answered', await liveToAnswer(5)))
  const drill = await drillToProposal(server.url, 5)
  console.log(line('drill at speed 60: alert -> proposal', drill.fromAlert))
  console.log(line('drill at speed 60: start -> proposal', drill.fromStart))

  // Alternated, so that a machine that warms up or slows down does so for both.
  for (const [viewers, events, perSecond] of [
    [1, 100, 10],
    [100, 100, 10],
    [1_000, 100, 10],
  ] as const) {
    const rounds: { floor: FanoutResult; product: FanoutResult }[] = []
    for (let round = 0; round < 2; round += 1)
      rounds.push({
        floor: await fanout(floorRoom(floor.url), viewers, events, perSecond),
        product: await fanout(await productRoom(server.url), viewers, events, perSecond),
      })
    console.log('')
    const floors = rounds.map((round) => round.floor)
    const products = rounds.map((round) => round.product)
    show(`event -> ${viewers} browsers' sockets, bare object`, floors)
    show(`event -> ${viewers} browsers' sockets, room`, products)
    const ratio = (share: number) => (percentile(all(products), share) / percentile(all(floors), share)).toFixed(2)
    console.log(`${'room / bare object'.padEnd(44)} p50 ${ratio(0.5)}x  p99 ${ratio(0.99)}x`)
  }
} finally {
  await Promise.all([server.kill(), floor.kill()])
  for (const { state } of [server, floor]) removeFolder(state)
}

function all(results: FanoutResult[]): number[] {
  return results.flatMap((result) => result.latenciesMs)
}

function show(name: string, results: FanoutResult[]): void {
  const sum = (key: 'expected' | 'delivered' | 'gaps' | 'duplicates') =>
    results.reduce((total, result) => total + result[key], 0)
  const share = ((100 * sum('delivered')) / sum('expected')).toFixed(2)
  console.log(`${line(name, all(results))}  delivered ${share} %, ${sum('gaps')} gaps, ${sum('duplicates')} duplicates`)
  if (sum('delivered') !== sum('expected') || sum('gaps') + sum('duplicates') > 0) process.exitCode = 1
}
