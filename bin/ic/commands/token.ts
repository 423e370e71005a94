import type { Role } from '../../../durable/protocol/domain.ts'
import { allOf } from '../api.ts'
import { type Command, type Context, numberIn, wordIn } from '../command.ts'
import { usage } from '../exit.ts'

const ROLES: readonly Role[] = ['viewer', 'responder', 'commander', 'admin']
const ROWS_MAX = 10_000
const DAYS_MAX = 3_660

interface Row {
  id: string
  name: string
  kind: 'api' | 'ingest'
  role?: Role
  source?: string
  createdAt: string
  createdBy: string
  expiresAt: string | null
  lastUsedAt: string | null
  revokedAt: string | null
}

export const token: Command = {
  name: 'token',
  takes: '<make <name> | list | revoke <id>>',
  args: { min: 1, max: 2 },
  says: 'tokens of people and of sources; a new one is printed once',
  more: ['--role makes one for a person or a program, --source one that posts for a source and does nothing else.'],
  example: "ic token make 'the night shift' --role responder --days 90 > token.txt",
  words: ['make', 'list', 'revoke'],
  options: {
    role: { type: 'string', value: 'ROLE', says: ROLES.join(', ') },
    source: { type: 'string', value: 'SOURCE', says: 'a source of the catalogue' },
    days: { type: 'string', value: 'N', says: 'how long it lives (until it is revoked)' },
  },
  async run(context) {
    const [verb, what] = context.args
    if (verb === 'list' && what === undefined) return list(context)
    if (verb === 'make' && what !== undefined) return make(context, what)
    if (verb === 'revoke' && what !== undefined) return revoke(context, what)
    throw usage('ic token make <name>, ic token list, ic token revoke <id>')
  },
}

async function make(context: Context, name: string): Promise<void> {
  const { out } = context
  const source = context.text('source')
  if ((context.text('role') === undefined) === (source === undefined))
    throw usage('--role or --source says what it may, one of them')
  const grant =
    source === undefined ? { kind: 'api', role: wordIn(context, 'role', ROLES, 'viewer') } : { kind: 'ingest', source }
  const days = context.text('days') === undefined ? null : numberIn(context, 'days', 1, DAYS_MAX, 1)
  const body = { ...grant, name, expiresInDays: days }
  if (context.dryRun) return out.say(`Would make ${JSON.stringify(body)}`)
  const made = await context.api().post<Row & { token: string }>('/api/v1/tokens', body)
  if (out.json) return out.value(made)
  out.say(`${made.id}, ${may(made)}, ${made.expiresAt === null ? 'until revoked' : `until ${made.expiresAt}`}`)
  out.line(made.token)
}

async function list({ api, out }: Context): Promise<void> {
  const rows = await allOf<Row>(api(), '/api/v1/tokens', ROWS_MAX)
  if (out.json) return out.value({ items: rows })
  if (rows.length === 0) return out.say('There is no token.')
  out.table(
    ['ID', 'NAME', 'MAY', 'MADE', 'BY', 'LAST USE', 'ENDS'],
    rows.map((row) => [
      row.id,
      row.name,
      may(row),
      row.createdAt,
      row.createdBy,
      row.lastUsedAt ?? 'never',
      row.revokedAt === null ? (row.expiresAt ?? 'never') : `revoked ${row.revokedAt}`,
    ]),
  )
}

async function revoke(context: Context, id: string): Promise<void> {
  if (!/^tok_[0-9a-f]{18}$/.test(id)) throw usage(`${id} is no token’s id`, 'Ids look like tok_…; `ic token list`.')
  if (context.dryRun) return context.out.say(`Would revoke ${id}`)
  await context.ask.confirm(`Revoke ${id}? Whoever uses it is out at once.`, '--yes revokes it.')
  const row = (await (await context.api().send('DELETE', `/api/v1/tokens/${id}`)).json()) as Row
  if (context.out.json) return context.out.value(row)
  context.out.say(`${row.id} (${row.name}) is revoked.`)
}

function may({ kind, role, source }: Row): string {
  return kind === 'api' ? (role ?? '') : `posts as ${source ?? ''}`
}
