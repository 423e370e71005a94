import { readFileSync } from 'node:fs'

/** One block of a table: a title, then indented lines of words. */
export interface Case {
  title: string
  lines: string[][]
}

/** Reads a table of cases beside this file: blocks apart by an empty line, `#` is a remark. */
export function casesOf(name: string): Case[] {
  const text = readFileSync(new URL(name, import.meta.url), 'utf8')
  return text
    .split(/\n\s*\n/)
    .map((block) => block.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#')))
    .filter((block) => block.length > 0)
    .map(([title = '', ...lines]) => ({ title, lines: lines.map((line) => line.trim().split(/\s+/)) }))
}

/** The words after the first word of the line that begins with `name`. */
export function words(found: Case, name: string): string[] {
  const line = found.lines.find(([first]) => first === name)
  if (!line) throw new Error(`"${found.title}" has no line ${name}`)
  return line.slice(1)
}
