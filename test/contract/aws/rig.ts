import { onTestFinished } from 'vitest'
import { type Clients, clientsOf } from './clients.ts'
import { type Fake, type FakeOptions, startFake } from './server.ts'

/** A fake and the SDK's clients on it, for one test: it ends when the test does. */
export async function rig(options: FakeOptions = {}): Promise<{ fake: Fake; clients: Clients }> {
  const fake = await startFake(options)
  onTestFinished(fake.stop)
  return { fake, clients: clientsOf(fake) }
}
