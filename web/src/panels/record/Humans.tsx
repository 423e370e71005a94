import { For, Show } from 'solid-js'
import type { HumanDecision, Proposal } from '../../../../durable/protocol/domain.ts'
import { figure, list, shortDigest, words } from '../../format/figures.ts'
import { clockTime } from '../../format/time.ts'
import { Icon } from '../../ui/Icon.tsx'

const DECIDED: Record<HumanDecision['kind'], string> = {
  approve: 'approved',
  reject: 'rejected',
  'own-decision': 'decided by own decision',
  'request-changes': 'asked for changes',
}

/** Who decided what on which digest, and why. */
export function Humans(props: { proposal: Proposal }) {
  const approvals = () => props.proposal.decisions.filter(({ kind }) => kind === 'approve').length
  return (
    <section>
      <h3>
        Human decisions{' '}
        <span class="label">
          {approvals()} of {props.proposal.approvalsNeeded} approvals needed
        </span>
      </h3>
      <ul class="record-list">
        <For
          each={props.proposal.decisions}
          fallback={<li class="dim">No human has decided on this digest at this moment.</li>}
        >
          {(decision) => (
            <li>
              <Icon name="person" />
              <span>
                <b>{decision.by}</b> ({decision.role}) {DECIDED[decision.kind]} at {clockTime(decision.at)}
                <span class="label block">
                  {decision.reason}
                  {decision.passed.length === 0 ? '' : ` Passed: ${list(decision.passed.map(words))}.`}
                  {wanted(decision.wants)}
                </span>
                <span class="label block">
                  on digest <code title={decision.digest}>{shortDigest(decision.digest)}</code>
                  {decision.digest === props.proposal.digest ? ', the one shown' : ', which is not the one shown'}
                </span>
              </span>
            </li>
          )}
        </For>
        <Show when={props.proposal.autonomy}>
          {(autonomy) => (
            <li>
              <Icon name="room" />
              <span>
                Autonomy clause <code>{autonomy().clause}</code> stood in for the approval: {autonomy().record.n}{' '}
                recovered, {autonomy().record.regressions} regressions on record.
              </span>
            </li>
          )}
        </Show>
      </ul>
    </section>
  )
}

function wanted(wants: HumanDecision['wants']): string {
  const all = Object.entries(wants ?? {})
  if (all.length === 0) return ''
  return ` Wants ${list(all.map(([name, value]) => `${words(name)} ${typeof value === 'number' ? figure(value) : value}`))}.`
}
