import type { AgentName, FindingDraft, Instant, VoterName } from '../../protocol/domain.ts'
import type { View } from '../../protocol/view.ts'
import { type Voter, situationOf } from './agent.ts'
import { write } from './communication/index.ts'
import { detect, vote as detectionVote } from './detection/index.ts'
import { diagnose, vote as diagnosisVote } from './diagnosis/index.ts'
import { predict, vote as predictionVote } from './prediction/index.ts'
import { resolve, vote as resolutionVote } from './resolution/index.ts'

/** Each voter's own check. */
export const VOTES: Readonly<Record<VoterName, Voter>> = {
  detection: detectionVote,
  diagnosis: diagnosisVote,
  prediction: predictionVote,
  resolution: resolutionVote,
}

/** What one agent's own engine finds in a view at `at`. Throws on a room that was not opened. */
export function draftOf(agent: AgentName, view: View, at: Instant): FindingDraft {
  switch (agent) {
    case 'detection':
      return detect(situationOf(view, at))
    case 'diagnosis':
      return diagnose(situationOf(view, at))
    case 'prediction':
      return predict(situationOf(view, at))
    case 'resolution':
      return resolve(situationOf(view, at), view.hypotheses)
    case 'communication':
      return write(view, at)
    default:
      return agent satisfies never
  }
}
