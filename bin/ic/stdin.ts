import { readFileSync } from 'node:fs'
import { CliError, EXIT, usage } from './exit.ts'

let taken = false

/** All of stdin, once: what was read for the token is not there for a file. */
export function readStdin(what: string): string {
  if (taken) throw usage(`stdin was read already and cannot give ${what} too`)
  if (process.stdin.isTTY) throw usage(`${what} is read from stdin, and that is a keyboard`, 'Pipe it in.')
  taken = true
  return readFileSync(0, 'utf8')
}

/** A file, or stdin for `-`. */
export function readText(path: string, what: string): string {
  if (path === '-') return readStdin(what)
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new CliError(EXIT.notFound, 'no-such-file', `${what}: ${path} cannot be read (${code ?? 'unknown'})`)
  }
}
