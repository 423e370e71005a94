import { describe, expect, it } from 'vitest'
import { type ActParts, driverOf } from '../../bridge/act/driver.ts'
import { manualDriver } from '../../bridge/act/manual/index.ts'
import { nowhere } from '../../bridge/act/nowhere.ts'
import type { Endpoint } from '../../durable/protocol/domain.ts'
import { orderFor } from './order.ts'

const github: Endpoint = {
  name: 'runbooks',
  url: 'https://api.github.com/',
  driver: 'github',
  secret: 'gh',
  github: { owner: 'acme', repo: 'runbooks', workflow: 'act.yml', ref: 'main' },
}
const kubernetes: Endpoint = {
  name: 'cluster',
  url: 'https://cluster.example',
  driver: 'kubernetes',
  secret: 'k8s',
  kubernetes: { namespace: 'shop', workloads: { checkout: { kind: 'deployment', name: 'checkout', replicasMax: 5 } } },
}
const http: Endpoint = { name: 'orchestrator', url: 'https://orchestrator.example/actions' }
const manual: Endpoint = { name: 'people', url: '', driver: 'manual' }

/** Whatever is asked lands here; nothing is answered. */
function parts(more: Partial<ActParts> = {}) {
  const asked: string[] = []
  const made: ActParts = {
    way: () => ({
      ok: true,
      fetch: (request) => {
        asked.push(`${request.method} ${request.url}`)
        return Promise.reject(new Error('nobody there'))
      },
    }),
    actionSecret: 'k',
    tokenNamed: (name) => Promise.resolve(`token-of-${name}`),
    drill: false,
    ...more,
  }
  return { made, asked }
}

const order = orderFor(
  { type: 'scale-out', target: 'checkout', parameters: { instances: 1 } },
  { type: 'scale-in', target: 'checkout', parameters: { instances: 1 } },
)

describe('the driver of an endpoint', () => {
  it('[AC150] says what it can', () => {
    const can = (endpoint: Endpoint) => driverOf(parts().made, endpoint)?.can
    expect(can(http)).toEqual({ dryRun: false, status: true, honoursKeys: true })
    expect(can(github)).toEqual({ dryRun: false, status: true, honoursKeys: false })
    expect(can(kubernetes)).toEqual({ dryRun: true, status: true, honoursKeys: true })
    expect(can(manual)).toEqual({ dryRun: false, status: false, honoursKeys: false })
    expect(nowhere('binding-missing').can).toEqual({ dryRun: false, status: false, honoursKeys: false })
  })

  it('[AC150] is the one that the catalogue names, with the token that the endpoint names', async () => {
    for (const [endpoint, driver, asked] of [
      [http, 'http', 'POST https://orchestrator.example/actions'],
      [github, 'github', 'POST https://api.github.com/repos/acme/runbooks/actions/workflows/act.yml/dispatches'],
      [kubernetes, 'kubernetes', 'GET https://cluster.example/apis/apps/v1/namespaces/shop/deployments/checkout'],
    ] as const) {
      const seen = parts()
      const made = driverOf(seen.made, endpoint)
      expect(made?.driver).toBe(driver)
      await made?.call(order)
      expect(seen.asked).toEqual([asked])
    }
  })

  it('[AC163] in a drill is the signed POST to the stage, whatever the catalogue says', async () => {
    for (const endpoint of [http, github, kubernetes]) {
      const { made, asked } = parts({ drill: true, tokenNamed: () => Promise.reject(new Error('no token in a drill')) })
      const driver = driverOf(made, endpoint)
      expect(driver?.driver).toBe('http')
      await driver?.call(order)
      expect(asked).toEqual([`POST ${new URL(endpoint.url).href}`])
    }
    expect(driverOf(parts({ drill: true }).made, manual)?.driver).toBe('manual')
  })

  it('[AC163] without a way, or without what its driver needs, sends nothing and says why', async () => {
    const lost = parts({ way: () => ({ ok: false, reason: 'address-not-allowed' }) })
    for (const endpoint of [http, github, kubernetes])
      expect(await driverOf(lost.made, endpoint)?.call(order)).toEqual({
        outcome: 'failed',
        detail: 'address-not-allowed',
      })
    const { github: _, ...bare } = github
    expect(await driverOf(parts().made, bare)?.call(order)).toMatchObject({ detail: 'endpoint-incomplete' })
    expect(driverOf(parts({ actionSecret: null }).made, http)).toBeNull()
    expect(driverOf(parts({ actionSecret: null }).made, github)?.driver).toBe('github')
    const { secret: __, ...open } = kubernetes
    expect(await driverOf(parts().made, open)?.call(order)).toEqual({ outcome: 'failed', detail: 'secret-missing' })
  })
})

describe('a dry run', () => {
  it('[AC151] of the signed POST says the call and its body, and sends nothing', async () => {
    const { made, asked } = parts()
    const report = await driverOf(made, http)?.dryRun(order)
    expect(report).toMatchObject({
      driver: 'http',
      says: 'One signed POST asks there for scale-out on checkout (instances 1).',
      canCheck: false,
    })
    expect(report?.calls).toMatchObject([{ method: 'POST', url: http.url }])
    expect(report?.calls[0]?.body).toContain('"evidenceDigest"')
    expect(asked).toEqual([])
    const undo = await driverOf(made, http)?.dryRun({ ...order, key: 'k:undo' })
    expect(undo?.says).toContain('scale-in on checkout')
    const long = orderFor({ type: 'x', target: 'y', parameters: { word: 'w'.repeat(10_000) } })
    const cut = await driverOf(made, http)?.dryRun(long)
    expect(cut?.calls[0]?.body.length).toBeLessThan(4_100)
  })

  it('[AC151] of an endpoint without a way says so', async () => {
    expect(await nowhere('binding-missing').dryRun(order)).toMatchObject({
      says: 'Nothing would be sent: binding-missing.',
      calls: [],
    })
  })
})

describe('the manual driver', () => {
  it('[AC152] calls nothing: what became of it is unknown until a person says so', async () => {
    const driver = manualDriver()
    expect(await driver.call(order)).toEqual({ outcome: 'unknown', detail: 'a person carries it out and says so' })
    expect((await driver.status(order)).outcome).toBe('unknown')
    expect(await driver.dryRun(order)).toMatchObject({
      calls: [],
      effect: 'scale-out on checkout (instances 1), by hand',
    })
  })
})
