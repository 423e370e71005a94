#!/usr/bin/env node
// `npm start`: the whole product on one loopback port, with no account, no credentials and no network.
//   PORT      default 8787
//   IC_STATE  folder of the stored state, default .wrangler/state; two instances need two
import { become } from './become.mjs'
import { buildWeb } from './build-web.mjs'
import { ROOT, fittingNode, toolEnv } from './node.mjs'

const port = process.env.PORT ?? '8787'
const state = process.env.IC_STATE ?? '.wrangler/state'

process.chdir(ROOT)
// Before wrangler starts, so that a failed page build is the last thing read, not lost among its lines.
await buildWeb()

console.log(`Incident Commander starts on http://127.0.0.1:${port}/ops (local mode, token "dev", state in ${state})`)
become(
  fittingNode(),
  [
    '--no-warnings',
    // The file behind the `wrangler` command: the command itself is a parent that does not hand on signals.
    `${ROOT}node_modules/wrangler/wrangler-dist/cli.js`,
    'dev',
    '--ip',
    '127.0.0.1',
    '--port',
    port,
    '--inspector-port',
    '0',
    '--persist-to',
    state,
    // Local mode is said here and never in wrangler.toml, so that no deploy can inherit it.
    '--var',
    'IC_MODE:development',
    '--show-interactive-dev-session=false',
  ],
  // Each would look for a host outside: usage figures, the sample of `request.cf`, and the banner's look for updates.
  toolEnv({
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_HIDE_BANNER: 'true',
  }),
)
