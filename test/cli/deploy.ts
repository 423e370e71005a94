import { type Server, startServer } from '../e2e/server.ts'

/** What makes the first admin token, once. */
export const INIT_TOKEN = 'set-once-as-a-worker-secret'

const MASTER_KEY = Buffer.alloc(32, 7).toString('base64')

/** The product as a deployment runs it, so that everything here goes by real tokens; an empty master key is none. */
export async function deploy(port: number, state: string, masterKey = MASTER_KEY): Promise<Server> {
  const secrets = [`IC_INIT_TOKEN:${INIT_TOKEN}`, `IC_MASTER_KEY:${masterKey}`]
  const wrangler = `dev --ip 127.0.0.1 --port ${port} --inspector-port 0 --show-interactive-dev-session=false --persist-to`
  return startServer({
    port,
    state,
    command: [
      process.execPath,
      '--no-warnings',
      'node_modules/wrangler/wrangler-dist/cli.js',
      ...wrangler.split(' '),
      state,
      ...secrets.flatMap((secret) => ['--var', secret]),
    ],
    env: { CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true' },
  })
}
