import { instant } from '../../../durable/core/export/text.ts'
import type { HistoryRow } from '../../../durable/protocol/objects.ts'
import type { IncidentRow } from '../../../durable/protocol/rows.ts'
import { allOf } from '../api.ts'
import { type Command, type Context, numberIn, wordIn } from '../command.ts'

const ROWS = 50
const ROWS_MAX = 10_000
const STATES = ['triggered', 'acknowledged', 'mitigated', 'resolved', 'closed', 'canceled', 'merged'] as const

export const list: Command = {
  name: 'list',
  takes: '',
  args: { min: 0, max: 0 },
  says: 'incidents that are not closed, newest first',
  example: 'ic list --state triggered --json',
  options: {
    state: { type: 'string', value: 'STATE', says: `only these: ${STATES.join(', ')}` },
    history: { type: 'boolean', says: 'what is archived, newest closing first' },
    drills: { type: 'boolean', says: 'of drills, not of the real world' },
    limit: { type: 'string', value: 'N', says: `rows at most (${ROWS})` },
  },
  async run(context) {
    const limit = numberIn(context, 'limit', 1, ROWS_MAX, ROWS)
    const drill = context.flag('drills') ? 'true' : 'false'
    if (context.flag('history')) return history(context, `/api/v1/history?drill=${drill}`, limit)
    const state = context.text('state') === undefined ? '' : `&state=${wordIn(context, 'state', STATES, 'triggered')}`
    const rows = await allOf<IncidentRow>(context.api(), `/api/v1/incidents?drill=${drill}${state}`, limit)
    const { out } = context
    if (out.json) return out.value({ items: rows })
    if (rows.length === 0) return out.say('No incident is open.')
    out.table(
      ['ID', 'SEVERITY', 'STATE', 'PHASE', 'OPENED', 'SERVICE', 'TITLE', 'WAITS FOR'],
      rows.map((row) => [
        row.id,
        row.severity,
        row.state,
        row.phase,
        row.openedAt,
        row.service,
        row.title,
        row.awaitingHuman ? 'a person' : '',
      ]),
    )
  },
}

async function history({ api, out }: Context, path: string, limit: number): Promise<void> {
  const rows = await allOf<HistoryRow>(api(), path, limit)
  if (out.json) return out.value({ items: rows })
  if (rows.length === 0) return out.say('Nothing is archived.')
  out.table(
    ['ID', 'SEVERITY', 'CLOSED', 'OUTCOME', 'SERVICE', 'TITLE', 'IMPORTED'],
    rows.map((row) => [
      row.id,
      row.severity,
      row.closedAt,
      row.outcome,
      row.service,
      row.title,
      row.imported ? instant(Date.parse(row.imported.at)) : '',
    ]),
  )
}
