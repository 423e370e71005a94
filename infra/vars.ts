import { OUTPUTS } from './outputs.ts'
import { stackName } from './names.ts'

/** What a stack answered, once it has been read: the Worker's variables, and what a person enters elsewhere. */
export interface Answered {
  variables: Record<string, string>
  /** `<output> <value>: <where>`. */
  byHand: string[]
}

/** Every variable that is the stack's to set; all others of the file are left alone. */
const OURS: readonly string[] = OUTPUTS.flatMap(({ variable }) => (variable === null ? [] : [variable]))

const HEADER = /^\s*\[\[?\s*[A-Za-z0-9_"'.-]/
const VARS = /^\s*\[\s*vars\s*\]\s*(?:#.*)?$/
const ELSEHOW = /^\s*vars\s*[.=]|^\s*\[\s*vars\s*\./
const PLAIN = /^\s*([A-Z][A-Z0-9_]*)\s*=\s*"([^"\\]*)"\s*(?:#.*)?$/

/**
 * Reads what `cdk deploy --outputs-file` wrote. Throws, with one sentence each, where an output is missing, is unknown or does
 * not look like what it should be: half a bridge would fail later and somewhere else.
 */
export function answeredBy(file: unknown, stage: string | null): Answered {
  const told = outputsOf(file, stage)
  const wrong: string[] = []
  const variables: Record<string, string> = {}
  const byHand: string[] = []
  for (const name of Object.keys(told))
    if (!OUTPUTS.some(({ output }) => output === name)) wrong.push(`${name} is an output that nobody knows`)
  for (const { output, variable, pattern, optional, where } of OUTPUTS) {
    const value = told[output]
    if (value === undefined) {
      if (optional !== true) wrong.push(`${output} is missing`)
    } else if (typeof value !== 'string' || !pattern.test(value)) {
      wrong.push(`${output} may not be ${JSON.stringify(value)}`)
    } else if (variable === null) byHand.push(`${output} ${value}: ${where ?? 'by hand'}`)
    else variables[variable] = value
  }
  if (stage !== null && told['Stage'] !== stage) wrong.push(`the stack is of stage ${JSON.stringify(told['Stage'])}`)
  if (wrong.length > 0) throw new Error(wrong.join('\n'))
  return { variables, byHand }
}

/**
 * A wrangler.toml with these variables, and the difference line by line (`+`, `-`; none where nothing changes). Only lines
 * of our own names are touched, comments and everybody else's stay. Throws where the file says its variables in a way that
 * cannot be edited line by line.
 */
export function withVariables(toml: string, variables: Record<string, string>): { text: string; diff: string[] } {
  const lines = toml.split('\n')
  if (lines.some((line) => ELSEHOW.test(line))) throw new Error('the variables are not in a table [vars] of their own')
  const tables = lines.flatMap((line, index) => (VARS.test(line) ? [index] : []))
  if (tables.length > 1) throw new Error('there are two tables [vars]')
  const [start] = tables
  if (start === undefined) {
    const added = Object.entries(variables).map(lineOf)
    const text = `${toml.trimEnd()}\n\n# Of the AWS stack: names, no secrets. \`npm run aws:vars\` keeps them.\n[vars]\n${added.join('\n')}\n`
    return { text, diff: added.map((line) => `+ ${line}`) }
  }
  const next = lines.findIndex((line, index) => index > start && HEADER.test(line))
  const end = next < 0 ? lines.length : next
  const edited = editedTable(lines.slice(start + 1, end), variables)
  return { text: [...lines.slice(0, start + 1), ...edited.lines, ...lines.slice(end)].join('\n'), diff: edited.diff }
}

function editedTable(table: string[], variables: Record<string, string>): { lines: string[]; diff: string[] } {
  const diff: string[] = []
  const seen = new Set<string>()
  const lines = table.flatMap((line) => {
    const name = OURS.find((one) => new RegExp(`^\\s*["']?${one}["']?\\s*=`).test(line))
    if (name === undefined) return [line]
    const said = PLAIN.exec(line)
    if (!said || seen.has(name)) throw new Error(`${name} stands there in a way that cannot be edited: ${line.trim()}`)
    seen.add(name)
    const value = variables[name]
    if (value === said[2]) return [line]
    diff.push(`- ${line.trim()}`)
    if (value === undefined) return []
    diff.push(`+ ${lineOf([name, value])}`)
    return [lineOf([name, value])]
  })
  const added = Object.entries(variables)
    .filter(([name]) => !seen.has(name))
    .map(lineOf)
  diff.push(...added.map((line) => `+ ${line}`))
  const last = lines.findLastIndex((line) => line.trim() !== '' && !line.trimStart().startsWith('#'))
  lines.splice(last + 1, 0, ...added)
  return { lines, diff }
}

function lineOf([name, value]: [string, string]): string {
  return `${name} = "${value}"`
}

function outputsOf(file: unknown, stage: string | null): Record<string, unknown> {
  if (!isRecord(file)) throw new Error('the file is not what `cdk deploy --outputs-file` writes')
  const ours = Object.keys(file).filter((name) => name.startsWith(stackName('')))
  const wanted = stage === null ? (ours.length === 1 ? ours[0] : undefined) : stackName(stage)
  if (wanted === undefined)
    throw new Error(ours.length === 0 ? 'no stack of ours is in the file' : `say --stage: ${ours.join(', ')}`)
  const told = file[wanted]
  if (!isRecord(told)) throw new Error(`${wanted} is not in the file`)
  return told
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
