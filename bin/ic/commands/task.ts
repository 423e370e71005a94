import type { Task, TaskState } from '../../../durable/protocol/crew.ts'
import { type Command, type Context, incidentIn, instantIn, wordIn } from '../command.ts'
import { CliError, EXIT, usage } from '../exit.ts'
import { order, ordered } from './orders.ts'
import { detailOf } from './show.ts'

const STATES: readonly TaskState[] = ['open', 'done', 'dropped']
/** What takes an owner or a time away. */
const NONE = 'none'

export const task: Command = {
  name: 'task',
  takes: '<add|change|list> <incident> [text | task]',
  args: { min: 2, max: 3 },
  says: 'what is to be done: add, change or list tasks and action items',
  more: ['`add` prints the id. `change` leaves what is not said; `none` takes an owner or a time away.'],
  example: "ic task add inc_1a2b3c4d5e6f 'ask the provider' --owner ada --due 2h",
  words: ['add', 'change', 'list'],
  options: {
    owner: { type: 'string', value: 'NAME', says: 'who does it' },
    due: { type: 'string', value: 'TIME', says: 'by when: 2026-11-23T09:00:00Z, or from now: 2h' },
    state: { type: 'string', value: 'STATE', says: `of change: ${STATES.join(', ')}` },
    'action-item': { type: 'boolean', says: 'of add: it follows from the incident, and may be added after it' },
  },
  async run(context) {
    const [verb, , word] = context.args
    const incident = incidentIn(context, 1)
    if (verb === 'list' && word === undefined) return list(context, incident)
    if (word === undefined || (verb !== 'add' && verb !== 'change'))
      throw usage('ic task add <incident> <text>, ic task change <incident> <task>, ic task list <incident>')
    return verb === 'add' ? add(context, incident, word) : change(context, incident, word)
  },
}

async function add(context: Context, incident: string, text: string): Promise<void> {
  if (context.text('state') !== undefined) throw usage('--state goes with change: what is added is open')
  const [owner, due] = [ownerIn(context), dueIn(context)]
  const kind = context.flag('action-item') ? 'action-item' : 'task'
  const body = { kind, text, ...(owner !== undefined && { owner }), ...(due !== undefined && { due }) }
  const row = await ordered(context, { incident, path: 'tasks', body, does: `add to ${incident}` })
  if (row === null) return
  const { tasks } = await detailOf(context.api(), incident)
  const added = tasks.findLast((one) => one.text === text.trim() && one.kind === kind)
  if (added === undefined) throw new CliError(EXIT.temporary, 'not-seen', 'it was taken and is not listed yet')
  if (context.out.json) return context.out.value(added)
  context.out.line(added.id)
}

async function change(context: Context, incident: string, id: string): Promise<void> {
  if (context.flag('action-item')) throw usage('--action-item goes with add')
  const [owner, due] = [ownerIn(context), dueIn(context)]
  const state = context.text('state') === undefined ? undefined : wordIn(context, 'state', STATES, 'open')
  const body = {
    ...(owner !== undefined && { owner }),
    ...(due !== undefined && { due }),
    ...(state !== undefined && { state }),
  }
  if (Object.keys(body).length === 0) throw usage('--owner, --due or --state says what changes')
  if (!/^T-\d{1,6}$/.test(id)) throw usage(`${id} is no task`, 'Ids look like T-01; `ic task list` shows them.')
  const does = `change ${id} of ${incident}`
  return order(context, { incident, path: `tasks/${id}`, body, does, said: () => `${id} is changed.` })
}

function ownerIn(context: Context): string | null | undefined {
  const owner = context.text('owner')
  return owner === NONE ? null : owner
}

function dueIn(context: Context): string | null | undefined {
  return context.text('due') === NONE ? null : instantIn(context, 'due')
}

async function list(context: Context, incident: string): Promise<void> {
  const { out } = context
  const { tasks } = await detailOf(context.api(), incident)
  if (out.json) return out.value({ items: tasks })
  if (tasks.length === 0) return out.say('Nothing is to be done.')
  out.table(['ID', 'STATE', 'KIND', 'OWNER', 'DUE', 'TEXT'], tasks.map(cells))
}

function cells({ id, state, kind, owner, dueWall, text }: Task): string[] {
  return [id, state, kind, owner ?? '', dueWall === null ? '' : new Date(dueWall).toISOString(), text]
}
