import { expect, inject, test } from 'vitest'
import { type Clients, clientsOf } from '../contract/aws/clients.ts'
import { revive } from '../contract/aws/provided.ts'
import { SERVED } from '../contract/aws/services.ts'
import { world } from '../contract/aws/worlds.ts'

type Client = { send: (command: unknown) => Promise<unknown> }
type Command = new (input: unknown) => unknown

/** STS answers in XML, and its client wants a DOMParser, which workerd has not: there it is asked by plain fetch. */
const BY_CLIENT = SERVED.filter(({ name }) => name !== 'sts')

test("[BD3] [BD8] inside workerd too every operation passes from AWS's own client, without a problem and verified", async () => {
  const aws = inject('aws')
  const fake = await world(aws)
  await fake.script(JSON.parse(aws.script))
  const clients = clientsOf(fake)
  for (const { name, operations, schemas } of BY_CLIENT) {
    const known = await schemas()
    const client = clients[name as keyof Clients] as Client
    for (const operation of operations) {
      const command = known[`${operation}Command`] as Command
      await client.send(new command(revive(aws.inputs[operation] ?? '{}')))
    }
  }
  const given = await fetch(fake.url, {
    method: 'POST',
    body: new URLSearchParams({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      ...(revive(aws.inputs['AssumeRoleWithWebIdentity'] ?? '{}') as Record<string, string>),
    }),
  })
  expect(given.status).toBe(200)
  expect(await given.text()).toContain('<AssumeRoleWithWebIdentityResult>')
  const calls = await fake.calls()
  expect(calls.flatMap(({ problems }) => problems)).toEqual([])
  expect(calls.filter(({ status }) => status === null || status >= 300)).toEqual([])
  const asked = [...BY_CLIENT.flatMap(({ operations }) => operations), 'AssumeRoleWithWebIdentity']
  expect(calls.map(({ operation }) => operation)).toEqual(asked)
  expect(calls.map(({ signature }) => signature)).toEqual(
    asked.map((_, i) => (i < asked.length - 1 ? 'verified' : 'not-asked')),
  )
})
