import { For, Show } from 'solid-js'
import type { Proposal } from '../../../../durable/protocol/domain.ts'
import { shortDigest, words } from '../../format/figures.ts'
import { STATUS_WORD } from '../../format/names.ts'
import { clockTime, dayTime } from '../../format/time.ts'
import { EvidenceChips } from '../EvidenceChip.tsx'
import { Change } from '../proposal/Change.tsx'
import { VerificationPanel } from '../proposal/Verification.tsx'
import { GateTable } from './GateTable.tsx'
import { GuardTable } from './GuardTable.tsx'
import { Humans } from './Humans.tsx'
import { Runs } from './Runs.tsx'

/** One proposal as it stood: the change and its digest, everything that judged it, who decided, and what ran. */
export function ProposalRecord(props: { proposal: Proposal }) {
  const plan = () => props.proposal.body.plan
  return (
    <article class="record" aria-label={`Proposal P-${props.proposal.number}`}>
      <header class="ballot-head">
        <h2>P-{props.proposal.number}</h2>
        <span class="word">{STATUS_WORD[props.proposal.status]}</span>
        <Show when={props.proposal.reason !== '' && props.proposal.reason !== props.proposal.status}>
          <span class="label">{words(props.proposal.reason)}</span>
        </Show>
        <span class="label end">
          {props.proposal.body.decidedBy === 'human' ? 'own decision of a human' : 'proposed by the system'} at{' '}
          {clockTime(props.proposal.at)}
        </span>
      </header>
      <Change proposal={props.proposal} />
      <div class="record-parts">
        <section>
          <h3>What the digest binds</h3>
          <dl class="pairs wide-terms">
            <dt>Digest</dt>
            <dd>
              <code class="whole">{props.proposal.digest}</code>
            </dd>
            <dt>Evidence</dt>
            <dd>
              <code title={props.proposal.body.evidenceDigest}>{shortDigest(props.proposal.body.evidenceDigest)}</code>
            </dd>
            <dt>Policy</dt>
            <dd>
              {props.proposal.body.policy}, catalogue {props.proposal.body.catalogue}
            </dd>
            <dt>Valid</dt>
            <dd>until {dayTime(props.proposal.body.expiresWall)}, once</dd>
            <dt>Drill</dt>
            <dd>{props.proposal.body.drill ?? 'none: a real incident'}</dd>
            <dt>Expect</dt>
            <dd>{plan().expected}</dd>
            <dt>Cites</dt>
            <dd>
              <EvidenceChips ids={plan().cites} brief none="nothing" />
            </dd>
          </dl>
        </section>
        <GateTable proposal={props.proposal} />
        <GuardTable guard={props.proposal.guard} />
        <Humans proposal={props.proposal} />
        <Runs proposal={props.proposal} />
        <Show when={props.proposal.verification}>
          <section>
            <VerificationPanel proposal={props.proposal} />
          </section>
        </Show>
      </div>
    </article>
  )
}

/** Every proposal, the latest first. */
export function Records(props: { proposals: readonly Proposal[] }) {
  return (
    <For
      each={props.proposals.toReversed()}
      fallback={<p class="empty">At this moment nothing has been proposed yet.</p>}
    >
      {(proposal) => <ProposalRecord proposal={proposal} />}
    </For>
  )
}
