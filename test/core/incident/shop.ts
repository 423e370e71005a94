import type { Controls } from '../../../durable/protocol/controls.ts'
import { POLICY_VERSION } from '../../../durable/protocol/version.ts'
import type {
  ActionPlan,
  Alert,
  Catalogue,
  EvidenceDraft,
  IncidentHead,
  Instant,
  Runbook,
  Service,
} from '../../../durable/protocol/domain.ts'

/** Where the little shop of these tests begins, in wall and room time. */
export const START = Date.UTC(2026, 0, 5, 9, 0, 0)

const service = (id: string, dependencies: string[], said: Partial<Service> = {}): Service => ({
  id,
  title: id,
  tier: 2,
  owner: 'team',
  ownerReachable: true,
  dependencies,
  protected: false,
  slos: [],
  ...said,
})

const runbook = (id: string, said: Partial<Runbook>): Runbook => ({
  id,
  title: id,
  action: id,
  match: { causeKinds: ['capacity'], signalTokens: ['nothing'] },
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

/** storefront → checkout → db-proxy → orders-db (protected); search stands apart. */
export const CATALOGUE: Catalogue = {
  version: 'shop-1',
  services: [
    service('storefront', ['checkout']),
    service('checkout', ['db-proxy'], { tier: 1 }),
    service('db-proxy', ['orders-db']),
    service('orders-db', [], { protected: true }),
    service('search', []),
  ],
  runbooks: [
    runbook('raise-pool-limit', {
      match: { causeKinds: ['saturation', 'configuration'], signalTokens: ['pool'] },
      parameters: [
        { name: 'pool_limit', unit: 'connections', min: 1, max: 100, from: { kind: 'limit-times', factor: 2 } },
      ],
    }),
    runbook('scale-out', { risk: 'wider' }),
    runbook('drop-sessions', { risk: 'irreversible', rollback: null }),
    runbook('call-the-owner', { endpoint: null }),
  ],
  sources: [
    { name: 'metrics', title: 'Metrics', intakes: ['telemetry', 'alertmanager'], freshMs: 60_000 },
    { name: 'deploys', title: 'Deploys', intakes: ['changes'], freshMs: 3_600_000 },
  ],
  endpoints: [{ name: 'shop', url: 'https://shop.test/act' }],
}

export const HEAD: IncidentHead = {
  id: 'inc_abcdef',
  namespace: 'live',
  drill: null,
  instance: 'test',
  title: 'checkout fails',
  severity: 'SEV-2',
  sourceSeverity: 'error',
  severityInferred: false,
  service: 'checkout',
  openedAt: START,
  openedBy: { kind: 'source', name: 'metrics' },
  openedFor: 'new',
}

export const POLICY = POLICY_VERSION

/** Nothing holds anything back. */
export const CALM: Controls = { killSwitch: null, dryRun: false, freezes: [], maintenance: [], recent: [] }

export function alert(said: Partial<Alert> = {}): Alert {
  return {
    source: 'metrics',
    fingerprint: 'checkout-errors',
    status: 'firing',
    severity: 'error',
    severityInferred: false,
    service: 'checkout',
    catalogued: true,
    title: 'CheckoutErrors',
    labels: { service: 'checkout' },
    annotations: {},
    startsAt: START,
    endsAt: null,
    validUntil: null,
    groupKey: null,
    links: [],
    ...said,
  }
}

export function resolved(at: Instant, said: Partial<Alert> = {}): Alert {
  return alert({ status: 'resolved', endsAt: at, ...said })
}

/** A minute of one series, one sample a second, the last `recent` of it at `value`; observed until `at`. */
export function metric(
  name: string,
  service: string,
  value: number,
  at: Instant,
  said: { source?: string; limit?: number | null; before?: number } = {},
): EvidenceDraft {
  const { source = 'metrics', limit = null, before = value } = said
  const values = Array.from({ length: 60 }, (_, index) => (index < 40 ? before : value))
  return {
    kind: 'metric',
    source,
    service,
    at,
    freshMs: 60_000,
    tainted: false,
    title: `${name} of ${service}`,
    data: {
      kind: 'metric',
      series: {
        source,
        service,
        name,
        peer: null,
        unit: '1',
        role: name === 'errors' ? 'errors' : 'saturation',
        limit,
        breach: 'above',
        startsAt: at - 59_000,
        stepMs: 1_000,
        values,
      },
    },
  }
}

export function change(service: string, at: Instant, id = 'c1'): EvidenceDraft {
  return {
    kind: 'change',
    source: 'deploys',
    service,
    at,
    freshMs: 3_600_000,
    tainted: false,
    title: `config on ${service}`,
    data: {
      kind: 'change',
      change: {
        id,
        source: 'deploys',
        kind: 'config',
        service,
        catalogued: true,
        at,
        title: 'pool',
        description: '',
        setting: { name: 'pool_limit', from: 40, to: 20 },
      },
    },
  }
}

export function note(by: string, at: Instant, said: Partial<EvidenceDraft> = {}): EvidenceDraft {
  return {
    kind: 'note',
    source: 'people',
    service: null,
    at,
    freshMs: 3_600_000,
    tainted: false,
    title: 'a note',
    data: { kind: 'note', note: `N-${by}`, by },
    ...said,
  }
}

export function alertSeen(said: Alert, at: Instant): EvidenceDraft {
  return {
    kind: 'alert',
    source: said.source,
    service: said.service,
    at,
    freshMs: 60_000,
    tainted: false,
    title: 'an alert',
    data: { kind: 'alert', fingerprint: said.fingerprint, status: said.status, startsAt: said.startsAt },
  }
}

/** What a look finds: E-01 the pool at its limit, E-02 checkout's errors, E-03 the config change, E-04 the alert. */
export function look(at: Instant): EvidenceDraft[] {
  return [
    metric('pool_in_use', 'db-proxy', 20, at, { limit: 20, before: 12 }),
    metric('errors', 'checkout', 9, at, { before: 1 }),
    change('db-proxy', START - 30_000),
    alertSeen(alert(), at),
  ]
}

/** Raises the pool's limit and watches checkout's errors. */
export function poolPlan(said: Partial<ActionPlan> = {}): ActionPlan {
  return {
    action: {
      runbook: 'raise-pool-limit',
      type: 'raise-pool-limit',
      target: 'db-proxy',
      parameters: { pool_limit: 40 },
    },
    title: 'raise the pool limit of db-proxy',
    risk: 'reversible',
    preconditions: [
      { says: 'checkout still fails', check: 'symptom-present' },
      { says: 'db-proxy shows it', check: 'target-signal-present' },
      { says: 'nobody changed the limit', check: 'limit-unchanged' },
    ],
    expected: 'errors fall',
    previous: { pool_limit: 20 },
    rollback: {
      runbook: 'raise-pool-limit',
      type: 'raise-pool-limit',
      target: 'db-proxy',
      parameters: { pool_limit: 20 },
    },
    verify: {
      signals: [
        {
          kind: 'series',
          series: { source: 'metrics', service: 'checkout', name: 'errors', peer: null },
          direction: 'up',
          baseline: 1,
          recoveredAt: 3,
          worseAt: 12,
        },
      ],
      windowMs: 120_000,
      settleMs: 10_000,
    },
    cites: ['E-01', 'E-02', 'E-03', 'E-04'],
    hypothesis: 'H-1',
    ...said,
  }
}
