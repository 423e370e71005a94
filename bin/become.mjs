import { spawn } from 'node:child_process'

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP']

/**
 * Turns this process into another program, so that whoever sends a signal to our process id reaches that program and
 * nothing is left behind. Where Node cannot replace itself (before 22.15), it stays as a parent that hands on signals
 * and leaves with the child's exit code.
 */
export function become(file, args, env) {
  if (typeof process.execve === 'function') {
    silenceExperimental()
    process.execve(file, [file, ...args], env)
  }
  const child = spawn(file, args, { env, stdio: 'inherit' })
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 0 : 1)))
}

/** `process.execve` is stable in use and experimental in name; its warning would be the first line a newcomer sees. */
function silenceExperimental() {
  process.removeAllListeners('warning')
}
