import { type Interface, createInterface } from 'node:readline'
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
    if (!/^y(?:es)?$/i.test(answer)) throw unanswered()
  }

  /** A line of text; empty ends the command. */
  async line(question: string, otherwise: string): Promise<string> {
    if (!this.#mayAsk) throw needsInput(otherwise)
    const answer = await read(`${question} `)
    if (answer === '') throw unanswered()
    return answer
  }
}

function needsInput(message: string): CliError {
  return new CliError(EXIT.usage, 'needs-input', message)
}

/** Lines that were typed ahead of their question, and whoever waits for one. */
const ahead: string[] = []
let waiting: { hear: (line: string) => void; give: (error: Error) => void } | null = null
let terminal: Interface | null = null
let over = false

/** One reader for all questions, so that lines pasted at once answer one after another. On stderr: stdout is for data. */
function read(question: string): Promise<string> {
  terminal ??= opened()
  process.stderr.write(question)
  const typed = ahead.shift()
  if (typed !== undefined) return Promise.resolve(typed)
  if (over) return Promise.reject(unanswered())
  terminal.resume()
  return new Promise((hear, give) => {
    waiting = { hear, give }
  })
}

function opened(): Interface {
  const reader = createInterface({ input: process.stdin, terminal: false })
  reader.on('line', (line) => {
    if (!waiting) return ahead.push(line.trim())
    // Nothing is read while nothing is asked: a process that waits for a keyboard would not end.
    reader.pause()
    waiting.hear(line.trim())
    waiting = null
  })
  reader.on('close', () => {
    over = true
    waiting?.give(unanswered())
  })
  return reader
}

function unanswered(): CliError {
  return new CliError(EXIT.error, 'declined', 'nothing was done')
}
