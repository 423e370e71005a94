import { randomUUID } from 'node:crypto'
import { MATCHERS_MAX } from '../../../durable/protocol/limits.ts'
import type { MatchOp, Matcher, SilenceRow } from '../../../durable/protocol/noise.ts'
import { type Command, type Context, durationIn, instantIn } from '../command.ts'
import { usage } from '../exit.ts'

type Kind = SilenceRow['kind']

const ID = /^sil_[a-z0-9]{12}$/

export const silence = of('silence', {
  says: 'keep alerts from people for a while: what matches is stored, and nobody is told',
  example: "ic silence add service=checkout 'alertname=~Disk.*' --for 2h --comment 'the disk is being replaced'",
})

export const maintenance = of('maintenance', {
  says: 'planned work: alerts of a window are stored, and nobody is told',
  example: "ic maintenance add service=db --from 2026-11-23T22:00:00Z --for 4h --comment 'upgrade to 18'",
})

function of(kind: Kind, { says, example }: Pick<Command, 'says' | 'example'>): Command {
  const usual = `ic ${kind} add <matcher…>, ic ${kind} list, ic ${kind} end <id>`
  return {
    name: kind,
    takes: '<add <matcher…> | list | end <id>>',
    args: { min: 1, max: 1 + MATCHERS_MAX },
    says,
    more: [
      'A matcher is name=value, name!=value, name=~pattern or name!~pattern on an alert’s label, or on service, source',
      'and severity; all must hold. `list` shows the windows of the catalogue too; those end where they are written.',
    ],
    example,
    words: ['add', 'list', 'end'],
    options: {
      for: { type: 'string', value: 'DURATION', says: 'how long: 45m, 2h, 3d' },
      until: { type: 'string', value: 'TIME', says: 'until when: 2026-11-23T09:00:00Z' },
      from: { type: 'string', value: 'TIME', says: 'from when (now)' },
      comment: { type: 'string', short: 'c', value: 'TEXT', says: 'why' },
    },
    async run(context) {
      const [verb, ...rest] = context.args
      if (verb === 'list' && rest.length === 0) return list(context, kind)
      if (verb === 'add' && rest.length > 0) return add(context, kind, rest.map(matcherOf))
      const [id] = rest
      if (verb === 'end' && id !== undefined && rest.length === 1) return end(context, id)
      throw usage(usual)
    },
  }
}

async function add(context: Context, kind: Kind, matchers: Matcher[]): Promise<void> {
  const { out } = context
  const comment = context.text('comment')
  if (comment === undefined) throw usage('--comment says why')
  const [lasts, until, startsAt] = [durationIn(context, 'for'), instantIn(context, 'until'), instantIn(context, 'from')]
  if ((lasts === undefined) === (until === undefined)) throw usage('--for or --until says how long, one of them')
  const begins = startsAt === undefined ? Date.now() : Date.parse(startsAt)
  const endsAt = until ?? new Date(begins + (lasts ?? 0)).toISOString()
  const body = { kind, matchers, comment, ...(startsAt !== undefined && { startsAt }), endsAt }
  if (context.dryRun) return out.say(`Would keep quiet: ${JSON.stringify(body)}`)
  const kept = await context.api().post<SilenceRow>('/api/v1/silences', body, { 'idempotency-key': randomUUID() })
  if (out.json) return out.value(kept)
  out.say(`${kept.state}, until ${kept.endsAt}`)
  out.line(kept.id)
}

async function list(context: Context, kind: Kind): Promise<void> {
  const { out } = context
  const { items } = await context.api().get<{ items: SilenceRow[] }>('/api/v1/silences')
  const rows = items.filter((row) => row.kind === kind)
  if (out.json) return out.value({ items: rows })
  if (rows.length === 0) return out.say(kind === 'silence' ? 'Nothing is silenced.' : 'No work is planned.')
  out.table(
    ['ID', 'STATE', 'FROM', 'UNTIL', 'BY', 'MATCHERS', 'COMMENT'],
    rows.map((row) => [
      row.id,
      row.state,
      row.startsAt,
      row.endsAt,
      row.by,
      row.matchers.map(({ name, op, value }) => `${name}${op}${value}`).join(' '),
      row.comment,
    ]),
  )
}

async function end(context: Context, id: string): Promise<void> {
  if (!ID.test(id)) throw usage(`${id} cannot be ended here`, 'Ids look like sil_…; `list` shows them.')
  if (context.dryRun) return context.out.say(`Would end ${id}`)
  await context.ask.confirm(`End ${id}? What it holds back and still fires comes through.`, '--yes ends it.')
  await context.api().send('DELETE', `/api/v1/silences/${id}`)
  context.out.say(`${id} is over.`)
}

function matcherOf(text: string): Matcher {
  const [, name, op, value] = /^([^=!~\s]+)(=~|!~|!=|=)(.*)$/s.exec(text) ?? []
  if (name === undefined || op === undefined || value === undefined)
    throw usage(`${text} is no matcher: name=value, name!=value, name=~pattern, name!~pattern`)
  return { name, op: op as MatchOp, value }
}
