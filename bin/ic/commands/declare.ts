import { randomUUID } from 'node:crypto'
import { type Command, wordIn } from '../command.ts'
import { usage } from '../exit.ts'

const SEVERITIES = ['SEV-1', 'SEV-2', 'SEV-3', 'SEV-4', 'SEV-5'] as const

export const declare: Command = {
  name: 'declare',
  takes: '<title>',
  args: { min: 1, max: 1 },
  says: 'open an incident by hand; prints its id',
  example: "ic declare 'Checkout is slow' --service checkout --severity SEV-2",
  options: {
    service: { type: 'string', value: 'SERVICE', says: 'the service that suffers' },
    severity: { type: 'string', value: 'SEV-N', says: 'SEV-1 (worst) to SEV-5 (SEV-3)' },
  },
  async run(context) {
    const { out, args } = context
    const service = context.text('service')
    if (service === undefined) throw usage('--service says which service suffers')
    const body = { title: args[0] ?? '', severity: wordIn(context, 'severity', SEVERITIES, 'SEV-3'), service }
    if (context.dryRun) return out.say(`Would declare ${body.severity} on ${service}: ${body.title}`)
    const made = await context
      .api()
      .post<{ id: string }>('/api/v1/incidents', body, { 'idempotency-key': randomUUID() })
    if (out.json) return out.value(made)
    out.line(made.id)
  },
}
