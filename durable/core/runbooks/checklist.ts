import type { ParameterSpec, Runbook, RunbookStep, StepCondition } from '../../protocol/domain.ts'
import { durationText, listText, significant } from '../agents/words.ts'

/**
 * The runbook for people: its own checklist where it has one, else its steps in words, so that the same runbook is of use
 * with nothing wired. What the machine would watch and undo is said at the end.
 */
export function checklistOf(runbook: Runbook): string[] {
  const { checklist = [], steps = [], verify, rollback } = runbook
  if (checklist.length > 0) return checklist
  const numberOf = (id: string): number => steps.findIndex((step) => step.id === id) + 1
  return [
    ...steps.map((step) => sayStep(step, runbook, numberOf)),
    `Watch for ${durationText(verify.windowMs)} whether the symptom goes; judge nothing in the first ${durationText(verify.settleMs)}.`,
    ...(rollback ? [`Worse${rollback.onNoBetter ? ' or no better' : ''}: undo it (${rollback.action}).`] : []),
  ]
}

function sayStep(step: RunbookStep, runbook: Runbook, numberOf: (id: string) => number): string {
  switch (step.kind) {
    case 'manual':
      return step.says
    case 'approval':
      return `Ask a commander: ${step.says}`
    case 'wait':
      return `Wait ${durationText(step.ms)}.`
    case 'http': {
      const settings = runbook.parameters.map(sayParameter)
      return `${runbook.title}${settings.length === 0 ? '' : `: ${listText(settings, settings.length)}`}.`
    }
    case 'verify':
      return `Go on only when ${sayCondition(step.when)}, within ${durationText(step.withinMs)}.`
    case 'branch':
      return `When ${sayCondition(step.when)}, go on with ${numberOf(step.then)}; else with ${numberOf(step.otherwise)}.`
    default:
      return step satisfies never
  }
}

function sayParameter(spec: ParameterSpec): string {
  switch (spec.type) {
    case undefined:
    case 'number':
      return `${spec.name} from ${significant(spec.min)} to ${significant(spec.max)} ${spec.unit}`
    case 'choice':
      return `${spec.name} one of ${spec.values.join(', ')}`
    case 'cidr':
      return `${spec.name} an address range, at most a /${spec.prefixMin}`
    default:
      return spec satisfies never
  }
}

/** `pool of the target is below 0.9`. */
export function sayCondition({ of, signal, is, value }: StepCondition): string {
  const where = of === 'target' ? 'the target' : 'the service with the symptom'
  return `${signal} of ${where} is ${is} ${significant(value)}`
}
