import { type Command } from '../command.ts'
import { keepToken } from '../config.ts'
import { CliError, EXIT } from '../exit.ts'
import { readStdin, readText } from '../stdin.ts'

export const init: Command = {
  name: 'init',
  takes: '',
  args: { min: 0, max: 0 },
  says: 'set a fresh deployment up: make the first admin token and keep it',
  more: [
    'The one-time token is the Worker secret IC_INIT_TOKEN (24 characters at least). It is read from the environment',
    'variable of that name, from --token-file, or from stdin with --token-file -. It works once.',
  ],
  example: 'IC_INIT_TOKEN=… ic init --url https://ic.example',
  options: {
    name: { type: 'string', value: 'NAME', says: 'the name that stands in records (admin)' },
    show: { type: 'boolean', says: 'print the token instead of keeping it' },
  },
  async run(context) {
    const { out } = context
    const { url } = context.settings()
    const name = context.text('name') ?? 'admin'
    if (context.dryRun) return out.say(`Would make the first admin token of ${url} for ${name}`)
    const once = initToken(context.text('token-file'))
    const answer = await context.api().reach('POST', '/api/v1/init', {
      body: { name },
      headers: { authorization: `Bearer ${once}` },
    })
    const said = (await answer.json().catch(() => ({}))) as Record<string, unknown>
    if (!answer.ok || typeof said['token'] !== 'string') throw refused(answer.status, said)
    if (context.flag('show')) return out.json ? out.value(said) : out.line(said['token'])
    const path = keepToken(url, said['token'])
    if (out.json) return out.value({ url, name, kept: path })
    out.say(`The first admin token of ${url} is in ${path}, and that instance is now the one asked.`)
    out.say('Next: take the Worker secret IC_INIT_TOKEN away, then `ic doctor`, then `ic apply catalogue.yaml`.')
  },
}

function initToken(file: string | undefined): string {
  const text =
    file === undefined ? (process.env['IC_INIT_TOKEN'] ?? readStdin('IC_INIT_TOKEN')) : readText(file, 'IC_INIT_TOKEN')
  const token = text.trim()
  if (!/^[\x21-\x7e]+$/.test(token)) throw new CliError(EXIT.auth, 'bad-token', 'IC_INIT_TOKEN holds no token')
  return token
}

function refused(status: number, said: Record<string, unknown>): CliError {
  const code = typeof said['code'] === 'string' ? said['code'] : `http-${status}`
  const detail = typeof said['detail'] === 'string' ? said['detail'] : `the server answered ${status}`
  if (status === 409) return new CliError(EXIT.conflict, code, detail, ['Another admin makes tokens: `ic token make`.'])
  return new CliError(
    status === 401 || status === 403 ? EXIT.auth : status === 503 ? EXIT.temporary : EXIT.error,
    code,
    detail,
  )
}
