import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { removeFolder, tempFolder } from '../e2e/server.ts'
import { until } from '../e2e/until.ts'

const STOP_MS_MAX = 10_000

/** Other people's programs, started in a folder that goes away with them. */
export class Programs {
  readonly folder = tempFolder('clients')
  #running: ChildProcess[] = []

  write(name: string, text: string): string {
    const path = join(this.folder, name)
    writeFileSync(path, text)
    return path
  }

  /** Starts a program and waits until `readyUrl` answers 2xx. */
  async start(file: string, args: string[], readyUrl: string): Promise<ChildProcess> {
    return this.#begin(file, args, async () => ((await fetch(readyUrl)).ok ? true : null))
  }

  /** Starts a program that says in its own way when it is ready; `ready` answers null until then. */
  async startUntil(file: string, args: string[], ready: () => Promise<true | null>): Promise<ChildProcess> {
    return this.#begin(file, args, ready)
  }

  /** Runs a program to its end and gives what it printed; throws when it fails. */
  async run(file: string, args: string[], env: Record<string, string> = {}): Promise<string> {
    const child = spawn(file, args, {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    })
    this.#running.push(child)
    let out = ''
    let log = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()))
    const code = await new Promise((resolve) => child.once('close', resolve))
    if (code !== 0) throw new Error(`${file} ended with ${String(code)}\n${out}${log}`)
    return out
  }

  async #begin(file: string, args: string[], ready: () => Promise<true | null>): Promise<ChildProcess> {
    const child = spawn(file, args, {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TZ: 'UTC' },
    })
    let log = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        log = (log + chunk.toString()).slice(-4_000)
      })
    this.#running.push(child)
    try {
      await until(`${file} is ready`, 20_000, ready)
    } catch (error) {
      throw new Error(`${String(error)}\n${log}`, { cause: error })
    }
    return child
  }

  async end(): Promise<void> {
    await Promise.all(this.#running.map(stop))
    removeFolder(this.folder)
  }
}

/** SIGKILL, and waits for the end: an exporter that was killed, not one that said goodbye. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await Promise.race([
    ended,
    new Promise((_, reject) => setTimeout(() => reject(new Error('it does not end')), STOP_MS_MAX).unref()),
  ])
}
