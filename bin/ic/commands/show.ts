import type { IncidentDetail } from '../../../durable/protocol/rows.ts'
import type { ArchivedIncident } from '../../../durable/protocol/ports.ts'
import { type Api, ApiError } from '../api.ts'
import { type Command, incidentIn } from '../command.ts'
import { sayIncident } from '../incident.ts'

export const show: Command = {
  name: 'show',
  takes: '<incident>',
  args: { min: 1, max: 1 },
  says: 'an incident as it stands: summary, causes, proposal, alerts',
  example: 'ic show inc_1a2b3c4d5e6f',
  options: {},
  async run(context) {
    const detail = await detailOf(context.api(), incidentIn(context))
    if (context.out.json) return context.out.value(detail)
    sayIncident(context.out, detail)
  },
}

/** The incident where it is worked on, else as it is archived. */
export async function detailOf(api: Api, id: string): Promise<IncidentDetail> {
  try {
    return await api.get<IncidentDetail>(`/api/v1/incidents/${id}`)
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error
    return (await api.get<ArchivedIncident>(`/api/v1/history/${id}`)).detail
  }
}
