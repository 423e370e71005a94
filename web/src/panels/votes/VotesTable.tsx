import { For, Show } from 'solid-js'
import {
  type Proposal,
  REQUIRED_SUPPORTERS,
  VOTERS,
  type Vote,
  type VoterName,
} from '../../../../durable/protocol/domain.ts'
import { count, list, shortDigest, words } from '../../format/figures.ts'
import { AGENT_TITLE } from '../../format/names.ts'
import { clockTime } from '../../format/time.ts'
import { Icon } from '../../ui/Icon.tsx'
import { VoteMark, castOf } from '../../ui/VoteMark.tsx'
import { EvidenceChips } from '../EvidenceChip.tsx'
import { useRoom } from '../context.tsx'
import { outcomeOf } from './outcome.ts'
import { VOID_SAYS } from './void.ts'

/** One ballot's votes: every one that arrived, with what it was signed with and why it counts or not. */
export function VotesTable(props: { proposal: Proposal }) {
  const { room } = useRoom()
  const outcome = () =>
    outcomeOf(
      props.proposal,
      room.state.view.quarantined.map(({ voter }) => voter),
    )
  const of = (voter: VoterName) => props.proposal.votes.filter((vote) => vote.voter === voter)
  return (
    <section class="ballot" aria-label={`Votes on P-${props.proposal.number}`}>
      <header class="ballot-head">
        <h2>
          P-{props.proposal.number} {props.proposal.body.plan.title}
        </h2>
        <span class={`word ${outcome().tone}`}>{outcome().says}</span>
      </header>
      <p class="ballot-says">{outcome().condition}</p>
      <Show
        when={props.proposal.ballot}
        fallback={<p class="empty">No ballot was opened on this proposal: there are no votes.</p>}
      >
        {(ballot) => (
          <>
            <div class="wide" role="region" aria-label={`Votes on P-${props.proposal.number}, table`} tabIndex={0}>
              <table class="votes-table">
                <caption class="sr-only">
                  Ballot {ballot().id} on digest {props.proposal.digest}
                </caption>
                <thead>
                  <tr>
                    <th scope="col">Voter</th>
                    <th scope="col">Vote</th>
                    <th scope="col">What it checked itself</th>
                    <th scope="col">Evidence cited</th>
                    <th scope="col">Digest</th>
                    <th scope="col">Key and signature</th>
                    <th scope="col">Time</th>
                  </tr>
                </thead>
                <For each={VOTERS}>
                  {(voter) => <Voter proposal={props.proposal} voter={voter} votes={of(voter)} />}
                </For>
                <tbody>
                  <Clerk proposal={props.proposal} />
                </tbody>
              </table>
            </div>
            <p class="label">
              Two outlines: required, without Diagnosis and Resolution among the supporters nothing carries. No quorum
              by the deadline: a human decides.
              <Show when={room.state.view.keys.length === 0}>
                {' '}
                These votes were cast before votes were signed: there is no signature to check.
              </Show>
            </p>
          </>
        )}
      </Show>
    </section>
  )
}

/** Every ballot, the latest first. */
export function VotesTables(props: { proposals: readonly Proposal[] }) {
  return (
    <For
      each={props.proposals.toReversed()}
      fallback={<p class="empty">At this moment nothing has been proposed, so nobody was asked.</p>}
    >
      {(proposal) => <VotesTable proposal={proposal} />}
    </For>
  )
}

/** A voter's rows: one, or all of them joined where it signed several. */
function Voter(props: { proposal: Proposal; voter: VoterName; votes: readonly Vote[] }) {
  const { room } = useRoom()
  const quarantine = () => room.state.view.quarantined.find(({ voter }) => voter === props.voter)
  const twice = () => props.votes.length > 1 && props.votes.some((vote) => vote.void === 'second-vote')
  return (
    <tbody classList={{ joined: twice() }}>
      <Show when={twice()}>
        <tr class="joined-head">
          <th scope="rowgroup" colSpan={7}>
            <Icon name="shield" size={12} /> Equivocation: {AGENT_TITLE[props.voter]} answered this ballot{' '}
            {count(props.votes.length, 'time')}, with different signed answers. All are kept side by side as proof.
          </th>
        </tr>
      </Show>
      <For
        each={props.votes}
        fallback={
          <tr>
            <Name voter={props.voter} quarantined={quarantine() !== undefined} />
            <td data-label="Vote">
              <span class="vote-cell">
                <VoteMark cast="not-voted" /> <span class="vote-word not-voted">not voted</span>
              </span>
            </td>
            <td class="dim" colSpan={5}>
              said nothing in this ballot
            </td>
          </tr>
        }
      >
        {(vote) => <VoteRow proposal={props.proposal} vote={vote} quarantined={quarantine() !== undefined} />}
      </For>
    </tbody>
  )
}

function Name(props: { voter: VoterName; quarantined: boolean }) {
  return (
    <th scope="row" classList={{ required: REQUIRED_SUPPORTERS.includes(props.voter) }}>
      {AGENT_TITLE[props.voter]}
      <Show when={REQUIRED_SUPPORTERS.includes(props.voter)}>
        <span class="sr-only">, required</span>
      </Show>
      <Show when={props.quarantined}>
        <span class="quarantined-word">quarantined</span>
      </Show>
    </th>
  )
}

function VoteRow(props: { proposal: Proposal; vote: Vote; quarantined: boolean }) {
  const cast = () => castOf(props.vote)
  return (
    <tr classList={{ void: props.vote.void !== null, uncounted: props.quarantined }}>
      <Name voter={props.vote.voter} quarantined={props.quarantined} />
      <td data-label="Vote">
        <span class="vote-cell">
          <VoteMark cast={cast()} />
          <span class={`vote-word ${cast()}`}>{cast()}</span>
        </span>
        <Show when={props.vote.void !== null}>
          <span class="label block">said {props.vote.vote}</span>
        </Show>
      </td>
      <td data-label="Checked">
        {props.vote.reason}
        <Show when={props.vote.void}>
          {(why) => (
            <span class="label block">
              <b>{why()}</b>: {VOID_SAYS[why()] ?? words(why())}. Counts as no vote.
            </span>
          )}
        </Show>
        <Show when={props.quarantined && props.vote.void === null}>
          <span class="label block">
            <b>quarantined</b>: {VOID_SAYS['quarantined']}. Counts as no vote any more.
          </span>
        </Show>
        <span class="label block">by {words(props.vote.method)}</span>
      </td>
      <td data-label="Cites">
        <EvidenceChips ids={props.vote.cites} brief none="cites nothing" />
      </td>
      <td data-label="Digest">
        <code
          title={props.vote.digest}
          classList={{
            harm: props.vote.digest !== props.proposal.digest,
            word: props.vote.digest !== props.proposal.digest,
          }}
        >
          {shortDigest(props.vote.digest)}
        </code>
        <Show when={props.vote.digest !== props.proposal.digest}>
          <span class="label block">not this ballot's</span>
        </Show>
      </td>
      <td data-label="Signed">
        <Signer key={props.vote.key} />
        <Signature of={props.vote} />
      </td>
      <td data-label="Time" class="num">
        {clockTime(props.vote.at)}
      </td>
    </tr>
  )
}

/** A key's id; one that the log does not name is struck. Nothing where nothing was signed: the next line says so. */
function Signer(props: { key: string | undefined }) {
  const { room } = useRoom()
  const known = () => room.state.view.keys.some(({ id }) => id === props.key)
  return (
    <Show when={props.key}>
      {(id) => (
        <span class="signed-line">
          <span class="label">key </span>
          <Show
            when={known()}
            fallback={
              <>
                <s>
                  <code>{shortDigest(id())}</code>
                </s>{' '}
                <span class="label">not in the log</span>
              </>
            }
          >
            <code title={id()}>{shortDigest(id())}</code>
          </Show>
        </span>
      )}
    </Show>
  )
}

function Signature(props: { of: { signature?: string; void?: Vote['void'] } }) {
  return (
    <Show when={props.of.signature} fallback={<span class="dim">not signed</span>}>
      {(signature) => (
        <span class="signed-line">
          <span class="label">sig </span>
          <code title={signature()}>{shortDigest(signature())}</code>
          <Show when={props.of.void === 'bad-signature'}>
            <span class="word harm block">bad</span>
          </Show>
        </span>
      )}
    </Show>
  )
}

function Clerk(props: { proposal: Proposal }) {
  return (
    <tr class="clerk">
      <th scope="row">Communication</th>
      <td data-label="Vote">
        <span class="vote-cell">
          <Icon name="note" /> <span class="dim">clerk</span>
        </span>
        <span class="label block">no vote</span>
      </td>
      <Show
        when={props.proposal.clerk}
        fallback={
          <td class="dim" colSpan={5}>
            has not spoken
          </td>
        }
      >
        {(word) => (
          <>
            <td data-label="Says" colSpan={2}>
              {word().inform.length === 0 ? 'informs nobody' : `informs ${list(word().inform)}`}
              {word().extraApprovals === 1 ? ', adds one human' : ''}. {word().reason}
              <span class="label block">It can add a human, never remove one.</span>
            </td>
            <td data-label="Digest">
              <code title={props.proposal.digest}>{shortDigest(props.proposal.digest)}</code>
            </td>
            <td data-label="Signed">
              <Signer key={word().key} />
              <Signature of={word().signature === undefined ? {} : { signature: word().signature ?? '' }} />
            </td>
            <td data-label="Time" class="num">
              {clockTime(word().at)}
            </td>
          </>
        )}
      </Show>
    </tr>
  )
}
