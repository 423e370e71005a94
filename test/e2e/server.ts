import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { killHard, processTree, untilGone } from './processes.ts'
import { until } from './until.ts'

export const ROOT = join(import.meta.dirname, '../..')

/** A cold start builds the page and the bundle on a busy machine. */
const START_MS_MAX = 120_000
const STOP_MS_MAX = 20_000
const LOG_CHARS_MAX = 200_000

export interface Server {
  url: string
  port: number
  state: string
  child: ChildProcess
  /** the process that was started; its tree is the server. */
  pid: number
  log(): string
  /** SIGTERM, as a person's shell or a supervisor sends it; throws when something is left. */
  stop(): Promise<void>
  /** SIGKILL to the whole tree at once. */
  kill(): Promise<void>
}

export interface ServerOptions {
  port?: number
  state?: string
  command?: string[]
  env?: Record<string, string>
}

/** Starts `npm start` (or what `command` says) on a port and a state folder of its own and waits for /livez. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const port = options.port ?? (await freePort())
  const state = options.state ?? tempFolder('state')
  const [file = 'npm', ...args] = options.command ?? ['npm', 'start']
  const child = spawn(file, args, {
    cwd: ROOT,
    env: { ...process.env, PORT: String(port), IC_STATE: state, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-LOG_CHARS_MAX)
    })
  const pid = child.pid
  if (pid === undefined) throw new Error(`${file} did not start`)
  const server: Server = {
    url: `http://127.0.0.1:${port}`,
    port,
    state,
    child,
    pid,
    log: () => log,
    async stop() {
      const tree = processTree(pid)
      child.kill('SIGTERM')
      await untilGone(tree, STOP_MS_MAX)
    },
    async kill() {
      const tree = processTree(pid)
      killHard(tree)
      await untilGone(tree, STOP_MS_MAX)
    },
  }
  try {
    const end = await until(`${server.url}/livez answers`, START_MS_MAX, async () => {
      if (child.exitCode !== null) return 'ended'
      return (await fetch(`${server.url}/livez`)).ok ? 'answers' : null
    })
    if (end === 'ended') throw new Error(`the server ended with ${child.exitCode}`)
  } catch (error) {
    await server.kill()
    throw new Error(`${String(error)}\n${log}`, { cause: error })
  }
  return server
}

export function tempFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `ic-${name}-`))
}

export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 5 })
}

/** A loopback port that was free a moment ago. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      probe.close(() => resolve(port))
    })
  })
}
