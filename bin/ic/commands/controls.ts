import type { AutonomyRecord, AutonomyRow, ControlsRow, FreezeRow } from '../../../durable/protocol/controls.ts'
import { type Command, type Context, durationIn, instantIn, isIncidentId } from '../command.ts'
import { usage } from '../exit.ts'
import type { Options } from '../options.ts'
import { REASON, order, reasonIn } from './orders.ts'

type Shown = Omit<ControlsRow, 'autonomy'> & { autonomy: (AutonomyRow & { record: AutonomyRecord | null })[] }

/** Actions of late that are shown; the API lists more. */
const RECENT_SHOWN = 10
const REACH: Options = {
  ...REASON,
  service: { type: 'string', value: 'ID', says: 'one service alone' },
  incident: { type: 'string', value: 'ID', says: 'one incident alone' },
}

export const controls: Command = {
  name: 'controls',
  takes: '',
  args: { min: 0, max: 0 },
  says: 'what holds actions back, what lets them go, and what was done lately',
  example: 'ic controls',
  options: {},
  async run({ api, out }) {
    const shown = await api().get<Shown>('/api/v1/controls')
    if (out.json) return out.value(shown)
    const { killSwitch, services, dryRun, freezes, autonomy, recent } = shown
    const set = (what: { on: boolean; by: string; reason: string }) =>
      what.on ? `on, by ${what.by}: ${what.reason}` : 'off'
    out.fields([
      ['kill switch', set(killSwitch)],
      ...services.map((one) => [`  of ${one.service}`, set(one)] as const),
      ['dry run', set(dryRun)],
      ['freezes', freezes.length === 0 ? 'none' : ''],
      ...freezes.map((one) => [`  ${one.id}`, wordsOf(one)] as const),
      ['autonomy', autonomy.length === 0 ? 'none is given' : ''],
      ...autonomy.map((one) => [`  ${one.id}`, clauseWords(one)] as const),
      ['lately', recent.length === 0 ? 'nothing' : ''],
      ...recent
        .slice(0, RECENT_SHOWN)
        .map(
          (one) =>
            [
              `  ${new Date(one.at).toISOString()}`,
              `${one.type} on ${one.target}: ${one.end}, ${one.incident}`,
            ] as const,
        ),
    ])
  },
}

export const kill: Command = {
  name: 'kill',
  takes: '<on|off>',
  args: { min: 1, max: 1 },
  says: 'the kill switch: while it is on no action starts, anywhere or where it reaches',
  example: "ic kill on --service payments -r 'the vendor is changing something'",
  words: ['on', 'off'],
  options: REACH,
  run: async (context) => {
    const service = context.text('service')
    return turn(context, {
      says: 'the kill switch',
      at: service === undefined ? '/api/v1/kill-switch' : `/api/v1/kill-switch/services/${encodeURIComponent(service)}`,
      inIncident: 'kill-switch',
    })
  },
}

export const dryrun: Command = {
  name: 'dryrun',
  takes: '<on|off>',
  args: { min: 1, max: 1 },
  says: 'dry run of the instance: while it is on nothing is called, what would be is shown',
  more: ['It is no option: --dry-run says what a command would do, this says what the instance does.'],
  example: "ic dryrun on -r 'first week here'",
  words: ['on', 'off'],
  options: { ...REASON, incident: { type: 'string', value: 'ID', says: 'one incident alone' } },
  run: async (context) => turn(context, { says: 'dry run', at: '/api/v1/dry-run', inIncident: 'dry-run-mode' }),
}

interface Turn {
  says: string
  at: string
  /** the order of a room that does it there. */
  inIncident: string
}

async function turn(context: Context, { says, at, inIncident }: Turn): Promise<void> {
  const [word] = context.args
  if (word !== 'on' && word !== 'off') throw usage(`${says} is turned on or off`)
  const incident = context.text('incident')
  if (incident !== undefined && context.text('service') !== undefined)
    throw usage('--service and --incident exclude one another')
  if (incident !== undefined && !isIncidentId(incident)) throw usage(`${incident} is no incident`)
  const body = { on: word === 'on', reason: await reasonIn(context) }
  const done = `${says} is ${word}`
  if (incident !== undefined) {
    const does = `turn ${says} of ${incident} ${word}`
    return order(context, { incident, path: inIncident, body, does, said: () => `${done} in ${incident}.` })
  }
  return put(context, at, body, done)
}

async function put(context: Context, at: string, body: { on: boolean; reason: string }, done: string): Promise<void> {
  const { out } = context
  if (context.dryRun) return out.say(`Would PUT ${at}: ${JSON.stringify(body)}`)
  const answer = await context.api().send('PUT', at, { body })
  if (out.json) return out.value(await answer.json())
  out.say(`${done.charAt(0).toUpperCase()}${done.slice(1)}.`)
}

export const freeze: Command = {
  name: 'freeze',
  takes: '<add [service…] | list | end <id>>',
  args: { min: 1, max: 101 },
  says: 'change freezes: nothing that the system proposes starts, an own decision may by name',
  more: [
    'Without services it holds everywhere. `list` shows those of the catalogue too; they end where they are written.',
  ],
  example: "ic freeze add payments ledger --until 2027-01-02T00:00:00Z -r 'books close'",
  words: ['add', 'list', 'end'],
  options: {
    ...REASON,
    for: { type: 'string', value: 'DURATION', says: 'how long: 45m, 2h, 3d' },
    until: { type: 'string', value: 'TIME', says: 'until when; until it is ended where neither is said' },
    from: { type: 'string', value: 'TIME', says: 'from when (now)' },
  },
  async run(context) {
    const [verb, ...rest] = context.args
    if (verb === 'list' && rest.length === 0) return listFreezes(context)
    if (verb === 'add') return addFreeze(context, rest)
    const [id] = rest
    if (verb === 'end' && id !== undefined && rest.length === 1) return endFreeze(context, id)
    throw usage('ic freeze add [service…], ic freeze list, ic freeze end <id>')
  },
}

async function addFreeze(context: Context, services: readonly string[]): Promise<void> {
  const { out } = context
  const [lasts, until, from] = [durationIn(context, 'for'), instantIn(context, 'until'), instantIn(context, 'from')]
  if (lasts !== undefined && until !== undefined) throw usage('--for or --until says how long, one of them')
  const begins = from === undefined ? Date.now() : Date.parse(from)
  const ends = until ?? (lasts === undefined ? undefined : new Date(begins + lasts).toISOString())
  const body = {
    services: services.length === 0 ? '*' : services,
    reason: await reasonIn(context),
    ...(from !== undefined && { from }),
    ...(ends !== undefined && { until: ends }),
  }
  if (context.dryRun) return out.say(`Would freeze: ${JSON.stringify(body)}`)
  const kept = await context.api().post<FreezeRow>('/api/v1/freezes', body)
  if (out.json) return out.value(kept)
  out.say(`${kept.state}: ${wordsOf(kept)}`)
  out.line(kept.id)
}

async function listFreezes({ api, out }: Context): Promise<void> {
  const { items } = await api().get<{ items: FreezeRow[] }>('/api/v1/freezes')
  if (out.json) return out.value({ items })
  if (items.length === 0) return out.say('Nothing is frozen.')
  out.table(
    ['ID', 'STATE', 'FROM', 'UNTIL', 'SERVICES', 'BY', 'REASON'],
    items.map((one) => [
      one.id,
      one.state,
      one.from,
      one.until ?? 'ended',
      servicesOf(one),
      one.by || one.origin,
      one.reason,
    ]),
  )
}

async function endFreeze(context: Context, id: string): Promise<void> {
  if (!/^frz_[a-z0-9]{12}$/.test(id))
    throw usage(`${id} cannot be ended here`, 'Ids look like frz_…; `list` shows them.')
  if (context.dryRun) return context.out.say(`Would end ${id}`)
  await context.ask.confirm(`End ${id}? What is proposed under it may start.`, '--yes ends it.')
  await context.api().send('DELETE', `/api/v1/freezes/${id}`)
  context.out.say(`${id} is over.`)
}

export const autonomy: Command = {
  name: 'autonomy',
  takes: '<revoke|restore> <clause>',
  args: { min: 2, max: 2 },
  says: 'revoke a clause by which an action runs unasked, or let it stand again',
  more: ['Restored, its record begins anew: nothing of before counts. `ic controls` shows clauses and records.'],
  example: "ic autonomy revoke pool-limit -r 'it masked the leak'",
  words: ['revoke', 'restore'],
  options: REASON,
  async run(context) {
    const [verb, clause = ''] = context.args
    if (verb !== 'revoke' && verb !== 'restore') throw usage('ic autonomy revoke|restore <clause>')
    const body = { on: verb === 'restore', reason: await reasonIn(context) }
    const done = `${clause} ${verb === 'restore' ? 'stands again, with a record that begins now' : 'is revoked'}`
    return put(context, `/api/v1/autonomy/${encodeURIComponent(clause)}`, body, done)
  },
}

function servicesOf({ services }: Pick<FreezeRow, 'services'>): string {
  return services === '*' ? 'everything' : services.join(' ')
}

function wordsOf(freeze: FreezeRow): string {
  const until = freeze.until === null ? 'until it is ended' : `until ${freeze.until}`
  return `${freeze.state}, ${servicesOf(freeze)}, from ${freeze.from} ${until}: ${freeze.reason}`
}

function clauseWords({ action, service, minSuccesses, on, record, reason }: Shown['autonomy'][number]): string {
  const earned =
    record === null
      ? 'one record for each service'
      : `${record.n} of ${minSuccesses} recovered, ${record.regressions} regressions`
  return `${on ? 'stands' : `revoked: ${reason}`}, ${action} on ${service === '*' ? 'any service' : service}, ${earned}`
}
