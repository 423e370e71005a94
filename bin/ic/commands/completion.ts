import type { Command } from '../command.ts'
import { usage } from '../exit.ts'
import { GLOBAL } from '../options.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const

/** The command that prints a shell's completion, made from the table of all commands. */
export function completionOf(commands: readonly Command[]): Command {
  const self: Command = {
    name: 'completion',
    takes: `<${SHELLS.join('|')}>`,
    args: { min: 1, max: 1 },
    says: 'a completion script for your shell',
    more: [
      'bash: source <(ic completion bash)   zsh: ic completion zsh > "${fpath[1]}/_ic"   fish: ic completion fish | source',
    ],
    words: SHELLS,
    example: 'source <(ic completion bash)',
    options: {},
    async run({ args, out }) {
      const all = [...commands, self]
      if (args[0] === 'bash') out.raw(bash(all))
      else if (args[0] === 'zsh') out.raw(zsh(all))
      else if (args[0] === 'fish') out.raw(fish(all))
      else throw usage(`completion is for ${SHELLS.join(', ')}`)
    },
  }
  return self
}

function flags({ options }: Pick<Command, 'options'>): string[] {
  return Object.keys({ ...options, ...GLOBAL }).map((name) => `--${name}`)
}

function bash(commands: readonly Command[]): string {
  const cases = commands.map(
    (command) => `    ${command.name}) words="${[...(command.words ?? []), ...flags(command)].join(' ')}" ;;`,
  )
  return `# ic: completion for bash
_ic() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" words
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(' ')} help version" -- "$cur"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words="" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _ic ic
`
}

function zsh(commands: readonly Command[]): string {
  const cases = commands.map((command) => {
    const options = Object.entries({ ...command.options, ...GLOBAL }).map(
      ([name, { says, value }]) => `'--${name}[${quoted(says)}]${value === undefined ? '' : `:${value}:`}'`,
    )
    const words = command.words === undefined ? "'*:file:_files'" : `'1:what:(${command.words.join(' ')})'`
    return `    ${command.name}) _arguments ${[...options, words].join(' ')} ;;`
  })
  return `#compdef ic
# ic: completion for zsh
_ic() {
  if (( CURRENT == 2 )); then
    local -a commands=(${commands.map(({ name, says }) => `'${name}:${quoted(says)}'`).join(' ')})
    _describe command commands
    return
  fi
  local command="$words[2]"
  shift words
  (( CURRENT-- ))
  case "$command" in
${cases.join('\n')}
  esac
}
if [ "$funcstack[1]" = "_ic" ]; then _ic "$@"; else compdef _ic ic; fi
`
}

function fish(commands: readonly Command[]): string {
  const lines = commands.flatMap((command) => [
    `complete -c ic -n __fish_use_subcommand -f -a ${command.name} -d '${quoted(command.says)}'`,
    ...(command.words ?? []).map(
      (word) => `complete -c ic -n '__fish_seen_subcommand_from ${command.name}' -f -a ${word}`,
    ),
    ...Object.entries(command.options).map(
      ([name, { says, value }]) =>
        `complete -c ic -n '__fish_seen_subcommand_from ${command.name}' -l ${name}${value === undefined ? '' : ' -r'} -d '${quoted(says)}'`,
    ),
  ])
  const global = Object.entries(GLOBAL).map(
    ([name, { says, value }]) => `complete -c ic -l ${name}${value === undefined ? '' : ' -r'} -d '${quoted(says)}'`,
  )
  return `# ic: completion for fish\n${[...lines, ...global].join('\n')}\n`
}

/** Our own words, made harmless inside single quotes and brackets. */
function quoted(text: string): string {
  return text.replaceAll("'", '').replaceAll(/[[\]:]/g, ' ')
}
