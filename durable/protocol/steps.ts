import type { ActionPlan, Catalogue, Instant, ProposalBody, RunbookStep, StepRun } from './domain.ts'

/** How long a branch looks for a level to go by, in ms of room time. */
export const BRANCH_LOOKS_MS = 30_000

/** Steps between the approval and the action, in order; without an http step the action comes last. */
export function stepsBefore(plan: Pick<ActionPlan, 'steps'>): RunbookStep[] {
  const steps = plan.steps ?? []
  const action = steps.findIndex(({ kind }) => kind === 'http')
  return action === -1 ? steps : steps.slice(0, action)
}

/** Whether a person ends this step; the room ends the others. */
export function asksPerson(
  step: RunbookStep | undefined,
): step is Extract<RunbookStep, { kind: 'manual' | 'approval' }> {
  return step?.kind === 'manual' || step?.kind === 'approval'
}

/** What people do by hand after the action. */
export function manualAfter(plan: Pick<ActionPlan, 'steps'>): Extract<RunbookStep, { kind: 'manual' }>[] {
  const rest = (plan.steps ?? []).slice(stepsBefore(plan).length)
  return rest.flatMap((step) => (step.kind === 'manual' ? [step] : []))
}

/** The steps as they stand before the first; undefined where there are none. */
export function waitingSteps(plan: Pick<ActionPlan, 'steps'>): StepRun[] | undefined {
  const steps = stepsBefore(plan)
  if (steps.length === 0) return undefined
  return steps.map(({ id }) => ({ id, state: 'waiting', at: null, by: null, detail: '' }))
}

/** The longest that the steps take by themselves, ms; what people do has no length of its own. */
export function stepsMs(plan: Pick<ActionPlan, 'steps'>): number {
  const length = (step: RunbookStep): number => {
    if (step.kind === 'wait') return step.ms
    if (step.kind === 'verify') return step.withinMs
    return step.kind === 'branch' ? BRANCH_LOOKS_MS : 0
  }
  return stepsBefore(plan).reduce((sum, step) => sum + length(step), 0)
}

/** Until when it may be approved: the digest's expiry leaves the steps after the approval their time. */
export function approveByWall({ expiresWall, plan }: Pick<ProposalBody, 'expiresWall' | 'plan'>): Instant {
  return expiresWall - stepsMs(plan)
}

/** Whether people carry the action out: its endpoint calls nothing. */
export function isByHand(catalogue: Catalogue | null, { action }: Pick<ActionPlan, 'action'>): boolean {
  const runbook = catalogue?.runbooks.find(({ id }) => id === action.runbook)
  return catalogue?.endpoints.find(({ name }) => name === runbook?.endpoint)?.driver === 'manual'
}

/** The name of the action among the steps that people complete by hand. */
export function actionStep(plan: Pick<ActionPlan, 'steps'>): string {
  return plan.steps?.find(({ kind }) => kind === 'http')?.id ?? 'action'
}

/** And that of its rollback. */
export const UNDO_STEP = 'undo'
