import type { Action, Runbook } from '../../protocol/domain.ts'

/**
 * What undoes an action: a limit goes back to what it was, and what else was said (how many were added, which range was
 * blocked) is said again. A limit of which nobody knows what it was is left out, so that the endpoint refuses rather than
 * sets the new value once more. Null where the runbook has no rollback.
 */
export function rollbackFor(runbook: Runbook, action: Action, previous: Record<string, number>): Action | null {
  if (!runbook.rollback) return null
  const limits = runbook.parameters.filter(({ from }) => from.kind === 'limit-times').map(({ name }) => name)
  const again = Object.entries(action.parameters).filter(([name]) => !limits.includes(name))
  return {
    runbook: runbook.id,
    type: runbook.rollback.action,
    target: action.target,
    parameters: { ...Object.fromEntries(again), ...previous },
  }
}
