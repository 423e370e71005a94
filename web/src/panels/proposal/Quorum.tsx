import { For, Match, Show, Switch } from 'solid-js'
import {
  type Proposal,
  REQUIRED_SUPPORTERS,
  VOTERS,
  type Vote,
  type VoterName,
} from '../../../../durable/protocol/domain.ts'
import { count, list, words } from '../../format/figures.ts'
import { AGENT_TITLE, isBarred } from '../../format/names.ts'
import { Icon } from '../../ui/Icon.tsx'
import { type Cast, VoteGlyph, VoteMark, castOf } from '../../ui/VoteMark.tsx'
import { EvidenceChips } from '../EvidenceChip.tsx'
import { useRoom } from '../context.tsx'

/** Votes that carry a ballot; an irreversible action asks for all four (SPEC CN1). */
const NEED = { reversible: 3, wider: 3, irreversible: 4 } as const
const RING = 44

/** A voter's answer that counts, else its first void one. */
function voteOf(proposal: Proposal, voter: VoterName): Vote | undefined {
  const all = proposal.votes.filter((vote) => vote.voter === voter)
  return all.find((vote) => vote.void === null) ?? all[0]
}

/** The answer as it counts: what a voter said that is quarantined since is no vote, for or against. */
function counted(proposal: Proposal, voter: VoterName, outcast: readonly VoterName[]): Cast {
  const vote = voteOf(proposal, voter)
  return vote && outcast.includes(voter) ? 'void' : castOf(vote)
}

function supporters(proposal: Proposal, outcast: readonly VoterName[]): VoterName[] {
  return VOTERS.filter((voter) => counted(proposal, voter, outcast) === 'support')
}

/** Voters that count no more in this incident. */
function useOutcast(): () => VoterName[] {
  const { room } = useRoom()
  return () => room.state.view.quarantined.map(({ voter }) => voter)
}

function quarter(index: number): string {
  const at = (degrees: number) => {
    const radians = (degrees * Math.PI) / 180
    return `${(RING * Math.cos(radians)).toFixed(2)} ${(RING * Math.sin(radians)).toFixed(2)}`
  }
  const middle = index * 90 - 90
  return `M${at(middle - 43)}A${RING} ${RING} 0 0 1 ${at(middle + 43)}`
}

const SEATS = VOTERS.map((voter, index) => ({
  voter,
  arc: quarter(index),
  x: Math.round(RING * Math.cos(((index * 90 - 90) * Math.PI) / 180)),
  y: Math.round(RING * Math.sin(((index * 90 - 90) * Math.PI) / 180)),
}))

function headline(proposal: Proposal): string {
  if (proposal.body.decidedBy === 'human') return 'Decided by human'
  if (isBarred(proposal)) return 'No ballot opened'
  if (proposal.ballot?.outcome === 'carried') return 'Quorum reached'
  if (proposal.ballot?.outcome === 'not-carried') return 'Not carried'
  return 'Voting'
}

function condition(proposal: Proposal): string {
  const humans = count(proposal.approvalsNeeded, 'human')
  if (proposal.body.decidedBy === 'human') return `own decision, ${humans}`
  const none = proposal.body.risk === 'wider' ? ', nobody opposing' : ''
  return `needs ${NEED[proposal.body.risk]} of 4${none}, ${humans}`
}

/** Four seats on a ring, each owning a quarter; the clerk and the humans stand outside, for they are other gates. */
export function Quorum(props: { proposal: Proposal }) {
  const outcast = useOutcast()
  const missing = () => REQUIRED_SUPPORTERS.filter((voter) => !supporters(props.proposal, outcast()).includes(voter))
  // Without a ballot nobody was asked: four empty seats on the ring say it, a list of them would be noise.
  const voted = () => props.proposal.ballot !== null || props.proposal.votes.length > 0
  return (
    <div class="quorum" role="group" aria-label="Quorum">
      <header class="quorum-head">
        <h3>{headline(props.proposal)}</h3>
        <span class="label">{condition(props.proposal)}</span>
      </header>
      <div class="quorum-body">
        <Ring proposal={props.proposal} />
        <ul class="votes">
          <Show when={voted()}>
            <For each={VOTERS}>{(voter) => <VoteLine proposal={props.proposal} voter={voter} />}</For>
            <li class="hairline">
              <Icon name="note" />
              <span>
                <b>Communication</b>{' '}
                <Show when={props.proposal.clerk} fallback={<span class="dim">clerk, has not spoken</span>}>
                  {(clerk) => (
                    <span>
                      {clerk().inform.length === 0 ? 'informs nobody' : `informs ${list(clerk().inform)}`}
                      {clerk().extraApprovals === 1 ? ', adds one human' : ''}
                      <span class="dim block">{clerk().reason}</span>
                    </span>
                  )}
                </Show>
              </span>
            </li>
          </Show>
          <Humans proposal={props.proposal} />
        </ul>
      </div>
      <Citations proposal={props.proposal} />
      <Show when={props.proposal.body.decidedBy === 'system' && !isBarred(props.proposal)}>
        <p class="label required-line">
          <svg width="14" height="14" viewBox="-12 -12 24 24" aria-hidden="true" class="vote-mark">
            <circle class="required" r="10.6" />
            <circle class="required" r="6.4" />
          </svg>
          must be among the supporters:{' '}
          {missing().length === 0 ? 'both are' : `${list(missing().map((voter) => AGENT_TITLE[voter]))} missing`}. Holds
          with one lying voter among four.
        </p>
      </Show>
    </div>
  )
}

function Ring(props: { proposal: Proposal }) {
  const clause = () => props.proposal.guard.clauses.find((candidate) => candidate.holds !== true)
  const outcast = useOutcast()
  const support = () => supporters(props.proposal, outcast()).length
  const label = () => `${support()} of 4 support, need ${NEED[props.proposal.body.risk]}`
  return (
    <svg class="ring" width="124" height="124" viewBox="-62 -62 124 124" role="img" aria-label={label()}>
      <For each={SEATS}>
        {(seat) => {
          const cast = () => counted(props.proposal, seat.voter, outcast())
          return <path class={`arc ${cast()}`} d={seat.arc} />
        }}
      </For>
      <For each={SEATS}>
        {(seat) => (
          <g transform={`translate(${seat.x} ${seat.y}) scale(1.22)`}>
            <circle class="seat" r="11.6" />
            <VoteGlyph
              cast={counted(props.proposal, seat.voter, outcast())}
              required={REQUIRED_SUPPORTERS.includes(seat.voter)}
            />
          </g>
        )}
      </For>
      <Switch
        fallback={
          <>
            <text class="ring-count" y="2" text-anchor="middle">
              {support()}/4
            </text>
            <text class="ring-need" y="16" text-anchor="middle">
              need {NEED[props.proposal.body.risk]}
            </text>
          </>
        }
      >
        <Match when={props.proposal.body.decidedBy === 'human'}>
          <g class="ring-human">
            <circle cy="-7" r="4.5" />
            <path d="M-9 8a9 9 0 0 1 18 0z" />
          </g>
          <text class="ring-need" y="21" text-anchor="middle">
            by human
          </text>
        </Match>
        <Match when={isBarred(props.proposal)}>
          <path class="ring-bar" d="M-4-15h8l6 6v8l-6 6h-8l-6-6v-8z" />
          <path class="ring-bar-cut" d="M-5-5h10" />
          <text class="ring-need" y="17" text-anchor="middle">
            {clause() ? 'guard' : 'gate'}
          </text>
        </Match>
      </Switch>
    </svg>
  )
}

function VoteLine(props: { proposal: Proposal; voter: VoterName }) {
  const outcast = useOutcast()
  const vote = () => voteOf(props.proposal, props.voter)
  const cast = () => counted(props.proposal, props.voter, outcast())
  /** why it is no vote; null: it is one. */
  const why = () => vote()?.void ?? (outcast().includes(props.voter) ? 'quarantined' : null)
  return (
    <li>
      <VoteMark cast={cast()} />
      <span>
        <b>{AGENT_TITLE[props.voter]}</b>{' '}
        <span class={`vote-word ${cast()}`}>{cast() === 'not-voted' ? 'not voted' : cast()}</span>
        <Show when={REQUIRED_SUPPORTERS.includes(props.voter)}>
          <span class="sr-only">, required</span>
        </Show>
        <Show when={vote()}>
          {(said) => (
            <span class="dim reason">
              {' · '}
              {why() === null ? said().reason : `${words(why() ?? '')}: counts as no vote. ${said().reason}`}
            </span>
          )}
        </Show>
      </span>
    </li>
  )
}

/** Which evidence each voter cites: opened when somebody asks. */
function Citations(props: { proposal: Proposal }) {
  return (
    <Show when={props.proposal.votes.length > 0}>
      <details class="citations">
        <summary class="label">What each voter cites and how it checked</summary>
        <dl class="pairs">
          <For each={props.proposal.votes}>
            {(vote) => (
              <>
                <dt>{AGENT_TITLE[vote.voter]}</dt>
                <dd>
                  <span class="label">{words(vote.method)}</span>
                  <EvidenceChips ids={vote.cites} brief none="cites nothing" />
                </dd>
              </>
            )}
          </For>
        </dl>
      </details>
    </Show>
  )
}

function Humans(props: { proposal: Proposal }) {
  const said = (kind: string) =>
    ({
      approve: 'approved',
      reject: 'rejected',
      'own-decision': 'own decision',
      'request-changes': 'requested changes',
    })[kind] ?? kind
  return (
    <For
      each={props.proposal.decisions}
      fallback={
        <Show when={props.proposal.status === 'awaiting-approval'}>
          <li class="you">
            <Icon name="person" />
            <span>A human is asked</span>
          </li>
        </Show>
      }
    >
      {(decision) => (
        <li>
          <Icon name="person" />
          <span>
            <b>{decision.by}</b> {said(decision.kind)}
            <span class="dim block">
              {decision.reason}
              {decision.passed.length === 0 ? '' : ` Passed: ${list(decision.passed)}.`}
              {decision.wants ? ` Wants ${list(Object.entries(decision.wants).map((one) => one.join(' ')))}.` : ''}
            </span>
          </span>
        </li>
      )}
    </For>
  )
}
