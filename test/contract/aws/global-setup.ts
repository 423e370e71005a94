import type { TestProject } from 'vitest/node'
import type { Provided } from './provided.ts'
import { isFields } from './model.ts'
import { forClient, sample, sampleOutput } from './sample.ts'
import { startFake } from './server.ts'
import { timesOf } from './understand.ts'

/** A fake beside workerd, whose tests can start none, and for each operation an input and an answer to try. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const fake = await startFake()
  const operations = fake.services.flatMap((service) =>
    Object.values(service.operations).map((operation) => ({ service, operation })),
  )
  const script = {
    rules: operations.map(({ service, operation: { name } }) => ({
      operation: name,
      replies: [{ output: sampleOutput(service, name) }],
    })),
  }
  const inputs = operations.map(({ service, operation: { name, input } }) => {
    const value = input ? forClient(service, input.shape, sample(service, input.shape, timesOf(service))) : {}
    return [name, JSON.stringify(tagged(value))]
  })
  const { url, region, credentials } = fake
  const provided: Provided = {
    url,
    region,
    credentials,
    inputs: Object.fromEntries(inputs),
    script: JSON.stringify(script),
  }
  project.provide('aws', provided)
  return fake.stop
}

function tagged(value: unknown): unknown {
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') }
  if (value instanceof Date) return { $time: value.toISOString() }
  if (Array.isArray(value)) return value.map(tagged)
  if (!isFields(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, tagged(held)]))
}
