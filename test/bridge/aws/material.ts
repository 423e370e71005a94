import type { ModelMaterial } from '../../../durable/protocol/models.ts'

/** What the agents would ask of a pool that ran full after a change. */
export const MATERIAL: ModelMaterial = {
  incident: 'inc_abcdef',
  agent: 'diagnosis',
  critical: false,
  title: 'checkout: error rate high',
  services: ['checkout', 'db-proxy'],
  evidence: [
    { id: 'E-01', kind: 'metric', text: 'db-proxy pool_in_use at 24 of 24 since 12:04', tainted: false },
    { id: 'E-02', kind: 'change', text: 'db-proxy config pool_limit 36 -> 24', tainted: false },
    { id: 'E-03', kind: 'log', text: 'checkout: connection timeout after 5000 ms', tainted: true },
  ],
}
