import type { Alert } from '../../../durable/protocol/domain.ts'
import { SPLIT_ALERTS_MAX } from '../../../durable/protocol/limits.ts'
import type { IncidentDetail } from '../../../durable/protocol/rows.ts'
import { type Command, type Context, incidentIn } from '../command.ts'
import { CliError, EXIT, usage } from '../exit.ts'
import { REASON, order } from './orders.ts'

/** Characters of a fingerprint that are enough, when no other alert begins with them. */
const PREFIX_CHARS_MIN = 6

export const merge: Command = {
  name: 'merge',
  takes: '<incident> <into>',
  args: { min: 2, max: 2 },
  says: 'move its alerts to another incident; `unmerge` takes it back',
  example: "ic merge inc_1a2b3c4d5e6f inc_6f5e4d3c2b1a -r 'the same outage'",
  options: REASON,
  run: (context) => {
    const [incident, into] = [incidentIn(context), incidentIn(context, 1)]
    const reason = context.text('reason')
    const body = { into, ...(reason !== undefined && { reason }) }
    const said = () => `${incident} goes into ${into}; \`ic show ${incident}\` says merged once its alerts are there.`
    return order(context, { incident, path: 'merge', body, does: `merge ${incident} into ${into}`, said })
  },
}

export const split: Command = {
  name: 'split',
  takes: '<incident> [alert…]',
  args: { min: 1, max: 1 + SPLIT_ALERTS_MAX },
  says: 'move some of its alerts to a new incident',
  more: [
    `An alert is named by its fingerprint, or the first ${PREFIX_CHARS_MIN} characters or more of it; \`ic show\` shows them.`,
    '--service takes every alert of that service.',
  ],
  example: "ic split inc_1a2b3c4d5e6f 3f9ac2d1 --title 'Disk of db-2 is full'",
  options: {
    ...REASON,
    title: { type: 'string', value: 'TEXT', says: 'what the new incident is called' },
    service: { type: 'string', value: 'SERVICE', says: 'every alert of this service' },
  },
  async run(context) {
    const incident = incidentIn(context)
    const title = context.text('title')
    if (title === undefined) throw usage('--title says what the new incident is called')
    const alerts = await chosen(context, incident)
    const reason = context.text('reason')
    const body = {
      alerts: alerts.map(({ source, fingerprint }) => ({ source, fingerprint })),
      title,
      ...(reason !== undefined && { reason }),
    }
    const said = () => `${count(alerts)} of ${incident} go to a new incident; \`ic show ${incident}\` links it.`
    return order(context, { incident, path: 'split', body, does: `split ${count(alerts)} off ${incident}`, said })
  },
}

async function chosen(context: Context, incident: string): Promise<Alert[]> {
  const words = context.args.slice(1)
  const service = context.text('service')
  if (words.length === 0 && service === undefined) throw usage('name alerts, or a --service: which of them go?')
  const { alerts } = await context.api().get<IncidentDetail>(`/api/v1/incidents/${incident}`)
  const ofService = service === undefined ? [] : alerts.filter((alert) => alert.service === service)
  if (service !== undefined && ofService.length === 0)
    throw new CliError(EXIT.notFound, 'no-such-alert', `${incident} has no alert of ${service}`)
  return [...new Set([...ofService, ...words.map((word) => named(alerts, word))])]
}

function named(alerts: readonly Alert[], word: string): Alert {
  if (word.length < PREFIX_CHARS_MIN) throw usage(`${word} is too short: ${PREFIX_CHARS_MIN} characters at least`)
  const exact = alerts.filter(({ fingerprint }) => fingerprint === word)
  const found = exact.length > 0 ? exact : alerts.filter(({ fingerprint }) => fingerprint.startsWith(word))
  const [first] = found
  if (first === undefined) throw new CliError(EXIT.notFound, 'no-such-alert', `no alert begins with ${word}`)
  if (found.length > 1) throw usage(`${found.length} alerts begin with ${word}: give more of it`)
  return first
}

function count({ length }: readonly unknown[]): string {
  return length === 1 ? '1 alert' : `${length} alerts`
}
