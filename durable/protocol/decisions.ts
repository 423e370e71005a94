import type { HumanDecision } from './domain.ts'

/** An approval or an own decision; a rejection and a request for changes are none. */
export function saysYes({ kind }: Pick<HumanDecision, 'kind'>): boolean {
  return kind === 'approve' || kind === 'own-decision'
}
