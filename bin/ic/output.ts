import { styleText } from 'node:util'
import { plainLine } from '../../durable/core/export/text.ts'

/** C1 controls, direction marks and the like, which JSON leaves as they are and a terminal might obey. */
const UNSAFE_IN_JSON = /[\p{Cc}\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu

type Style = Parameters<typeof styleText>[0]

/**
 * Data goes to stdout, messages to stderr. Whatever comes from outside passes `plainLine` on its way: no terminal sequence
 * of a label's author reaches the screen. Colour is for terminals that want it.
 */
export class Output {
  readonly json: boolean
  readonly plain: boolean
  readonly quiet: boolean
  readonly colour: boolean

  constructor({ json, plain, quiet, colour }: { json: boolean; plain: boolean; quiet: boolean; colour: boolean }) {
    this.json = json
    this.plain = plain
    this.quiet = quiet
    this.colour = colour && !plain && !json
  }

  style(style: Style, text: string): string {
    return this.colour ? styleText(style, text, { validateStream: false }) : text
  }

  /** One line of data; `text` must be made of our own words and of what passed `plainLine`. */
  line(text = ''): void {
    process.stdout.write(`${text}\n`)
  }

  /** Data as it is, for files and pipes. */
  raw(text: string | Uint8Array): void {
    process.stdout.write(text)
  }

  /** A value as JSON: indented for people, on one line where lines are records. */
  value(value: unknown, indent = 2): void {
    this.line(safeJson(value, indent))
  }

  /** Rows under heads; in plain mode tabs and no heads. Cells are cleaned. */
  table(heads: readonly string[], rows: readonly (readonly string[])[]): void {
    const cells = rows.map((row) => row.map((cell) => plainLine(cell)))
    if (this.plain) {
      for (const row of cells) this.line(row.map((cell) => cell.replaceAll('\t', ' ')).join('\t'))
      return
    }
    const widths = heads.map((head, column) => Math.max(head.length, ...cells.map((row) => (row[column] ?? '').length)))
    const lay = (row: readonly string[]) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()
    this.line(this.style('bold', lay(heads)))
    for (const row of cells) this.line(lay(row))
  }

  /** Names and values, one a line. */
  fields(pairs: readonly (readonly [string, string])[]): void {
    const width = Math.max(...pairs.map(([name]) => name.length))
    for (const [name, value] of pairs)
      this.line(
        this.plain ? `${name}\t${plainLine(value)}` : `${this.style('dim', name.padEnd(width))}  ${plainLine(value)}`,
      )
  }

  /** A message for the person at the keyboard. */
  say(text: string, indent = ''): void {
    if (!this.quiet) process.stderr.write(`${indent}${plainLine(text)}\n`)
  }

  warn(text: string): void {
    process.stderr.write(`ic: ${plainLine(text)}\n`)
  }
}

/** JSON that no terminal obeys; it parses to the same value. */
export function safeJson(value: unknown, indent = 2): string {
  const text = JSON.stringify(value, null, indent) ?? 'null'
  return text.replace(UNSAFE_IN_JSON, (char) =>
    char === '\n' ? char : `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )
}
