// `npm run bench`: how long the product takes, on this machine, now; `npm run bench -- fanout` only this part, `-- fanout F1`
// only these rows. Served from the production bundle on the bare runtime, clients share the cores with it. Figures are for
// comparing within one run; no test asserts a millisecond.
import { cpus } from 'node:os'
import { removeFolder } from '../e2e/server.ts'
import { serve } from '../load/serving.ts'
import { fanoutRows } from './fanout.ts'
import { line } from './figures.ts'
import { ingestRows } from './ingest.ts'
import { alertToOpen } from './open.ts'
import { drillToProposal, liveToAnswer } from './proposal.ts'
import { stuckRows } from './stuck.ts'

const ROUNDS = Number(process.env['IC_BENCH_ROUNDS'] ?? '3')

const PARTS: Record<string, (only?: RegExp) => Promise<boolean>> = {
  async story() {
    const server = await serve('product')
    try {
      const open = await alertToOpen(server.url, 100)
      console.log(line('alert POST -> incident open, in a list', open.seen))
      console.log(line('alert POST -> acknowledged (durable)', open.acknowledged))
      console.log(line('live: alert POST -> all five agents answered', await liveToAnswer(5)))
      const drill = await drillToProposal(server.url, 5)
      console.log(line('drill at speed 60: alert -> proposal', drill.fromAlert))
      console.log(line('drill at speed 60: start -> proposal', drill.fromStart))
    } finally {
      await server.kill()
      removeFolder(server.state)
    }
    return true
  },
  fanout: (only) => fanoutRows(ROUNDS, only),
  stuck: () => stuckRows(ROUNDS),
  ingest: () => ingestRows(ROUNDS),
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
const [wanted, rows] = process.argv.slice(2)
if (wanted !== undefined && !(wanted in PARTS)) {
  console.error(`no such part: ${wanted}; there are ${Object.keys(PARTS).join(', ')}`)
  process.exit(2)
}
console.log(`${cpus().length} cores, Node ${process.version}; wall times`)
for (const [name, part] of Object.entries(PARTS)) {
  if (wanted !== undefined && name !== wanted) continue
  console.log(`\n${name}`)
  if (!(await part(rows === undefined ? undefined : new RegExp(rows)))) process.exitCode = 1
}
