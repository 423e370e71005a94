import type { Action, Change, Runbook, SignalRole } from '../../durable/protocol/domain.ts'

/** A series of the shop: its levels when all is well, when it is sick, and when somebody made it worse. */
export interface Line {
  name: string
  service: string
  peer: string | null
  source: string
  role: SignalRole
  /** `turn`: the limit is what was set last. */
  limit: number | 'turn' | null
  levels: readonly [well: number, sick: number, worse: number]
}

/** What went wrong in a shop, and the one action that heals it. */
export interface Story {
  name: 'pool' | 'deploy' | 'memory'
  target: string
  /** id of the runbook that heals, which is also its action. */
  cure: string
  /** what was changed as it began; null: nothing was. */
  changed: Pick<Change, 'kind' | 'service' | 'setting'> | null
  lines: readonly Line[]
  /** runbooks beside those of every shop. */
  runbooks: readonly Runbook[]
  /** whether this action, with the pool at `limit`, heals. */
  heals(action: Action, limit: number): boolean
}

const line = (said: Partial<Line> & Pick<Line, 'name' | 'service' | 'role' | 'levels'>): Line => ({
  peer: null,
  source: 'metrics',
  limit: null,
  ...said,
})

/** What is calm in every shop, so that the engines see what they ask to see. */
const AROUND: readonly Line[] = [
  line({ name: 'errors', service: 'checkout', role: 'errors', levels: [1, 12, 40] }),
  line({ name: 'latency', service: 'checkout', role: 'latency', levels: [80, 900, 3_000] }),
  line({ name: 'rate', service: 'search', role: 'rate', levels: [50, 50, 50] }),
  line({ name: 'connections', service: 'orders-db', role: 'saturation', limit: 200, levels: [40, 40, 60] }),
]

const calls = (levels: Line['levels']): Line =>
  line({ name: 'call_latency', service: 'checkout', peer: 'db-proxy', role: 'latency', levels })

export const runbookOf = (id: string, said: Pick<Runbook, 'match'>): Runbook => ({
  id,
  title: id,
  action: id,
  parameters: [],
  risk: 'reversible',
  rollback: { action: id, parameters: 'previous' },
  cooldownMs: 60_000,
  maxAttempts: 2,
  verify: { windowMs: 120_000, settleMs: 10_000 },
  endpoint: 'shop',
  checklist: ['look'],
  ...said,
})

export const pool: Story = {
  name: 'pool',
  target: 'db-proxy',
  cure: 'raise-pool-limit',
  changed: { kind: 'config', service: 'db-proxy', setting: { name: 'pool_limit', from: 40, to: 20 } },
  lines: [
    ...AROUND,
    calls([20, 400, 2_000]),
    line({ name: 'pool_in_use', service: 'db-proxy', role: 'saturation', limit: 'turn', levels: [13, 99, 99] }),
  ],
  runbooks: [],
  heals: (_action, limit) => limit >= 30,
}

const deploy: Story = {
  name: 'deploy',
  target: 'checkout',
  cure: 'roll-back',
  changed: { kind: 'deploy', service: 'checkout', setting: null },
  lines: [
    ...AROUND,
    calls([20, 20, 60]),
    line({ name: 'pool_in_use', service: 'db-proxy', role: 'saturation', limit: 40, levels: [13, 13, 20] }),
  ],
  runbooks: [runbookOf('roll-back', { match: { causeKinds: ['deployment'], signalTokens: [] } })],
  heals: ({ type }) => type === 'roll-back',
}

/** Its own series alone tell of it: one kind of evidence, which is not enough for a ballot. */
const lonely: Story = {
  name: 'memory',
  target: 'checkout',
  cure: 'restart',
  changed: null,
  lines: [
    ...AROUND,
    calls([20, 20, 60]),
    line({ name: 'heap_used', service: 'checkout', role: 'saturation', limit: 100, levels: [40, 99, 100] }),
    line({ name: 'restarts', service: 'checkout', source: 'orchestrator', role: 'errors', levels: [0, 3, 9] }),
    line({ name: 'rate', service: 'checkout', role: 'rate', levels: [200, 200, 150] }),
    line({ name: 'pool_in_use', service: 'db-proxy', role: 'saturation', limit: 40, levels: [13, 13, 20] }),
  ],
  runbooks: [runbookOf('restart', { match: { causeKinds: ['memory'], signalTokens: ['heap'] } })],
  heals: ({ type }) => type === 'restart',
}

/** Its callers see it as well. */
const memory: Story = {
  ...lonely,
  lines: [
    ...lonely.lines,
    line({ name: 'call_errors', service: 'storefront', peer: 'checkout', role: 'errors', levels: [1, 12, 40] }),
  ],
}

const STORIES: readonly Story[] = [pool, pool, deploy, pool, memory, deploy, lonely]

/** The story that a seed's shop lives through. */
export function storyOf(seed: number): Story {
  return STORIES[Math.floor(seed / 2) % STORIES.length] ?? pool
}
