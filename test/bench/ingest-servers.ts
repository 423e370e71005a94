import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { freePort, removeFolder, ROOT, tempFolder } from '../e2e/server.ts'
import { until } from '../e2e/until.ts'

const START_MS_MAX = 30_000
const ALERTMANAGER = '/usr/bin/prometheus-alertmanager'

/** Something that takes alerts at an address, with state of its own that goes away with it. */
export interface Intake {
  /** where alerts are posted, as an array of label sets. */
  url: string
  headers: Record<string, string>
  /** what to ask for how many are stored; null where nothing says. */
  stored: (() => Promise<number>) | null
  pid: number
  end(): Promise<void>
}

/** Our own bundle on the bare runtime. */
export async function product(): Promise<Intake> {
  const wrangler = readFileSync(join(ROOT, 'wrangler.toml'), 'utf8')
  const classes = [...wrangler.matchAll(/^name = "([A-Z]+)"\nclass_name = "(\w+)"/gm)].map(
    ([, name = '', className = '']): [string, string] => [name, className],
  )
  const headers = { authorization: 'Bearer dev' }
  const bundle = process.env['IC_BENCH_BUNDLE'] ?? join(ROOT, 'dist/worker/index.js')
  return workerd(bundle, classes, '/api/v2/alerts', headers, async (url) => {
    const counters = (await (await fetch(`${url}/api/v1/intake`, { headers })).json()) as { received: number }
    return counters.received
  })
}

/** The least a Durable Object can do. */
export async function floor(): Promise<Intake> {
  return workerd(join(ROOT, 'test/bench/ingest-floor.js'), [['INGEST', 'Ingest']], '/ingest', {}, async (url) => {
    const { n } = (await (await fetch(`${url}/ingest`)).json()) as { n: number }
    return n
  })
}

/** Node and SQLite, every commit on disk. */
export async function sqliteFull(): Promise<Intake> {
  const port = await freePort()
  const folder = tempFolder('bench-sqlite')
  const url = `http://127.0.0.1:${port}`
  const child = spawn(process.execPath, ['test/bench/ingest-peer.ts', String(port), join(folder, 'peer.db')], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const stored = async () => ((await (await fetch(url)).json()) as { n: number }).n
  await until('the peer answers', START_MS_MAX, async () => ((await stored()) >= 0 ? true : null))
  return { url: `${url}/ingest`, headers: {}, stored, ...endOf(child, folder) }
}

/** Debian's Alertmanager, which keeps alerts in memory; null where it is not installed. */
export async function alertmanager(): Promise<Intake | null> {
  if (!existsSync(ALERTMANAGER)) return null
  const port = await freePort()
  const folder = tempFolder('bench-am')
  const config = join(folder, 'am.yml')
  writeFileSync(config, 'route: {receiver: none}\nreceivers: [{name: none}]\n')
  const url = `http://127.0.0.1:${port}`
  const child = spawn(
    ALERTMANAGER,
    [
      `--config.file=${config}`,
      `--storage.path=${folder}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    { cwd: folder, stdio: 'ignore' },
  )
  await until('Alertmanager is ready', START_MS_MAX, async () => ((await fetch(`${url}/-/ready`)).ok ? true : null))
  return { url: `${url}/api/v2/alerts`, headers: {}, stored: null, ...endOf(child, folder) }
}

async function workerd(
  script: string,
  classes: [string, string][],
  path: string,
  headers: Record<string, string>,
  stored: (url: string) => Promise<number>,
): Promise<Intake> {
  const port = await freePort()
  const folder = tempFolder('bench-workerd')
  mkdirSync(join(folder, 'do'))
  writeFileSync(join(folder, 'worker.js'), readFileSync(script))
  const namespaces = classes.map(
    ([, className]) => `(className = "${className}", uniqueKey = "${className}", enableSql = true)`,
  )
  const bindings = classes.map(
    ([name, className]) => `(name = "${name}", durableObjectNamespace = "${className}")`,
  )
  writeFileSync(
    join(folder, 'config.capnp'),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main), (name = "disk", disk = (path = "${folder}/do", writable = true))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]);
const main :Workerd.Worker = (
  modules = [(name = "main", esModule = embed "worker.js")],
  compatibilityDate = "2026-10-20", compatibilityFlags = ["nodejs_compat"],
  durableObjectNamespaces = [${namespaces.join(', ')}], durableObjectStorage = (localDisk = "disk"),
  bindings = [${[...bindings, '(name = "IC_MODE", text = "development")'].join(', ')}]);
`,
  )
  const binary = (createRequire(import.meta.url)('workerd') as { default: string }).default
  const child = spawn(binary, ['serve', '--experimental', join(folder, 'config.capnp')], {
    stdio: ['ignore', 'ignore', process.env['IC_BENCH_LOG'] === undefined ? 'ignore' : 'inherit'],
  })
  const url = `http://127.0.0.1:${port}`
  await until(`${url} answers`, START_MS_MAX, async () => ((await fetch(`${url}/livez`)).ok ? true : null))
  return { url: url + path, headers, stored: () => stored(url), ...endOf(child, folder) }
}

function endOf(child: ChildProcess, folder: string): Pick<Intake, 'pid' | 'end'> {
  return {
    pid: child.pid ?? 0,
    async end() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
      removeFolder(folder)
    },
  }
}
