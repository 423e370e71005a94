import { sentenceLine, sentenceOf } from '../../../durable/core/export/sentence.ts'
import { instant } from '../../../durable/core/export/text.ts'
import { incidentDetail } from '../../../durable/protocol/rows.ts'
import { type Command, numberIn } from '../command.ts'
import { sayIncident } from '../incident.ts'
import { exportIn, folded, stateHash } from '../log.ts'

export const replay: Command = {
  name: 'replay',
  takes: '<file|->',
  args: { min: 1, max: 1 },
  says: 'fold an exported log and print what it comes to, as the room did',
  example: 'ic replay inc.json --at 40',
  options: {
    at: { type: 'string', value: 'SEQ', says: 'only up to this event' },
    events: { type: 'boolean', says: 'print each event as a sentence' },
  },
  async run(context) {
    const { out } = context
    const file = exportIn(context.args[0] ?? '-')
    const upTo = numberIn(context, 'at', 1, file.events.length, file.events.length)
    const view = folded({ ...file, events: file.events.slice(0, upTo), count: Math.min(file.count, upTo) })
    const hash = stateHash(view)
    if (out.json) return out.value({ stateHash: hash, view })
    if (context.flag('events')) {
      const lookup = (id: string) => view.proposals.find((proposal) => proposal.id === id)
      for (const event of file.events.slice(0, upTo))
        out.line(
          `${out.style('dim', `${event.seq}  ${instant(event.at)}`)}  ${sentenceLine(sentenceOf(event, lookup))}`,
        )
    } else sayIncident(out, incidentDetail(view))
    out.fields([['state hash', hash]])
  },
}
