import type { Execution, Instant, Proposal } from './domain.ts'
import type { EventBody } from './events.ts'
import { asksPerson } from './steps.ts'
import type { View } from './view.ts'

/** What happens around the one call: the steps before it, and the rollback after it. */
export type ExecutionBody = Extract<
  EventBody,
  { type: 'undo-ordered' | 'undo-started' | 'undo-answered' | 'undo-settled' | 'step-started' | 'step-ended' }
>

/** Folds one event of the steps or the rollback into the view by mutating it. */
export function foldExecution(view: View, body: ExecutionBody, at: Instant, by: string): void {
  const proposal = view.proposals.find(({ id }) => id === body.proposal)
  if (!proposal) return
  switch (body.type) {
    case 'undo-ordered':
      proposal.undoWhy = 'by-person'
      return
    case 'undo-started':
      view.humanAsked = null
      proposal.status = 'running'
      proposal.reason = 'undoing'
      proposal.undoWhy = body.why
      proposal.undo = {
        key: body.key,
        token: body.token,
        startedAt: at,
        endedAt: null,
        outcome: 'running',
        detail: '',
        settledBy: null,
      }
      noteUndo(view, proposal, 'running')
      return
    case 'undo-answered':
      if (!proposal.undo) return
      if (body.outcome === 'unknown') proposal.status = 'outcome-unknown'
      end(proposal.undo, body.outcome, body.detail, body.outcome === 'unknown' ? null : at)
      noteUndo(view, proposal, body.outcome === 'unknown' ? 'outcome-unknown' : body.outcome)
      return
    case 'undo-settled': {
      if (!proposal.undo) return
      const outcome = body.outcome === 'it-ran' ? 'ran' : 'did-not-run'
      end(proposal.undo, outcome, body.detail, at)
      proposal.undo.settledBy = by
      noteUndo(view, proposal, outcome)
      return
    }
    case 'step-started':
      step(proposal, body.step, { state: 'running', at })
      return
    case 'step-ended':
      step(proposal, body.step, {
        state: body.end,
        at,
        by: byHand(proposal, body.step) ? by : null,
        detail: body.detail,
      })
      return
    default:
      body satisfies never
  }
}

function end(undo: Execution, outcome: Execution['outcome'], detail: string, endedAt: Instant | null): void {
  undo.outcome = outcome
  undo.detail = detail
  undo.endedAt = endedAt
}

function noteUndo(view: View, { number }: Proposal, undo: NonNullable<View['record'][number]['undo']>): void {
  const entry = view.record.findLast((candidate) => candidate.proposal === number)
  if (entry) entry.undo = undo
}

function byHand({ body }: Proposal, id: string): boolean {
  return asksPerson(body.plan.steps?.find((candidate) => candidate.id === id))
}

function step(proposal: Proposal, id: string, now: Partial<NonNullable<Proposal['steps']>[number]>): void {
  const found = proposal.steps?.find((candidate) => candidate.id === id)
  if (found) Object.assign(found, now)
}
