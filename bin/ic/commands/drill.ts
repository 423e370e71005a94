import { setTimeout as sleep } from 'node:timers/promises'
import type { DrillRow } from '../../../durable/protocol/objects.ts'
import { allOf } from '../api.ts'
import { type Command, type Context, numberIn } from '../command.ts'
import { CliError, EXIT, usage } from '../exit.ts'

const ROWS_MAX = 100
const SEED_MAX = 4_294_967_295
const SPEED_MAX = 120
/** A drill opens its incident within so long of wall time, or something is wrong. */
const OPEN_WITHIN_MS = 120_000
const POLL_MS = 500

export const drill: Command = {
  name: 'drill',
  takes: '[scenario | list | stop <drill> | scenarios]',
  args: { min: 0, max: 2 },
  says: 'practise: start a drill (database-cascade), list or stop them',
  words: ['database-cascade', 'list', 'scenarios', 'stop'],
  example: 'ic drill database-cascade --seed 7 --speed 60 --wait',
  options: {
    seed: { type: 'string', value: 'N', says: 'the same seed is the same story (1)' },
    speed: { type: 'string', value: 'N', says: 'times as fast as real time, 1 to 120 (60)' },
    variant: { type: 'string', value: 'NAME', says: 'another course of the story' },
    wait: { type: 'boolean', says: 'wait for its incident and print that id' },
  },
  async run(context) {
    const [word = 'database-cascade', second] = context.args
    if (word === 'stop') return stop(context, second)
    if (second !== undefined) throw usage(`ic drill ${word} takes nothing more`)
    if (word === 'list') return list(context)
    if (word === 'scenarios') return scenarios(context)
    return start(context, word)
  },
}

async function start(context: Context, scenario: string): Promise<void> {
  const { out } = context
  const variant = context.text('variant')
  const body = {
    scenario,
    seed: numberIn(context, 'seed', 0, SEED_MAX, 1),
    speed: numberIn(context, 'speed', 1, SPEED_MAX, 60),
    ...(variant !== undefined && { variant }),
  }
  if (context.dryRun) return out.say(`Would start ${JSON.stringify(body)}`)
  let row = await context.api().post<DrillRow>('/api/v1/drills', body)
  if (context.flag('wait')) row = await opened(context, row.id)
  if (out.json) return out.value(row)
  out.say(`${row.title}: ${row.id}, ${row.speed} times as fast, until ${row.endsAt}`)
  out.line(context.flag('wait') ? (row.incidents[0] ?? '') : row.id)
}

async function opened(context: Context, id: string): Promise<DrillRow> {
  const giveUpAt = performance.now() + OPEN_WITHIN_MS
  for (;;) {
    const row = await context.api().get<DrillRow>(`/api/v1/drills/${id}`)
    if (row.incidents.length > 0) return row
    if (row.state !== 'running' || performance.now() > giveUpAt)
      throw new CliError(EXIT.error, 'no-incident', `${id} opened no incident; it is ${row.state}`)
    await sleep(POLL_MS)
  }
}

async function list({ api, out }: Context): Promise<void> {
  const rows = await allOf<DrillRow>(api(), '/api/v1/drills', ROWS_MAX)
  if (out.json) return out.value({ items: rows })
  out.table(
    ['ID', 'SCENARIO', 'SEED', 'SPEED', 'STATE', 'STARTED', 'INCIDENTS'],
    rows.map(({ id, scenario, seed, speed, state, startedAt, incidents }) => [
      id,
      scenario,
      String(seed),
      String(speed),
      state,
      startedAt,
      incidents.join(' '),
    ]),
  )
}

async function scenarios({ api, out }: Context): Promise<void> {
  const { items } = await api().get<{
    items: { name: string; title: string; summary: string; variants: unknown[] }[]
  }>('/api/v1/scenarios')
  if (out.json) return out.value({ items })
  out.table(
    ['NAME', 'TITLE', 'WHAT HAPPENS'],
    items.map(({ name, title, summary }) => [name, title, summary]),
  )
}

async function stop(context: Context, id: string | undefined): Promise<void> {
  if (id === undefined || !/^drl_[a-z0-9]{6,32}$/.test(id)) throw usage('ic drill stop <drill>: ids look like drl_…')
  if (context.dryRun) return context.out.say(`Would stop ${id}`)
  const row = await context.api().post<DrillRow>(`/api/v1/drills/${id}/stop`, undefined)
  if (context.out.json) return context.out.value(row)
  context.out.say(`${row.id} is ${row.state}.`)
}
