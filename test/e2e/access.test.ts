import { expect, test } from 'vitest'
import { type Api, apiOf } from './api.ts'
import { startDrill } from './play.ts'
import { freePort, removeFolder, type Server, startServer, tempFolder } from './server.ts'
import { until } from './until.ts'

const INIT_TOKEN = 'set-once-as-a-worker-secret'

/** The product as a deployment runs it: no mode is said, two Worker secrets are set. */
async function deploy(state: string): Promise<Server> {
  const port = await freePort()
  const secrets = [`IC_INIT_TOKEN:${INIT_TOKEN}`, `IC_MASTER_KEY:${Buffer.alloc(32, 7).toString('base64')}`]
  return startServer({
    port,
    state,
    command: [
      process.execPath,
      '--no-warnings',
      'node_modules/wrangler/wrangler-dist/cli.js',
      ...`dev --ip 127.0.0.1 --port ${port} --inspector-port 0 --show-interactive-dev-session=false`.split(' '),
      '--persist-to',
      state,
      ...secrets.flatMap((secret) => ['--var', secret]),
    ],
    env: { CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true' },
  })
}

interface Made {
  id: string
  token: string
}

const makeToken = (admin: Api, name: string, role: string) =>
  admin.post<Made>('/api/v1/tokens', { kind: 'api', name, role })

test('[SE53] a deployment serves nothing until it is set up; then its tokens run a drill and survive a restart', async () => {
  const state = tempFolder('access')
  let server = await deploy(state)
  try {
    const { url } = server
    const nobody = await apiOf(url).send('GET', '/api/v1/incidents')
    expect([nobody.status, ((await nobody.json()) as { code: string }).code]).toEqual([503, 'auth-not-configured'])
    expect((await fetch(`${url}/ops`)).headers.get('content-type')).toMatch(/text\/html/)

    const first = await apiOf(url, INIT_TOKEN).post<Made>('/api/v1/init', { name: 'first admin' })
    expect((await apiOf(url, INIT_TOKEN).send('POST', '/api/v1/init', { name: 'second' })).status).toBe(409)
    expect((await apiOf(url).send('GET', '/api/v1/incidents')).status).toBe(401)
    const admin = apiOf(url, first.token)
    const responder = await makeToken(admin, 'responder', 'responder')
    const commander = await makeToken(admin, 'commander', 'commander')
    const drill = { scenario: 'database-cascade', seed: 1, speed: 60 }
    expect((await apiOf(url, responder.token).send('POST', '/api/v1/drills', drill)).status).toBe(403)
    const { incident } = await startDrill(apiOf(url, commander.token))

    const { ticket } = await apiOf(url, responder.token).post<{ ticket: string }>('/api/v1/tickets', {})
    const room = `${url.replace('http', 'ws')}/api/v1/incidents/${incident}/room?ticket=${ticket}`
    const socket = new WebSocket(room, ['ic.v1'])
    const heard: string[] = []
    const closed: number[] = []
    socket.addEventListener('message', ({ data }) => {
      heard.push(String(data))
    })
    socket.addEventListener('close', ({ code }) => {
      closed.push(code)
    })
    await until('the room says hello', 10_000, () => heard[0] ?? null)
    expect((await admin.send('DELETE', `/api/v1/tokens/${responder.id}`)).status).toBe(200)
    expect(await until('the socket is closed', 30_000, () => closed[0] ?? null)).toBe(4001)

    await server.kill()
    server = await deploy(state)
    const again = apiOf(server.url, commander.token)
    expect(await again.get('/api/v1/me')).toMatchObject({ name: 'commander', role: 'commander' })
    expect((await apiOf(server.url, responder.token).send('GET', '/api/v1/me')).status).toBe(401)
    expect(await apiOf(server.url, first.token).get('/api/v1/audit/verify')).toMatchObject({ ok: true })
  } finally {
    await server.kill()
    removeFolder(state)
  }
})
