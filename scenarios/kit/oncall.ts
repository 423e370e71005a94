import type { Catalogue } from '../../durable/protocol/domain.ts'

const MINUTE_MS = 60_000

/**
 * Who is called in a story: a first line in turns, then the lead. Nobody outside hears of it: whatever a drill says
 * stays in its own sink, so the addresses are nobody's.
 */
export const ON_CALL: Pick<Catalogue, 'targets' | 'rotations' | 'escalation' | 'sla'> = {
  targets: [
    { name: 'pager', kind: 'webhook', url: 'https://pager.invalid/drill', secret: 'drill-pager' },
    { name: 'lead', kind: 'webhook', url: 'https://lead.invalid/drill', secret: 'drill-lead' },
  ],
  rotations: [
    {
      name: 'first-line',
      zone: 'Europe/Berlin',
      people: ['Ada', 'Ben', 'Cleo'],
      startsOn: '2026-01-05',
      handover: '09:00',
      target: 'pager',
    },
  ],
  escalation: [
    {
      name: 'shop',
      services: ['*'],
      severity: 'SEV-3',
      steps: [
        { to: [{ rotation: 'first-line' }], waitMs: 5 * MINUTE_MS },
        { to: [{ rotation: 'first-line' }, { target: 'lead' }], waitMs: 10 * MINUTE_MS },
      ],
      repeat: 1,
      ackTimeoutMs: 30 * MINUTE_MS,
    },
  ],
  sla: [
    { severity: 'SEV-1', ackMs: 5 * MINUTE_MS, resolveMs: 60 * MINUTE_MS },
    { severity: 'SEV-2', ackMs: 15 * MINUTE_MS, resolveMs: 4 * 60 * MINUTE_MS },
  ],
}
