import type { Endpoint } from '../../durable/protocol/domain.ts'
import type { RemediationPort } from '../../durable/protocol/ports.ts'
import type { Send } from './exchange.ts'
import { githubDriver } from './github/index.ts'
import { httpDriver } from './http/index.ts'
import { kubernetesDriver } from './kubernetes/index.ts'
import { manualDriver } from './manual/index.ts'
import { nowhere } from './nowhere.ts'

/** What drivers are made of: how an endpoint is reached, and the two kinds of key it may want. */
export interface ActParts {
  way: (endpoint: Endpoint) => { ok: true; fetch: Send } | { ok: false; reason: string }
  /** signs what goes to `http`; null: this instance can sign nothing. */
  actionSecret: string | null
  /** the value of a secret that an endpoint names; null where there is none that can be read. */
  tokenNamed: (name: string) => Promise<string | null>
  /** the endpoint is a drill's stage: the real drivers are not constructed, whatever the catalogue says. */
  drill: boolean
}

/** The driver of a catalogued endpoint; null where there is nothing to sign with. Constructing it calls nothing. */
export function driverOf(parts: ActParts, endpoint: Endpoint): RemediationPort | null {
  if (endpoint.driver === 'manual') return manualDriver()
  const driver = parts.drill ? 'http' : (endpoint.driver ?? 'http')
  const { actionSecret, tokenNamed } = parts
  if (driver === 'http' && actionSecret === null) return null
  const way = parts.way(endpoint)
  if (!way.ok) return nowhere(way.reason)
  const { fetch } = way
  // Paths are put behind it; the signed POST goes to exactly what is written.
  const endpointUrl = driver === 'http' ? endpoint.url : endpoint.url.replace(/\/+$/, '')
  const token = (): Promise<string | null> =>
    endpoint.secret === undefined ? Promise.resolve(null) : tokenNamed(endpoint.secret)
  switch (driver) {
    case 'http':
      return actionSecret === null ? null : httpDriver({ fetch, endpointUrl, secret: actionSecret, driver })
    case 'github':
      return endpoint.github
        ? githubDriver({ fetch, endpointUrl, token, target: endpoint.github })
        : nowhere('endpoint-incomplete')
    case 'kubernetes':
      return endpoint.kubernetes
        ? kubernetesDriver({ fetch, endpointUrl, token, target: endpoint.kubernetes })
        : nowhere('endpoint-incomplete')
    default:
      return driver satisfies never
  }
}
