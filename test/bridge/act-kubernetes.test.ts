import { afterEach, describe, expect, it } from 'vitest'
import { kubernetesDriver } from '../../bridge/act/kubernetes/index.ts'
import { KEY_ANNOTATION } from '../../bridge/act/kubernetes/objects.ts'
import type { Action, KubernetesTarget } from '../../durable/protocol/domain.ts'
import { type FakeKubernetes, fakeKubernetes } from './kubernetes.fake.ts'
import { orderFor } from './order.ts'
import { INDEFINITE, json } from './target.ts'

const TARGET: KubernetesTarget = {
  namespace: 'shop',
  workloads: {
    checkout: { kind: 'deployment', name: 'checkout', replicasMax: 5 },
    cache: { kind: 'statefulset', name: 'cache', replicasMax: 3 },
    ghost: { kind: 'deployment', name: 'ghost', replicasMax: 3 },
  },
}

const open: FakeKubernetes[] = []
afterEach(() => {
  for (const fake of open.splice(0)) {
    fake.close()
    expect(fake.faults).toEqual([])
  }
})

async function driving({ token }: { token: string | null } = { token: 'token-of-the-fake' }) {
  const cluster = await fakeKubernetes()
  open.push(cluster)
  const driver = kubernetesDriver({
    fetch: (request) => fetch(request),
    endpointUrl: cluster.url,
    target: TARGET,
    token: () => Promise.resolve(token),
    timeoutMs: 500,
  })
  const writes = () => cluster.seen.filter(({ method }) => method !== 'GET')
  return { cluster, driver, writes }
}

const act = (type: string, target = 'checkout', parameters: Action['parameters'] = {}) => ({ type, target, parameters })
const more = orderFor(act('scale-out', 'checkout', { instances: 1 }), act('scale-in', 'checkout', { instances: 1 }))
const restart = orderFor(act('restart-instance'))
const back = orderFor(act('rollback-deployment'), act('redeploy'))
const image = (cluster: FakeKubernetes) => cluster.deployment.spec.template.spec.containers[0]?.image

describe('the Kubernetes driver', () => {
  it('[AC155] scales by one patch that carries the key, and back under the key of the undo', async () => {
    const { cluster, driver, writes } = await driving()
    const version = cluster.deployment.metadata.resourceVersion
    expect(await driver.call(more)).toEqual({ outcome: 'ran', detail: 'deployment checkout: replicas 3 to 4' })
    expect(cluster.deployment.spec.replicas).toBe(4)
    expect(writes()).toHaveLength(1)
    expect(JSON.parse(writes()[0]?.body ?? '')).toEqual({
      metadata: { resourceVersion: version, annotations: { [KEY_ANNOTATION]: 'prp_1.run' } },
      spec: { replicas: 4 },
    })
    const undo = { ...more, key: 'prp_1.run:undo', undo: true } as const
    expect(await driver.call(undo)).toMatchObject({ outcome: 'ran' })
    expect(cluster.deployment.spec.replicas).toBe(3)
    expect(await driver.status(undo)).toMatchObject({ outcome: 'it-ran' })
  })

  it('[AC155] restarts by the annotation of the template, so that the controller replaces the instances', async () => {
    const { cluster, driver } = await driving()
    const before = cluster.replicaSets.length
    expect(await driver.call(restart)).toMatchObject({ outcome: 'ran' })
    expect(cluster.deployment.spec.template.metadata.annotations).toEqual({ [KEY_ANNOTATION]: 'prp_1.run' })
    expect(cluster.replicaSets).toHaveLength(before + 1)
    expect(image(cluster)).toBe('checkout:1')
    const cache = orderFor(act('restart-instance', 'cache'))
    expect(await driver.call(cache)).toMatchObject({ outcome: 'ran' })
    expect(cluster.statefulset.spec.template.metadata.annotations).toEqual({ [KEY_ANNOTATION]: 'prp_1.run' })
  })

  it('[AC155] rolls back to the revision before, and the rollback of that leads forth again', async () => {
    const { cluster, driver } = await driving()
    cluster.deploy('checkout:2')
    cluster.deploy('checkout:3')
    expect(await driver.call(back)).toEqual({
      outcome: 'ran',
      detail: 'deployment checkout: revision 3 back to the template of revision 2',
    })
    expect(image(cluster)).toBe('checkout:2')
    expect(cluster.deployment.spec.template.metadata.labels).toEqual({ app: 'checkout' })
    expect(await driver.call({ ...back, key: 'prp_1.run:undo', undo: true })).toMatchObject({ outcome: 'ran' })
    expect(image(cluster)).toBe('checkout:3')
  })

  it('[AC155] what somebody else changed meanwhile is not overwritten', async () => {
    for (const [order, code] of [
      [more, 409],
      [back, 422],
    ] as const) {
      const { cluster, driver } = await driving()
      cluster.deploy('checkout:2')
      const target = cluster.seen
      const touched = kubernetesDriver({
        fetch: (request) => {
          // Between the reading and the writing, somebody deploys.
          if (request.method === 'PATCH') cluster.deploy('checkout:9')
          return fetch(request)
        },
        endpointUrl: cluster.url,
        target: TARGET,
        token: () => Promise.resolve('token-of-the-fake'),
      })
      expect(await touched.call(order)).toMatchObject({
        outcome: 'failed',
        detail: expect.stringContaining(`answered ${code}`) as string,
      })
      expect(image(cluster)).toBe('checkout:9')
      expect(target.filter(({ method }) => method === 'PATCH')).toHaveLength(1)
      expect((await driver.status(order)).outcome).toBe('unknown')
    }
  })

  it('[AC156] the same key acts once', async () => {
    for (const order of [more, restart]) {
      const { cluster, driver, writes } = await driving()
      await driver.call(order)
      const after = structuredClone(cluster.deployment)
      expect(await driver.call(order)).toMatchObject({ outcome: 'ran' })
      expect(writes()).toHaveLength(1)
      expect(cluster.deployment).toEqual(after)
    }
  })

  it.each([
    ['over the bound', act('scale-out', 'checkout', { instances: 3 }), '6 replicas are out of bounds: 1 to 5'],
    ['down to none', act('scale-in', 'checkout', { instances: 3 }), '0 replicas are out of bounds: 1 to 5'],
    ['by half an instance', act('scale-out', 'checkout', { instances: 0.5 }), 'instances must be a whole number'],
    ['by a word', act('scale-out', 'checkout', { instances: '1' }), 'instances must be a whole number'],
    ['another action', act('raise-pool-limit'), 'raise-pool-limit is nothing that this driver does'],
    ['an action of every object', act('constructor'), 'constructor is nothing that this driver does'],
    ['an unknown service', act('restart-instance', 'orders-db'), 'no workload is named for orders-db'],
    ['a service of every object', act('restart-instance', '__proto__'), 'no workload is named for __proto__'],
    [
      'a workload that is not there',
      act('restart-instance', 'ghost'),
      'deployment ghost cannot be read: answered 404: "ghost" not found',
    ],
    ['a stateful set’s rollback', act('rollback-deployment', 'cache'), 'only deployments are rolled back here'],
    ['the first revision', act('rollback-deployment'), 'deployment checkout has no earlier revision'],
  ])('[AC156] %s writes nothing and is failed', async (_, action, detail) => {
    const { driver, writes } = await driving()
    expect(await driver.call(orderFor(action))).toEqual({ outcome: 'failed', detail })
    expect(await driver.dryRun(orderFor(action))).toMatchObject({ effect: `refused: ${detail}`, calls: [] })
    expect(writes()).toEqual([])
  })

  it.each(INDEFINITE)('[AC156] %s to the reading means that nothing was written', async (_, answer) => {
    const { cluster, driver, writes } = await driving()
    cluster.instead = answer
    expect((await driver.call(more)).outcome).toBe('failed')
    expect((await driver.status(more)).outcome).toBe('unknown')
    expect((await driver.dryRun(more)).canCheck).toBe(false)
    expect(writes()).toEqual([])
  })

  it.each(INDEFINITE)('[AC157] %s to the writing leaves the outcome unknown, after one patch', async (_, answer) => {
    const { cluster, driver, writes } = await driving()
    cluster.insteadOfWriting = answer
    expect((await driver.call(more)).outcome).toBe('unknown')
    expect(writes()).toHaveLength(1)
  })

  it('[AC157] a refusal in the API’s own form is failed; a 200 of an object without the key is not believed', async () => {
    const { cluster, driver } = await driving()
    for (const code of [400, 403, 409, 422, 429]) {
      cluster.insteadOfWriting = (response) =>
        json(response, code, { kind: 'Status', status: 'Failure', message: 'denied by the quota' })
      expect(await driver.call(more)).toEqual({ outcome: 'failed', detail: `answered ${code}: denied by the quota` })
    }
    cluster.insteadOfWriting = (response) => json(response, 200, cluster.deployment)
    expect((await driver.call(more)).outcome).toBe('unknown')
    cluster.insteadOfWriting = (response) => json(response, 200, { ...cluster.deployment, kind: 'Pod' })
    expect((await driver.call(more)).outcome).toBe('unknown')
  })

  it('[AC158] an answer that was lost is found again by the key in the object', async () => {
    const { cluster, driver } = await driving()
    expect((await driver.status(more)).outcome).toBe('unknown')
    const lossy = kubernetesDriver({
      fetch: async (request) => {
        const response = await fetch(request)
        if (request.method !== 'PATCH') return response
        await response.body?.cancel()
        throw new Error('connection reset')
      },
      endpointUrl: cluster.url,
      target: TARGET,
      token: () => Promise.resolve('token-of-the-fake'),
    })
    expect(await lossy.call(more)).toEqual({ outcome: 'unknown', detail: 'no answer: connection reset' })
    expect(await driver.status(more)).toEqual({ outcome: 'it-ran', detail: 'deployment checkout carries this key' })
    expect((await driver.status({ ...more, key: 'prp_2.run' })).outcome).toBe('unknown')
    const { body: _, ...bare } = more
    expect((await driver.status(bare)).outcome).toBe('unknown')
  })

  it('[AC159] a dry run is the server’s own, and leaves everything as it was', async () => {
    const { cluster, driver, writes } = await driving()
    cluster.deploy('checkout:2')
    const before = structuredClone([cluster.deployment, cluster.replicaSets])
    for (const [order, effect] of [
      [more, 'deployment checkout: replicas 3 to 4'],
      [restart, 'deployment checkout replaces its 3 instances one by one'],
      [back, 'deployment checkout: revision 2 back to the template of revision 1'],
    ] as const)
      expect(await driver.dryRun(order)).toMatchObject({ driver: 'kubernetes', effect, canCheck: true })
    expect(writes().every(({ url }) => url.endsWith('&dryRun=All'))).toBe(true)
    expect([cluster.deployment, cluster.replicaSets]).toEqual(before)
    const report = await driver.dryRun(more)
    expect(report.calls[0]?.url).toBe(
      `${cluster.url}/apis/apps/v1/namespaces/shop/deployments/checkout?fieldManager=incident-commander`,
    )
    cluster.insteadOfWriting = (response) =>
      json(response, 403, { kind: 'Status', status: 'Failure', message: 'deployments "checkout" is forbidden' })
    expect((await driver.dryRun(more)).effect).toBe('not accepted: answered 403: deployments "checkout" is forbidden')
  })

  it('[AC160] without a token nothing is sent, and the token stands in no detail', async () => {
    for (const token of [null, '', 'two words']) {
      const { cluster, driver } = await driving({ token })
      expect((await driver.call(more)).outcome).toBe('failed')
      expect((await driver.status(more)).outcome).toBe('unknown')
      expect((await driver.dryRun(more)).canCheck).toBe(false)
      expect(cluster.seen).toEqual([])
    }
    const { cluster, driver } = await driving()
    const telling = (response: Parameters<typeof json>[0]) =>
      json(response, 403, { kind: 'Status', status: 'Failure', message: `no: ${cluster.token}` })
    cluster.insteadOfWriting = telling
    expect(await driver.call(more)).toEqual({ outcome: 'failed', detail: 'answered 403: no: …' })
    expect(JSON.stringify(await driver.dryRun(more))).not.toContain(cluster.token)
    cluster.instead = telling
    expect((await driver.call(more)).detail).toBe('deployment checkout cannot be read: answered 403: no: …')
    expect((await driver.status(more)).detail).toBe('answered 403: no: …')
  })

  it('[AC162] a plan without a rollback sends none', async () => {
    const { cluster, driver } = await driving()
    expect(await driver.call({ ...restart, key: 'prp_1.run:undo' })).toEqual({
      outcome: 'failed',
      detail: 'nothing-to-undo',
    })
    expect(cluster.seen).toEqual([])
  })

  it('[AC161] the fake refuses what the description does not allow', async () => {
    const { cluster } = await driving()
    const patch = (path: string, type: string, body: unknown) =>
      fetch(`${cluster.url}/apis/apps/v1/namespaces/shop/${path}`, {
        method: 'PATCH',
        headers: { 'content-type': type },
        body: JSON.stringify(body),
      })
    const strategic = 'application/strategic-merge-patch+json'
    await patch('deployments/checkout', 'application/json', {})
    await patch('deployments/checkout', strategic, { spec: { replicas: '4' } })
    await patch('deployments/checkout', strategic, { spec: { replica: 4 } })
    await patch('deployments/checkout?dryRun=some', strategic, {})
    await patch('deployments/checkout', 'application/json-patch+json', [{ op: 'set', path: '/a' }])
    await patch('pods/checkout', strategic, {})
    expect(cluster.faults.splice(0)).toEqual([
      'patchAppsV1NamespacedDeployment does not take application/json',
      'body.spec.replicas must be an integer',
      'body.spec.replica is not known',
      'dryRun must be one of All',
      'body[0].op must be one of add, remove, replace, move, copy, test',
      'no operation at PATCH /apis/apps/v1/namespaces/shop/pods/checkout',
    ])
  })
})
