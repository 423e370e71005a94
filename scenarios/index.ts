import { badDeployment } from './bad-deployment/index.ts'
import { databaseCascade } from './database-cascade/index.ts'
import { marketingSurge } from './marketing-surge/index.ts'
import { memoryLeak } from './memory-leak/index.ts'
import type { Scenario } from './scenario.ts'

/** Every story that can be played, by its folder's name. */
export const SCENARIOS: readonly Scenario[] = [databaseCascade, badDeployment, memoryLeak, marketingSurge]

/** The story of a name, or null. A name comes from outside: it is compared, never used as a key. */
export function scenarioNamed(name: string): Scenario | null {
  return SCENARIOS.find((scenario) => scenario.name === name) ?? null
}
