/** What `ic` ends with (sysexits where it has a word for it). */
export const EXIT = { ok: 0, error: 1, usage: 2, notFound: 3, auth: 4, conflict: 5, temporary: 75 } as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** What ends a command: what happened, how `ic` ends, a stable word for programs, and what a person may do. */
export class CliError extends Error {
  readonly exit: ExitCode
  readonly code: string
  readonly hints: readonly string[]

  constructor(exit: ExitCode, code: string, message: string, hints: readonly string[] = []) {
    super(message)
    this.name = 'CliError'
    this.exit = exit
    this.code = code
    this.hints = hints
  }
}

export function usage(message: string, ...hints: string[]): CliError {
  return new CliError(EXIT.usage, 'usage', message, hints)
}

/** An HTTP status as an exit code: 4xx that trying again cannot mend is an error, what may pass is temporary. */
export function exitOfStatus(status: number): ExitCode {
  if (status === 401 || status === 403) return EXIT.auth
  if (status === 404) return EXIT.notFound
  if (status === 409 || status === 412) return EXIT.conflict
  return [408, 425, 429, 502, 503, 504].includes(status) ? EXIT.temporary : EXIT.error
}
