import { randomUUID } from 'node:crypto'
import type { IncidentRow } from '../../../durable/protocol/rows.ts'
import { type Command, type Context, incidentIn } from '../command.ts'
import { usage } from '../exit.ts'
import type { Options } from '../options.ts'
import { readStdin } from '../stdin.ts'

const REASON: Options = { reason: { type: 'string', short: 'r', value: 'TEXT', says: 'why; stands in the record' } }

export const ack: Command = {
  name: 'ack',
  takes: '<incident>',
  args: { min: 1, max: 1 },
  says: 'take it: you are on it, and nobody else is paged',
  options: {},
  run: (context) => order(context, 'acknowledge', undefined),
}

export const note: Command = {
  name: 'note',
  takes: '<incident> [text|-]',
  args: { min: 1, max: 2 },
  says: 'write on its timeline; - or nothing reads stdin',
  options: {},
  run: async (context) => {
    const given = context.args[1]
    const text = (given === undefined || given === '-' ? readStdin('the note') : given).trim()
    if (text === '') throw usage('a note says something')
    return order(context, 'notes', { text })
  },
}

export const mitigate = withReason('mitigate', 'say that the harm is stopped')
export const resolve = withReason('resolve', 'say that it is over')
export const reopen = withReason('reopen', 'say that it is not over')
export const close = withReason('close', 'say that nothing is left to do, and archive it')

function withReason(name: string, says: string): Command {
  return {
    name,
    takes: '<incident>',
    args: { min: 1, max: 1 },
    says,
    options: REASON,
    run: async (context) => order(context, name, { reason: await reasonIn(context) }),
  }
}

/** The reason as given, or asked for. */
export async function reasonIn(context: Context): Promise<string> {
  return context.text('reason') ?? (await context.ask.line('Why?', '--reason says why'))
}

async function order(context: Context, action: string, body: unknown): Promise<void> {
  const { out } = context
  const id = incidentIn(context)
  if (context.dryRun) return out.say(`Would ${action} ${id}${body === undefined ? '' : `: ${JSON.stringify(body)}`}`)
  const path = `/api/v1/incidents/${id}/${action}`
  const row = await context.api().post<IncidentRow>(path, body, { 'idempotency-key': randomUUID() })
  if (out.json) return out.value(row)
  out.say(`${row.id} is ${row.state}.`)
}
