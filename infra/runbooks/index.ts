import { asgSetDesiredWithinBounds } from './autoscaling.ts'
import type { Runbook } from './document.ts'
import { ecsForceNewDeployment, ecsRollbackTaskDefinition } from './ecs.ts'
import { lambdaAliasRollback } from './lambda.ts'
import { elastiCacheReboot, rdsReboot } from './reboots.ts'

const ALWAYS = [ecsForceNewDeployment, ecsRollbackTaskDefinition, lambdaAliasRollback, asgSetDesiredWithinBounds]
const REBOOTS = [rdsReboot, elastiCacheReboot]

/**
 * The runbooks of a stack. Those that reboot are asked for by name. There is none that shifts DNS weights: a hosted zone
 * cannot be held to a tag, so the role would reach every zone of the account.
 */
export function runbooksOf({ reboots }: { reboots: boolean }): readonly Runbook[] {
  return reboots ? [...ALWAYS, ...REBOOTS] : ALWAYS
}
