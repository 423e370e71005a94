import { nodeCrypto } from '../../../bridge/ed25519.ts'
import type { ExportFile } from '../../../durable/core/export/file.ts'
import { isAsExported } from '../../../durable/core/export/part.ts'
import type { AgentKey } from '../../../durable/protocol/domain.ts'
import type { RoomEvent } from '../../../durable/protocol/events.ts'
import type { EventsPage } from '../../../durable/protocol/objects.ts'
import type { ArchivedIncident } from '../../../durable/protocol/ports.ts'
import { type LogVerdict, verifyChain, verifyLog } from '../../../durable/protocol/verify.ts'
import { ApiError } from '../api.ts'
import { type Command, type Context, incidentIn, isIncidentId } from '../command.ts'
import { CliError, EXIT, type ExitCode } from '../exit.ts'
import { exportAndText, sha256, stateHash, verified } from '../log.ts'

const PAGE = 1_000
/** Where an instance publishes its agents' keys. */
const KEYS = '/.well-known/incident-commander-keys.json'
/** Problems shown beside the first. */
const PROBLEMS_SHOWN = 9

type Compared = 'same' | 'the server has more' | 'another log' | 'not known there' | 'not reached' | 'not asked'

export const verify: Command = {
  name: 'verify',
  takes: '<file | - | incident>',
  args: { min: 1, max: 1 },
  says: 'check an export or an incident here: chain, digests, signatures, certificates',
  more: [
    'Every vote is checked with the keys that the instance publishes, else with those that the file names. A file is also',
    'compared with the instance, where that can be reached. This shows whether a copy was altered; it proves nothing against',
    'whoever operates the instance.',
  ],
  example: 'ic verify inc.json --offline',
  options: { offline: { type: 'boolean', says: 'look at the file alone' } },
  async run(context) {
    const [what = ''] = context.args
    return isIncidentId(what) ? verifyIncident(context) : verifyFile(context, what)
  },
}

async function verifyFile(context: Context, path: string): Promise<ExitCode> {
  const { file, text } = exportAndText(path)
  const view = await verified(file)
  const keys = context.flag('offline') ? null : await publishedKeys(context, view.head?.instance ?? '')
  const { checked } = await judged(file.events, keys)
  if (!isAsExported(text, file, view))
    throw new CliError(EXIT.error, 'not-as-exported', 'every event holds, but the text is not as it was exported')
  const compared = context.flag('offline') ? 'not asked' : await compare(context, file)
  const { incident, count, chainHead } = file
  const said = {
    ok: compared !== 'another log',
    incident,
    count,
    chainHead,
    stateHash: stateHash(view),
    ...counts(checked),
    keys: wordOf(keys, view.keys.length),
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
      ...signedFields(said),
      ['server', compared],
    ])
  return said.ok ? EXIT.ok : EXIT.error
}

type Checked = LogVerdict['checked']
type Counts = Omit<Checked, 'events'>

function counts({ proposals, votes, certificates }: Checked): Counts {
  return { proposals, votes, certificates }
}

function signedFields({ proposals, votes, certificates, keys }: Counts & { keys: string }): [string, string][] {
  return [
    ['proposals', `${proposals}, each digest holds`],
    ['votes', `${votes}, each signature is as recorded`],
    ['certificates', `${certificates}, each carries by its votes`],
    ['keys', keys],
  ]
}

function wordOf(published: AgentKey[] | null, named: number): string {
  if (named === 0) return 'none: no vote is signed'
  return published ? 'as the instance publishes them' : 'as the log names them'
}

/** Everything a log claims; throws at the first thing that does not hold, with its seq. */
async function judged(events: RoomEvent[], keys: AgentKey[] | null): Promise<LogVerdict> {
  const verdict = await verifyLog(events, keys, nodeCrypto)
  const [first] = verdict.problems
  if (!first) return verdict
  const others = verdict.problems.slice(1, 1 + PROBLEMS_SHOWN).map(({ seq, what }) => `event ${seq}: ${what}`)
  throw new CliError(EXIT.error, 'log-does-not-hold', `event ${first.seq}: ${first.what}`, others)
}

/** The keys of the instance that the log is of; null where another one answers, or none does. */
async function publishedKeys(context: Context, instance: string): Promise<AgentKey[] | null> {
  try {
    const published = await context.api().get<{ instance: string; keys: AgentKey[] }>(KEYS)
    return published.instance === instance ? published.keys : null
  } catch (error) {
    if (error instanceof CliError) return null
    throw error
  }
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
  const chain = await verifyChain(events, sha256)
  if (!chain.ok) throw new CliError(EXIT.error, 'chain-broken', `event ${chain.seq}: ${chain.reason}`)
  const opening = events[0]?.body
  const instance = opening?.type === 'incident-opened' ? opening.head.instance : ''
  const keys = await publishedKeys(context, instance)
  const { checked } = await judged(events, keys)
  const { head, count } = chain
  const named = events.some(
    ({ body }) => (body.type === 'incident-opened' && body.keys) || body.type === 'keys-recorded',
  )
  const said = { ...counts(checked), keys: wordOf(keys, named ? 1 : 0) }
  if (context.out.json) context.out.value({ ok: true, incident, count, chainHead: head, ...said })
  else
    context.out.fields([
      ['chain', 'holds'],
      ['incident', incident],
      ['events', String(count)],
      ['chain head', head],
      ...signedFields(said),
    ])
  return EXIT.ok
}
