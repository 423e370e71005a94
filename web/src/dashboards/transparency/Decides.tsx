import { Show } from 'solid-js'
import type { Proposal } from '../../../../durable/protocol/domain.ts'
import { count, list, shortDigest } from '../../format/figures.ts'
import { AGENT_TITLE } from '../../format/names.ts'
import { clockTime } from '../../format/time.ts'
import { Quorum } from '../../panels/proposal/Quorum.tsx'
import { GateFacts } from '../../panels/record/GateFacts.tsx'

/** What the latest proposal stands on: its quorum, its gate, its certificate. */
export function Decides(props: { proposal: Proposal }) {
  return (
    <>
      <section class="aside-part">
        <Quorum proposal={props.proposal} />
      </section>
      <section class="aside-part" aria-labelledby="gate">
        <header class="aside-head">
          <h2 id="gate">
            Evidence gate{' '}
            <span class={`word ${props.proposal.gate.passes ? 'well' : 'doubt'}`}>
              {props.proposal.gate.passes ? 'passed' : props.proposal.gate.reason}
            </span>
          </h2>
        </header>
        <GateFacts gate={props.proposal.gate} />
      </section>
      <Certificate proposal={props.proposal} />
    </>
  )
}

/** The votes that carried a ballot, with the policy that judged them. */
function Certificate(props: { proposal: Proposal }) {
  const signed = () => props.proposal.certificate?.votes?.filter((vote) => vote.signature !== undefined).length ?? 0
  return (
    <section class="aside-part" aria-labelledby="certificate">
      <header class="aside-head">
        <h2 id="certificate">Certificate of P-{props.proposal.number}</h2>
      </header>
      <Show
        when={props.proposal.certificate}
        fallback={<p class="label">None: at this moment no ballot on it has carried.</p>}
      >
        {(certificate) => (
          <dl class="pairs wide-terms">
            <dt>Carried at</dt>
            <dd>{clockTime(certificate().at)}</dd>
            <dt>By</dt>
            <dd>{list(certificate().supporters.map((voter) => AGENT_TITLE[voter]))}</dd>
            <dt>On digest</dt>
            <dd>
              <code title={certificate().digest}>{shortDigest(certificate().digest)}</code>
            </dd>
            <dt>Policy</dt>
            <dd>{certificate().policy}</dd>
            <dt>Carries</dt>
            <dd>
              {certificate().votes
                ? `${count(signed(), 'signed vote')}: it can be judged alone`
                : 'no votes of its own: the log has them'}
            </dd>
          </dl>
        )}
      </Show>
    </section>
  )
}
