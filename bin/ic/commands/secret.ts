import type { Command, Context } from '../command.ts'
import { usage } from '../exit.ts'
import { readText } from '../stdin.ts'

interface Row {
  name: string
  version: number
  ageDays: number
  lastUsedAt: string | null
  setBy: string
}

export const secret: Command = {
  name: 'secret',
  takes: '<set <name> | list | delete <name>>',
  args: { min: 1, max: 2 },
  says: 'secrets that the catalogue names; a value comes from stdin and is never shown',
  words: ['set', 'list', 'delete'],
  example: 'ic secret set pager-key --file pager-key.txt',
  options: { file: { type: 'string', value: 'FILE', says: 'read the value from a file, - for stdin (-)' } },
  async run(context) {
    const [word, name] = context.args
    if (word === 'list' && name === undefined) return list(context)
    if (name === undefined || !/^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/.test(name))
      throw usage('ic secret set <name>, ic secret list, ic secret delete <name>')
    if (word === 'set') return set(context, name)
    if (word === 'delete') return remove(context, name)
    throw usage(`there is no \`ic secret ${word}\``)
  },
}

async function set(context: Context, name: string): Promise<void> {
  // One line end belongs to the pipe (`echo`, an editor), not to the value.
  const value = readText(context.text('file') ?? '-', 'the value').replace(/\r?\n$/, '')
  if (value === '') throw usage('the value is empty')
  if (context.dryRun) return context.out.say(`Would set ${name}, ${value.length} characters`)
  const row = (await (await context.api().send('PUT', `/api/v1/secrets/${name}`, { body: { value } })).json()) as Row
  if (context.out.json) return context.out.value(row)
  context.out.say(`${row.name} is set, version ${row.version}.`)
}

async function list({ api, out }: Context): Promise<void> {
  const answer = await api().get<{ items: Row[]; key: string }>('/api/v1/secrets')
  if (out.json) return out.value(answer)
  if (answer.key !== 'ready') out.warn(`secrets cannot be sealed: ${answer.key}`)
  out.table(
    ['NAME', 'VERSION', 'AGE (DAYS)', 'LAST USE', 'SET BY'],
    answer.items.map((row) => [
      row.name,
      String(row.version),
      String(row.ageDays),
      row.lastUsedAt ?? 'never',
      row.setBy,
    ]),
  )
}

async function remove(context: Context, name: string): Promise<void> {
  if (context.dryRun) return context.out.say(`Would delete ${name}`)
  await context.ask.confirm(`Delete the secret ${name}? What uses it stops working.`, '--yes deletes it.')
  await context.api().send('DELETE', `/api/v1/secrets/${name}`)
  context.out.say(`${name} is gone.`)
}
