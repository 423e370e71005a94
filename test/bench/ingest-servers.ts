import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, removeFolder, ROOT, tempFolder } from '../e2e/server.ts'
import { until } from '../e2e/until.ts'
import { bareProduct, bareWorkerd } from './bare.ts'

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
  const bare = await bareProduct()
  const { url, pid } = bare
  const headers = { authorization: 'Bearer dev' }
  const stored = async () =>
    ((await (await fetch(`${url}/api/v1/intake`, { headers })).json()) as { received: number }).received
  return { url: `${url}/api/v2/alerts`, headers, stored, pid, end: () => bare.end() }
}

/** The least a Durable Object can do. */
export async function floor(): Promise<Intake> {
  const script = 'test/bench/ingest-floor.js'
  const bare = await bareWorkerd(join(ROOT, script), script)
  const { url, pid } = bare
  const stored = async () => ((await (await fetch(`${url}/ingest`)).json()) as { n: number }).n
  return { url: `${url}/ingest`, headers: {}, stored, pid, end: () => bare.end() }
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
