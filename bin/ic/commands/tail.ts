import { type Lookup, sentenceLine, sentenceOf } from '../../../durable/core/export/sentence.ts'
import { instant } from '../../../durable/core/export/text.ts'
import type { RoomEvent } from '../../../durable/protocol/events.ts'
import type { EventsPage } from '../../../durable/protocol/objects.ts'
import type { IncidentDetail } from '../../../durable/protocol/rows.ts'
import type { Api } from '../api.ts'
import { type Command, type Context, incidentIn, numberIn } from '../command.ts'
import { safeJson } from '../output.ts'
import { Follower } from '../tail/follow.ts'

const LINES = 20
const LINES_MAX = 100_000
const PAGE = 1_000

export const tail: Command = {
  name: 'tail',
  takes: '<incident>',
  args: { min: 1, max: 1 },
  says: 'its timeline as it happens, a sentence a line (JSON: an event a line)',
  example: 'ic tail inc_1a2b3c4d5e6f --all --until incident-resolved',
  options: {
    lines: { type: 'string', value: 'N', says: `events from before now (${LINES})` },
    all: { type: 'boolean', says: 'from the first event' },
    'no-follow': { type: 'boolean', says: 'print what there is and end' },
    until: { type: 'string', value: 'TYPE', says: 'end after an event of this type, e.g. incident-resolved' },
  },
  async run(context) {
    const incident = incidentIn(context)
    const api = context.api()
    const until = context.text('until')
    const lines = context.flag('all') ? LINES_MAX : numberIn(context, 'lines', 0, LINES_MAX, LINES)
    const first = await pageAfter(api, incident, 0, 1)
    const { proposals } = await api.get<IncidentDetail>(`/api/v1/incidents/${incident}`)
    const printed = printer(context, new Map(proposals.map(({ id, number }) => [id, { number }])))
    const told = (event: RoomEvent) => {
      printed(event)
      return event.body.type === until
    }
    let head = Math.max(0, first.head - lines)
    while (head < first.head) {
      const { items: events } = await pageAfter(api, incident, head, Math.min(PAGE, first.head - head))
      if (events.length === 0) break
      for (const event of events) {
        head = event.seq
        if (told(event)) return
      }
    }
    if (context.flag('no-follow')) return
    const says = (text: string) => context.out.say(`ic: ${text}`)
    await new Follower({ api, incident, told, says }, { epoch: first.epoch, head }).run()
  },
}

function pageAfter(api: Api, incident: string, after: number, limit: number): Promise<EventsPage> {
  return api.get<EventsPage>(`/api/v1/incidents/${incident}/events?after=${after}&limit=${limit}`)
}

/** Prints events; proposals that are made on the way get their numbers from the event. */
function printer({ out }: Context, numbers: Map<string, { number: number }>): (event: RoomEvent) => void {
  const lookup: Lookup = (id) => numbers.get(id)
  return (event) => {
    if (out.json) return out.line(safeJson(event, 0))
    const { body } = event
    if (body.type === 'proposal-made') numbers.set(body.proposal.id, { number: body.proposal.number })
    const sentence = sentenceOf(event, lookup)
    if (out.plain) return out.line([String(event.seq), instant(event.at), body.type, sentenceLine(sentence)].join('\t'))
    const time = out.style('dim', instant(event.at).slice(11, 19))
    out.line(`${time}  ${sentenceLine({ ...sentence, who: out.style('bold', sentence.who) })}`)
  }
}
