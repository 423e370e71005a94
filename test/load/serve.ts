// Serves one built Worker on the bare runtime with stored state, in a process of its own so that it can be killed.
//   node test/load/serve.ts PORT STATE product|control.js
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Miniflare, convertV4MiniflareOptions } from 'miniflare'

const ROOT = join(import.meta.dirname, '../..')
const [port = '', state = '', what = 'product'] = process.argv.slice(2)
const isProduct = what === 'product'
const script = isProduct ? join(ROOT, 'dist/worker/index.js') : join(ROOT, what)

/** Binding and class of each Durable Object, read where wrangler reads it; a small control says its own in line one. */
const declared = isProduct ? readFileSync(join(ROOT, 'wrangler.toml'), 'utf8') : readFileSync(script, 'utf8')
const objects = [...declared.matchAll(/^(?:\/\/ )?name = "([A-Z]+)"\n(?:\/\/ )?class_name = "(\w+)"/gm)]
const setting = (name: string) =>
  new RegExp(`^${name} = "(.+)"`, 'm').exec(readFileSync(join(ROOT, 'wrangler.toml'), 'utf8'))?.[1]

const runtime = new Miniflare(
  convertV4MiniflareOptions({
    cf: false,
    logRequests: false,
    host: '127.0.0.1',
    port: Number(port),
    compatibilityDate: setting('compatibility_date') ?? '',
    compatibilityFlags: ['nodejs_compat'],
    modules: true,
    scriptPath: script,
    durableObjects: Object.fromEntries(
      objects.map(([, name = '', className = '']) => [name, { className, useSQLite: true }]),
    ),
    resourcePersistencePath: state,
    bindings: { IC_MODE: 'development' },
  }),
)
await runtime.ready
console.log(`ready on ${port}`)
process.on('SIGTERM', () => void runtime.dispose().then(() => process.exit(0)))
