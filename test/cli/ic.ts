import { spawn } from 'node:child_process'
import { ROOT, tempFolder } from '../e2e/server.ts'

export interface Ran {
  code: number | null
  out: string
  err: string
}

export interface Running {
  env?: Record<string, string>
  input?: string
  cwd?: string
  /** the program that runs it; this Node unless said. */
  node?: string[]
  /** on a terminal of its own (util-linux `script`): what it says on stdout and stderr comes as one. */
  terminal?: boolean
  /** sees stdout as it comes. */
  saw?: (out: string) => void
}

/** The real `ic` as a child process, with a configuration of its own and nothing of ours in its environment. */
export class Ic {
  readonly home = tempFolder('cli')
  readonly #env: Record<string, string>

  constructor(env: Record<string, string> = {}) {
    this.#env = env
  }

  /** Runs it to its end. */
  run(
    args: readonly string[],
    { env = {}, input, cwd = this.home, node = [process.execPath], terminal = false, saw }: Running = {},
  ): Promise<Ran> {
    const line = [...node, `${ROOT}/bin/ic.mjs`, ...args]
    const [file = '', ...rest] = terminal ? ['script', '-qec', line.join(' '), '/dev/null'] : line
    const { PATH = '' } = process.env
    const child = spawn(file, rest, {
      cwd,
      env: { PATH, HOME: this.home, XDG_CONFIG_HOME: `${this.home}/config`, ...this.#env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    let [out, err] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      saw?.(out)
    })
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString()
    })
    // It may have ended before it read all of it.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input ?? '')
    return new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => resolve({ code, out, err }))
    })
  }
}
