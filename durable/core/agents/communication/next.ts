import type { Proposal } from '../../../protocol/domain.ts'
import { durationText } from '../words.ts'
import { isOver, type Facts } from './facts.ts'

/** What happens next, as one plain sentence that both audiences can read; the action's title stands for the action. */
export function nextSentence(facts: Facts): string {
  const { view, open, ended } = facts
  if (view.state === 'closed') return view.archived ? 'Nothing: closed and archived.' : 'Nothing: closed.'
  if (isOver(view)) return 'Someone closes it once its story is told.'
  if (open) return openSentence(open)
  if (view.killSwitch) return 'The kill switch is on: the system runs nothing until a person turns it off.'
  if (view.escalated) return `A person decides what to try next (${view.escalated.reason}).`
  if (view.humanAsked) return `A person decides (${view.humanAsked.reason}): ${view.humanAsked.wouldDecide}.`
  if (ended?.verification?.end === 'recovered') {
    return facts.firing > 0 ? 'Its alerts are expected to clear; then it can be resolved.' : 'Someone resolves it.'
  }
  if (view.findings.resolution?.detail.agent === 'resolution') {
    const { plan, checklist } = view.findings.resolution.detail
    if (checklist) return `People follow the checklist "${checklist.title}".`
    if (!plan) return `People look on: no action is proposed (${view.findings.resolution.reason}).`
  }
  return 'The agents are still reading; a proposal or a question to people follows.'
}

function openSentence(proposal: Proposal): string {
  const { title, verify } = proposal.body.plan
  switch (proposal.status) {
    case 'voting':
      return `Four voters judge "${title}"; ${proposal.votes.length} have answered.`
    case 'awaiting-approval': {
      const given = proposal.decisions.filter(({ kind }) => kind === 'approve').length
      return `"${title}" waits for ${proposal.approvalsNeeded - given} approval(s) by a person (${given} of ${proposal.approvalsNeeded} given).`
    }
    case 'approved':
      return `"${title}" is approved and about to run.`
    case 'running':
      return `"${title}" runs now; its answer is awaited.`
    case 'outcome-unknown':
      return `Nobody knows yet whether "${title}" ran; nothing else touches that service until that is settled.`
    case 'verifying':
      return `"${title}" ran; its ${verify.signals.length} signals are watched for ${durationText(verify.windowMs)}.`
    default:
      return `"${title}" is ${proposal.status}.`
  }
}
