// Runs inside a network namespace that has loopback only: starts the product under strace, plays a drill to the end by
// API, stops. The trace goes to the file named. `node test/e2e/offline.ts TRACE`
import { apiOf } from './api.ts'
import { approve, awaitProposal, awaitVerified, finish, startDrill } from './play.ts'
import { startServer } from './server.ts'

const [trace = ''] = process.argv.slice(2)
const server = await startServer({
  command: [
    'strace',
    '-f',
    '--seccomp-bpf',
    '-qq',
    '-e',
    'trace=connect,sendto,sendmsg,sendmmsg',
    '-o',
    trace,
    'npm',
    'start',
  ],
})
try {
  const api = apiOf(server.url)
  const { incident } = await startDrill(api)
  const proposal = await awaitProposal(api, incident)
  await approve(api, incident, proposal)
  const { proposal: verified } = await awaitVerified(api, incident, proposal.id)
  await finish(api, incident)
  console.log(`ended: ${verified?.verification?.end}`)
} finally {
  await server.kill()
}
