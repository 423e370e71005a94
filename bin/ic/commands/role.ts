import { CREW_ROLES, type CrewMember, type CrewRole } from '../../../durable/protocol/crew.ts'
import type { IncidentDetail } from '../../../durable/protocol/rows.ts'
import { type Command, type Context, incidentIn } from '../command.ts'
import { CliError, EXIT, usage } from '../exit.ts'
import { REASON, order } from './orders.ts'
import { detailOf } from './show.ts'

export const role: Command = {
  name: 'role',
  takes: '<assign|release|list> <incident> [role] [person]',
  args: { min: 2, max: 4 },
  says: 'who does what in an incident: give a role, hand it over, give it back',
  more: [
    `Roles: ${CREW_ROLES.join(', ')}.`,
    'Without a person a role is yours to take; released is whoever holds it. A role that somebody has is handed over.',
  ],
  example: "ic role assign inc_1a2b3c4d5e6f incident-commander ada -r 'ada knows the database'",
  words: ['assign', 'release', 'list'],
  options: REASON,
  async run(context) {
    const [verb, , word, person] = context.args
    const incident = incidentIn(context, 1)
    if (verb === 'list' && word === undefined) return list(context, incident)
    if (verb !== 'assign' && verb !== 'release')
      throw usage('ic role assign|release <incident> <role> [person], ic role list <incident>')
    const named = CREW_ROLES.find((one) => one === word)
    if (named === undefined) throw usage(`${word ?? 'nothing'} is no role: ${CREW_ROLES.join(', ')}`)
    const who = person ?? (verb === 'assign' ? await ownName(context) : await holderOf(context, incident, named))
    const reason = context.text('reason')
    return order(context, {
      incident,
      path: verb === 'assign' ? 'roles' : 'roles/release',
      body: { role: named, person: who, ...(reason !== undefined && { reason }) },
      does: `${verb === 'assign' ? 'give' : 'take back'} ${named} of ${incident}`,
      said: () => `${who} is ${verb === 'assign' ? '' : 'no longer '}${named} of ${incident}.`,
    })
  },
}

async function ownName(context: Context): Promise<string> {
  return (await context.api().get<{ name: string }>('/api/v1/me')).name
}

/** Whoever holds the role, where that is one person. */
async function holderOf(context: Context, incident: string, named: CrewRole): Promise<string> {
  const { crew } = await context.api().get<IncidentDetail>(`/api/v1/incidents/${incident}`)
  const holders = crew.filter((member) => member.role === named)
  const [holder] = holders
  if (holder === undefined) throw new CliError(EXIT.conflict, 'not-held', `nobody is ${named}`)
  if (holders.length > 1) throw usage(`several are ${named}: name one of ${holders.map(nameOf).join(', ')}`)
  return holder.person
}

function nameOf({ person }: CrewMember): string {
  return person
}

async function list(context: Context, incident: string): Promise<void> {
  const { out } = context
  const { crew } = await detailOf(context.api(), incident)
  if (out.json) return out.value({ items: crew })
  if (crew.length === 0) return out.say('Nobody has a role.')
  out.table(
    ['ROLE', 'PERSON', 'SINCE'],
    crew.map(({ role: held, person, since }) => [held, person, new Date(since).toISOString()]),
  )
}
