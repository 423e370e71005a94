import { Api, ApiError } from './api.ts'
import { Asker } from './ask.ts'
import type { Command, Context } from './command.ts'
import { numberIn } from './command.ts'
import { COMMANDS } from './commands.ts'
import { type Settings, settingsOf } from './config.ts'
import { CliError, EXIT, type ExitCode, usage } from './exit.ts'
import { commandHelp, help } from './help.ts'
import { GLOBAL, type Parsed, parseOptions } from './options.ts'
import { Output } from './output.ts'
import { nearest } from './suggest.ts'
import { ownVersion } from './version.ts'

/** Seconds an answer may take, unless said, and at most. */
const TIMEOUT_S = 30
const TIMEOUT_S_MAX = 600

/** Runs `ic` with its arguments and answers what to end with. It never throws: every failure is said on stderr. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  try {
    return await run(argv)
  } catch (error) {
    return said(error, argv.includes('--json'))
  }
}

async function run(argv: readonly string[]): Promise<ExitCode> {
  const [name, ...rest] = argv
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const about = name === 'help' && rest[0] !== undefined ? commandNamed(rest[0]) : null
    process.stdout.write(about ? commandHelp(about) : help(COMMANDS))
    return name === undefined ? EXIT.usage : EXIT.ok
  }
  if (name === '--version' || name === 'version') {
    process.stdout.write(`ic ${ownVersion()}\n`)
    return EXIT.ok
  }
  if (name.startsWith('-')) throw usage(`the command comes first: ic <command> ${name.slice(0, 60)}`, 'See `ic help`.')
  const command = commandNamed(name)
  const parsed = parseOptions(rest, { ...GLOBAL, ...command.options })
  if (parsed.given.has('help')) {
    process.stdout.write(commandHelp(command))
    return EXIT.ok
  }
  const { min, max } = command.args
  const { length } = parsed.args
  if (length < min || length > max)
    throw usage(`${length < min ? 'something is missing' : 'there is too much'}: ic ${command.name} ${command.takes}`)
  return (await command.run(contextOf(parsed))) ?? EXIT.ok
}

function commandNamed(name: string): Command {
  const command = COMMANDS.find((one) => one.name === name)
  if (command) return command
  const near = nearest(
    name,
    COMMANDS.map((one) => one.name),
  )
  throw usage(
    `there is no command ${name.slice(0, 60)}`,
    near === null ? '`ic help` lists them.' : `Did you mean \`ic ${near}\`?`,
  )
}

function contextOf({ args, given }: Parsed): Context {
  const text = (option: string) => {
    const value = given.get(option)
    return value === true ? undefined : value
  }
  const flag = (option: string) => given.has(option)
  const out = new Output({
    json: flag('json'),
    plain: flag('plain'),
    quiet: flag('quiet'),
    colour: !flag('no-color') && !process.env['NO_COLOR'] && process.stdout.isTTY && process.env['TERM'] !== 'dumb',
  })
  let settings: Settings | null = null
  let api: Api | null = null
  const context: Context = {
    args,
    text,
    flag,
    out,
    ask: new Asker({ noInput: flag('no-input'), yes: flag('yes') }),
    dryRun: flag('dry-run'),
    settings() {
      if (settings) return settings
      const [url, tokenFile] = [text('url'), text('token-file')]
      settings = settingsOf({ ...(url !== undefined && { url }), ...(tokenFile !== undefined && { tokenFile }) })
      for (const warning of settings.warnings) out.say(`ic: ${warning}`)
      return settings
    },
    api() {
      const { url, token } = context.settings()
      api ??= new Api(url, token, numberIn(context, 'timeout', 1, TIMEOUT_S_MAX, TIMEOUT_S) * 1_000)
      return api
    },
  }
  return context
}

/** Says what went wrong, for a person or as one JSON line, and answers the exit code. */
function said(error: unknown, json: boolean): ExitCode {
  const out = new Output({ json: false, plain: true, quiet: false, colour: false })
  if (!(error instanceof CliError)) {
    out.warn(`something went wrong here: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`)
    return EXIT.error
  }
  const api = error instanceof ApiError ? error : null
  if (json) {
    const { code, message, exit } = error
    const more = api && { status: api.status, errors: api.errors, requestId: api.requestId }
    process.stderr.write(`${JSON.stringify({ error: { code, message, exit, ...more } })}\n`)
    return exit
  }
  out.warn(`${error.message}${error.code === 'usage' ? '' : ` (${error.code})`}`)
  for (const { at, says } of api?.errors ?? []) out.say(`${at === '' ? '' : `${at}: `}${says}`, '  ')
  for (const hint of error.hints) out.say(hint, '  ')
  return error.exit
}
