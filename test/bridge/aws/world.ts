import { type AwsDrivers, type AwsStores, awsDrivers } from '../../../bridge/aws/index.ts'
import { type Fake, startFake } from '../../contract/aws/server.ts'
import { settingsOn } from './asks.ts'

export interface World {
  fake: Fake
  drivers: AwsDrivers
}

/** A fake with a script, and drivers on it. */
export async function worldOf(
  rules: unknown[],
  more: Record<string, string> = {},
  stores: AwsStores = {},
): Promise<World> {
  const fake = await startFake()
  fake.script({ rules })
  return { fake, drivers: awsDrivers(settingsOn(fake, more), stores) }
}
