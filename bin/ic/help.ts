import type { Command } from './command.ts'
import { GLOBAL, type Options } from './options.ts'

/** What there is. */
export function help(commands: readonly Command[]): string {
  const lines = commands.map(({ name, takes, says }): [string, string] => [`${name} ${takes}`.trim(), says])
  return [
    'ic: incidents from a terminal',
    '',
    'Usage: ic <command> [arguments] [options]',
    '',
    ...columns(lines),
    '',
    'Everywhere:',
    ...optionLines(GLOBAL),
    '',
    'Ends with 0 ok, 1 error, 2 usage, 3 not found, 4 sign-in or role, 5 conflict, 75 try again later.',
    '`ic help <command>` says more.',
    '',
  ].join('\n')
}

/** What one command does. */
export function commandHelp({ name, takes, says, more = [], example, options }: Command): string {
  return [
    `ic ${name}: ${says}`,
    '',
    `Usage: ic ${name} ${takes} [options]`.replaceAll('  ', ' '),
    ...(more.length === 0 ? [] : ['', ...more]),
    '',
    `Example: ${example}`,
    ...(Object.keys(options).length === 0 ? [] : ['', 'Options:', ...optionLines(options)]),
    '',
    'Everywhere:',
    ...optionLines(GLOBAL),
    '',
  ].join('\n')
}

function optionLines(options: Options): string[] {
  return columns(
    Object.entries(options).map(([name, { short, value, says }]) => [
      `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`,
      says,
    ]),
  )
}

function columns(lines: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...lines.map(([left]) => left.length))
  return lines.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}
