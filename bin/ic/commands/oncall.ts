import type { OnCallRow } from '../../../durable/protocol/oncall.ts'
import { type Command, instantIn } from '../command.ts'

export const oncall: Command = {
  name: 'oncall',
  takes: '',
  args: { min: 0, max: 0 },
  says: 'who is on call in each rotation, and who comes next',
  example: 'ic oncall --at 2026-12-24T20:00:00+01:00',
  options: { at: { type: 'string', value: 'TIME', says: 'then, not now: an instant, or from now: 12h' } },
  async run(context) {
    const { out } = context
    const at = instantIn(context, 'at')
    const query = at === undefined ? '' : `?at=${encodeURIComponent(at)}`
    const { items } = await context.api().get<{ items: OnCallRow[] }>(`/api/v1/oncall${query}`)
    if (out.json) return out.value({ items })
    if (items.length === 0) return out.say('The catalogue has no rotation.')
    out.table(
      ['ROTATION', 'PERSON', 'UNTIL', 'NEXT', 'BY'],
      items.map((row) => [row.rotation, row.person, row.until, row.next, row.override ? 'override' : 'turn']),
    )
  },
}
