import { randomUUID } from 'node:crypto'
import type { Severity } from '../../../durable/protocol/domain.ts'
import type { IncidentRow } from '../../../durable/protocol/rows.ts'
import { type Command, type Context, incidentIn } from '../command.ts'
import { usage } from '../exit.ts'
import type { Options } from '../options.ts'
import { readStdin } from '../stdin.ts'

/** What is said with nearly every order. */
export const REASON: Options = {
  reason: { type: 'string', short: 'r', value: 'TEXT', says: 'why; stands in the record' },
}

export const ack: Command = {
  name: 'ack',
  takes: '<incident>',
  args: { min: 1, max: 1 },
  says: 'take it: you are on it, and nobody else is paged',
  example: 'ic ack inc_1a2b3c4d5e6f',
  options: {},
  run: (context) => {
    const incident = incidentIn(context)
    return order(context, { incident, path: 'acknowledge', does: `acknowledge ${incident}` })
  },
}

export const note: Command = {
  name: 'note',
  takes: '<incident> [text|-]',
  args: { min: 1, max: 2 },
  says: 'write on its timeline; - or nothing reads stdin',
  example: "ic note inc_1a2b3c4d5e6f 'failed over to the second region'",
  options: {},
  run: async (context) => {
    const incident = incidentIn(context)
    const given = context.args[1]
    const text = (given === undefined || given === '-' ? readStdin('the note') : given).trim()
    if (text === '') throw usage('a note says something')
    return order(context, { incident, path: 'notes', body: { text }, does: `write on ${incident}` })
  },
}

export const mitigate = withReason('mitigate', 'say that the harm is stopped', 'rolled back to 41')
export const resolve = withReason('resolve', 'say that it is over', 'error rate is back to normal')
export const reopen = withReason('reopen', 'say that it is not over', 'it fails again in eu-west')
export const close = withReason('close', 'say that nothing is left to do, and archive it', 'reviewed')
export const cancel = withReason('cancel', 'say that it was a false alarm', 'the probe itself was broken')
export const unmerge = withReason('unmerge', 'take back a merge: its alerts return', 'two causes after all')

export const severity: Command = {
  name: 'severity',
  takes: '<incident> <SEV-N>',
  args: { min: 2, max: 2 },
  says: 'change how bad it is, SEV-1 (worst) to SEV-5',
  example: "ic severity inc_1a2b3c4d5e6f SEV-1 -r 'payments fail too'",
  options: REASON,
  run: async (context) => {
    const incident = incidentIn(context)
    const to = severityIn(context.args[1] ?? '')
    const body = { severity: to, reason: await reasonIn(context) }
    const said = (row: IncidentRow) => `${row.id} is ${row.severity}.`
    return order(context, { incident, path: 'severity', body, does: `set ${incident} to ${to}`, said })
  },
}

function severityIn(text: string): Severity {
  const [, level] = /^(?:sev-?)?([1-5])$/i.exec(text) ?? []
  if (level === undefined) throw usage(`${text} is no severity: SEV-1 to SEV-5`)
  return `SEV-${level}` as Severity
}

function withReason(name: string, says: string, why: string): Command {
  return {
    name,
    takes: '<incident>',
    args: { min: 1, max: 1 },
    says,
    example: `ic ${name} inc_1a2b3c4d5e6f -r '${why}'`,
    options: REASON,
    run: async (context) => {
      const incident = incidentIn(context)
      return order(context, {
        incident,
        path: name,
        body: { reason: await reasonIn(context) },
        does: `${name} ${incident}`,
      })
    },
  }
}

/** The reason as given, or asked for. */
export async function reasonIn(context: Context): Promise<string> {
  return context.text('reason') ?? (await context.ask.line('Why?', '--reason says why'))
}

export interface Order {
  incident: string
  /** under the incident's address. */
  path: string
  body?: unknown
  /** what a dry run says that would be done. */
  does: string
  /** what is said once it is done; how the incident stands, unless given. */
  said?: (row: IncidentRow) => string
}

/** One order to a room: said twice under one key it is done once. Answers with the row, or null in a dry run. */
export async function ordered(
  context: Context,
  { incident, path, body, does }: Omit<Order, 'said'>,
): Promise<IncidentRow | null> {
  if (context.dryRun) {
    context.out.say(`Would ${does}${body === undefined ? '' : `: ${JSON.stringify(body)}`}`)
    return null
  }
  const key = { 'idempotency-key': randomUUID() }
  return context.api().post<IncidentRow>(`/api/v1/incidents/${incident}/${path}`, body, key)
}

/** One order, and what came of it. */
export async function order(context: Context, { said, ...asked }: Order): Promise<void> {
  const row = await ordered(context, asked)
  if (row === null) return
  if (context.out.json) return context.out.value(row)
  context.out.say(said?.(row) ?? `${row.id} is ${row.state}.`)
}
