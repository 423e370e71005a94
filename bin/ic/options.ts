import { parseArgs } from 'node:util'
import { usage } from './exit.ts'
import { nearest } from './suggest.ts'

export interface Option {
  type: 'string' | 'boolean'
  short?: string
  /** what stands for its value in help. */
  value?: string
  /** may be given again and again: each on a line of its own. */
  many?: true
  says: string
}
export type Options = Readonly<Record<string, Option>>

/** What every command takes. */
export const GLOBAL: Options = {
  url: { type: 'string', value: 'URL', says: 'the instance (IC_URL; http://127.0.0.1:8787)' },
  'token-file': {
    type: 'string',
    value: 'FILE',
    says: 'read the token from a file, - for stdin (IC_TOKEN, IC_TOKEN_FILE)',
  },
  json: { type: 'boolean', says: 'JSON on stdout' },
  plain: { type: 'boolean', says: 'tabs between columns, no heads, no colour' },
  'no-input': { type: 'boolean', says: 'never ask; what would be asked fails' },
  yes: { type: 'boolean', short: 'y', says: 'answer yes to plain questions' },
  'dry-run': { type: 'boolean', short: 'n', says: 'say what would be done and change nothing' },
  quiet: { type: 'boolean', short: 'q', says: 'no messages but errors' },
  'no-color': { type: 'boolean', says: 'no colour (NO_COLOR)' },
  timeout: { type: 'string', value: 'S', says: 'seconds an answer may take (30)' },
  help: { type: 'boolean', short: 'h', says: 'what this command does' },
}

/** Said so often that each deserves its reason. */
const NEVER: Record<string, string> = {
  token: 'a token on the command line is seen by every process here; use IC_TOKEN, --token-file FILE or --token-file -',
  password: 'a secret on the command line is seen by every process here; give it on stdin',
  value: 'a secret on the command line is seen by every process here; give it on stdin',
}

export interface Parsed {
  args: string[]
  /** the value as given, true for a flag; absent options are absent. */
  given: ReadonlyMap<string, string | true>
}

/** Reads arguments by a table of options. Options may stand anywhere; after `--` everything is an argument. */
export function parseOptions(argv: readonly string[], options: Options): Parsed {
  const table = Object.fromEntries(
    Object.entries(options).map(([name, { type, short }]) => [name, { type, ...(short !== undefined && { short }) }]),
  )
  const { tokens } = parseArgs({ args: [...argv], options: table, strict: false, allowPositionals: true, tokens: true })
  const args: string[] = []
  const given = new Map<string, string | true>()
  for (const token of tokens) {
    if (token.kind === 'positional') args.push(token.value)
    if (token.kind !== 'option') continue
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined
    if (option === undefined) throw unknownOption(token.name, token.rawName, options)
    const before = given.get(token.name)
    if (before !== undefined && option.many !== true) throw usage(`${token.rawName} is given twice`)
    if (option.type === 'boolean' && token.value !== undefined) throw usage(`${token.rawName} takes no value`)
    if (option.type === 'string' && (token.value === undefined || token.value === ''))
      throw usage(`${token.rawName} needs a value (${option.value ?? 'VALUE'})`)
    given.set(token.name, typeof before === 'string' ? `${before}\n${token.value ?? ''}` : (token.value ?? true))
  }
  return { args, given }
}

function unknownOption(name: string, raw: string, options: Options): Error {
  const never = Object.hasOwn(NEVER, name) ? NEVER[name] : undefined
  if (never !== undefined) return usage(`${raw} is not taken: ${never}`)
  const near = nearest(name, Object.keys(options))
  return usage(`there is no option ${raw.slice(0, 60)}`, ...(near === null ? [] : [`Did you mean --${near}?`]))
}
