import type { ExportFile } from '../../../durable/core/export/file.ts'
import type { RoomEvent } from '../../../durable/protocol/events.ts'
import type { EventsPage } from '../../../durable/protocol/objects.ts'
import type { ArchivedIncident } from '../../../durable/protocol/ports.ts'
import { verifyChain } from '../../../durable/protocol/verify.ts'
import { ApiError } from '../api.ts'
import { type Command, type Context, incidentIn, isIncidentId } from '../command.ts'
import { CliError, EXIT, type ExitCode } from '../exit.ts'
import { exportIn, sha256, stateHash, verified } from '../log.ts'

const PAGE = 1_000

type Compared = 'same' | 'the server has more' | 'another log' | 'not known there' | 'not reached' | 'not asked'

export const verify: Command = {
  name: 'verify',
  takes: '<file | - | incident>',
  args: { min: 1, max: 1 },
  says: 'walk the hash chain of an export or of an incident here',
  more: [
    'A file is also compared with the instance, where that can be reached. A chain shows whether a copy was altered; it',
    'proves nothing against whoever operates the instance.',
  ],
  example: 'ic verify inc.json --offline',
  options: { offline: { type: 'boolean', says: 'look at the file alone' } },
  async run(context) {
    const [what = ''] = context.args
    return isIncidentId(what) ? verifyIncident(context) : verifyFile(context, what)
  },
}

async function verifyFile(context: Context, path: string): Promise<ExitCode> {
  const file = exportIn(path)
  const view = await verified(file)
  const compared = context.flag('offline') ? 'not asked' : await compare(context, file)
  const { incident, count, chainHead } = file
  const said = {
    ok: compared !== 'another log',
    incident,
    count,
    chainHead,
    stateHash: stateHash(view),
    server: compared,
  }
  if (context.out.json) context.out.value(said)
  else
    context.out.fields([
      ['chain', 'holds'],
      ['incident', incident],
      ['events', String(count)],
      ['chain head', chainHead],
      ['state hash', said.stateHash],
      ['server', compared],
    ])
  return said.ok ? EXIT.ok : EXIT.error
}

/** What the instance has at the file's last event: a chain's hash there names everything before it. */
async function compare(context: Context, { incident, count, chainHead }: ExportFile): Promise<Compared> {
  try {
    const api = context.api()
    const page = await api.get<EventsPage>(`/api/v1/incidents/${incident}/events?after=${count - 1}&limit=1`)
    if (page.items[0]?.hash !== chainHead) return 'another log'
    return page.head === count ? 'same' : 'the server has more'
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return archived(context, incident, count, chainHead)
    if (!(error instanceof CliError)) throw error
    context.out.say(`ic: not compared with the instance: ${error.message}`)
    return 'not reached'
  }
}

async function archived(context: Context, incident: string, count: number, chainHead: string): Promise<Compared> {
  try {
    const { events } = await context.api().get<ArchivedIncident>(`/api/v1/history/${incident}`)
    if (events[count - 1]?.hash !== chainHead) return 'another log'
    return events.length === count ? 'same' : 'the server has more'
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return 'not known there'
    throw error
  }
}

async function verifyIncident(context: Context): Promise<ExitCode> {
  const incident = incidentIn(context)
  const events: RoomEvent[] = []
  for (;;) {
    const page = await context
      .api()
      .get<EventsPage>(`/api/v1/incidents/${incident}/events?after=${events.length}&limit=${PAGE}`)
    events.push(...page.items)
    if (page.items.length === 0 || events.length >= page.head) break
  }
  const verdict = await verifyChain(events, sha256)
  if (!verdict.ok) throw new CliError(EXIT.error, 'chain-broken', `event ${verdict.seq}: ${verdict.reason}`)
  const { head, count } = verdict
  if (context.out.json) context.out.value({ ok: true, incident, count, chainHead: head })
  else
    context.out.fields([
      ['chain', 'holds'],
      ['incident', incident],
      ['events', String(count)],
      ['chain head', head],
    ])
  return EXIT.ok
}
