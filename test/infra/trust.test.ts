import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { webIdentityCredentials } from '../../bridge/aws/sts/index.ts'
import { type IssuerKey, discovery, newKey, publicKeys } from '../../bridge/issuer.ts'
import type { CloudFunction } from '../../durable/protocol/ports.ts'
import { FUNCTIONS } from '../../infra/names.ts'
import type { Template } from '../../infra/synth.ts'
import { startFake } from '../contract/aws/server.ts'
import { all } from './sample.ts'

const ISSUER = 'https://ic.example.com'
const PROVIDER = 'arn:aws:iam::123456789012:oidc-provider/ic.example.com'
/** The stored template: what a deploy of it would trust. */
const template = JSON.parse(
  readFileSync(new URL('../../infra/template.json', import.meta.url), 'utf8'),
) as unknown as Template

/** A role's trust policy with the provider's ARN where the template refers to it. */
function trustOf(name: string): unknown {
  const role = all(template, 'AWS::IAM::Role').find(([at]) => at.startsWith(`Role${name}`))?.[1]
  const [[provider]] = all(template, 'AWS::IAM::OIDCProvider') as [[string, unknown]]
  const text = JSON.stringify(role?.['AssumeRolePolicyDocument'])
  return JSON.parse(text.replaceAll(JSON.stringify({ Ref: provider }), JSON.stringify(PROVIDER)))
}

const arnOf = (name: string) => `arn:aws:iam::123456789012:role/${name}`

/** The Worker's two documents on loopback, and an STS that trusts as the template says. */
async function cloud(key: IssuerKey): Promise<string> {
  const worker = createServer((request, response) => {
    const body = request.url?.endsWith('openid-configuration') ? discovery(ISSUER) : publicKeys([key], Date.now())
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => worker.listen(0, '127.0.0.1', resolve))
  const fake = await startFake()
  onTestFinished(async () => {
    worker.close()
    await fake.stop()
  })
  fake.script({
    rules: [],
    iam: {
      providers: {
        [ISSUER]: {
          at: `http://127.0.0.1:${(worker.address() as AddressInfo).port}`,
          audiences: ['sts.amazonaws.com'],
        },
      },
      roles: Object.fromEntries(FUNCTIONS.map((name) => [arnOf(name), { trust: trustOf(name) }])),
    },
  })
  return fake.url
}

/** What STS answers the Worker of `stage` that asks for `asked` with the role of `role`. */
async function said(key: IssuerKey, endpoint: string, stage: string, asked: CloudFunction, role: string) {
  const way = { by: 'web-identity' as const, issuer: ISSUER, keys: [key], stage, roles: { [asked]: arnOf(role) } }
  const answer = await webIdentityCredentials({ region: 'us-east-1', endpoint }, way).credentials(asked)
  return answer.ok ? 'given' : answer.reason
}

test("[IF7] the bridge's token for a function is given credentials by that function's role as deployed, and by no other", async () => {
  const key = newKey(0)
  const endpoint = await cloud(key)
  for (const role of FUNCTIONS)
    for (const asked of FUNCTIONS)
      expect(await said(key, endpoint, 'prod', asked, role), `${asked} asks for ${role}`).toBe(
        asked === role ? 'given' : 'AccessDenied',
      )
})

test('[IF7] another stage of the same Worker is refused, and so is a key that it does not publish', async () => {
  const key = newKey(0)
  const endpoint = await cloud(key)
  expect(await said(key, endpoint, 'test', 'ai', 'ai')).toBe('AccessDenied')
  expect(await said(newKey(0), endpoint, 'prod', 'ai', 'ai')).toBe('InvalidIdentityToken')
})
