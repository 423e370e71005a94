import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { ROOT, freePort, removeFolder, tempFolder } from '../e2e/server.ts'
import { until } from '../e2e/until.ts'

const START_MS_MAX = 30_000

/** A server of its own process, with a state of its own that goes away with it. */
export interface Bare {
  /** `http://127.0.0.1:<port>` */
  url: string
  pid: number
  end(): Promise<void>
}

/** Our own bundle on the bare runtime: no entry worker of a development server in between. `npm run build` makes it. */
export async function bareProduct(): Promise<Bare> {
  return bareWorkerd(process.env['IC_BENCH_BUNDLE'] ?? join(ROOT, 'dist/worker/index.js'), 'wrangler.toml')
}

/** A script on the bare runtime; its objects are bound as `declared` says, in wrangler's words (a control says its own). */
export async function bareWorkerd(script: string, declared: string): Promise<Bare> {
  const port = await freePort()
  const folder = tempFolder('bench')
  mkdirSync(join(folder, 'objects'))
  writeFileSync(join(folder, 'worker.js'), readFileSync(script))
  writeFileSync(join(folder, 'config.capnp'), config(port, folder, readFileSync(join(ROOT, declared), 'utf8')))
  const binary = (createRequire(import.meta.url)('workerd') as { default: string }).default
  const child = spawn(binary, ['serve', '--experimental', join(folder, 'config.capnp')], {
    stdio: ['ignore', 'ignore', process.env['IC_BENCH_LOG'] === undefined ? 'ignore' : 'inherit'],
  })
  return served(child, port, folder)
}

/** A program of ours that takes a port. */
export async function bareNode(program: string): Promise<Bare> {
  const port = await freePort()
  const folder = tempFolder('bench')
  const child = spawn(process.execPath, [join(ROOT, program), String(port)], { cwd: folder, stdio: 'ignore' })
  return served(child, port, folder)
}

async function served(child: ChildProcess, port: number, folder: string): Promise<Bare> {
  const url = `http://127.0.0.1:${port}`
  const ended = new Promise((resolve) => child.once('exit', resolve))
  // Whoever measures may be stopped in the middle; its servers go with it.
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  const end = async () => {
    process.off('exit', kill)
    kill()
    await ended
    removeFolder(folder)
  }
  try {
    await until(`${url} answers`, START_MS_MAX, async () => ((await fetch(`${url}/livez`)).ok ? true : null))
  } catch (error) {
    await end()
    throw error
  }
  return { url, pid: child.pid ?? 0, end }
}

function config(port: number, folder: string, declared: string): string {
  const classes = [...declared.matchAll(/^(?:\/\/ )?name = "([A-Z]+)"\n(?:\/\/ )?class_name = "(\w+)"/gm)]
  const date = /^compatibility_date = "(.+)"/m.exec(readFileSync(join(ROOT, 'wrangler.toml'), 'utf8'))?.[1] ?? ''
  const namespaces = classes.map(([, , name]) => `(className = "${name}", uniqueKey = "${name}", enableSql = true)`)
  const bindings = classes.map(([, name, className]) => `(name = "${name}", durableObjectNamespace = "${className}")`)
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main), (name = "disk", disk = (path = "${folder}/objects", writable = true))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]);
const main :Workerd.Worker = (
  modules = [(name = "main", esModule = embed "worker.js")],
  compatibilityDate = "${date}", compatibilityFlags = ["nodejs_compat"],
  durableObjectNamespaces = [${namespaces.join(', ')}], durableObjectStorage = (localDisk = "disk"),
  bindings = [${[...bindings, '(name = "IC_MODE", text = "development")'].join(', ')}]);
`
}
