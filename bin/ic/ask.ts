import { createInterface } from 'node:readline'
import { CliError, EXIT } from './exit.ts'

/** How much `ic` may ask. */
export class Asker {
  readonly #mayAsk: boolean
  readonly #yes: boolean

  /** Questions need a person: a terminal on both ends, and nobody who said `--no-input`. */
  constructor({ noInput, yes }: { noInput: boolean; yes: boolean }) {
    this.#mayAsk = !noInput && process.stdin.isTTY && process.stderr.isTTY
    this.#yes = yes
  }

  get mayAsk(): boolean {
    return this.#mayAsk
  }

  /** A plain yes or no; `--yes` answers it. Fails where nobody can be asked; a no ends the command. */
  async confirm(question: string, otherwise: string): Promise<void> {
    if (this.#yes) return
    if (!this.#mayAsk) throw needsInput(`${question} Nobody can be asked here; ${otherwise}`)
    const answer = await read(`${question} [y/N] `)
    if (!/^y(?:es)?$/i.test(answer)) throw new CliError(EXIT.error, 'declined', 'nothing was done')
  }

  /** A line of text; empty ends the command. */
  async line(question: string, otherwise: string): Promise<string> {
    if (!this.#mayAsk) throw needsInput(otherwise)
    const answer = await read(`${question} `)
    if (answer === '') throw new CliError(EXIT.error, 'declined', 'nothing was done')
    return answer
  }
}

function needsInput(message: string): CliError {
  return new CliError(EXIT.usage, 'needs-input', message)
}

/** On stderr: stdout is for data. */
function read(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  return new Promise((resolve, reject) => {
    terminal.once('close', () => reject(new CliError(EXIT.error, 'declined', 'nothing was done')))
    terminal.question(question, (answer) => {
      resolve(answer.trim())
      terminal.close()
    })
  })
}
