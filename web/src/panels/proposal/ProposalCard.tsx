import { Match, Show, Switch, createSignal, onCleanup, onMount } from 'solid-js'
import type { Proposal, ProposalStatus } from '../../../../durable/protocol/domain.ts'
import { saysYes } from '../../../../durable/protocol/decisions.ts'
import { approveByWall } from '../../../../durable/protocol/steps.ts'
import { STATUS_WORD, isBarred } from '../../format/names.ts'
import { clockTime, stopwatch } from '../../format/time.ts'
import { useRoom } from '../context.tsx'
import { Approval } from './Approval.tsx'
import { Change } from './Change.tsx'
import { Checks } from './Checks.tsx'
import { AutonomyLine, DryRunReport } from './DryRun.tsx'
import { Quorum } from './Quorum.tsx'
import { Settle } from './Settle.tsx'
import { Steps } from './Steps.tsx'
import { Undo, rollbackWords } from './Undo.tsx'
import { VerificationPanel } from './Verification.tsx'

const TONE: Record<ProposalStatus, string> = {
  voting: 'plain',
  'not-carried': 'doubt',
  'awaiting-approval': 'you',
  approved: 'plain',
  running: 'plain',
  'outcome-unknown': 'doubt',
  verifying: 'plain',
  done: 'well',
  undone: 'doubt',
  rejected: 'harm',
  refused: 'harm',
  expired: 'doubt',
  revoked: 'harm',
}

const UNDO_WORD = {
  worse: 'it made things worse',
  'no-better': 'it made things no better',
  'by-person': 'a commander ordered it',
} as const

const NOT_UNDONE: Readonly<Record<string, string>> = {
  'undo-failed': 'Not undone: the rollback surely did not run.',
  'undo-stopped': 'Not undone: the rollback was stopped before it was sent.',
}

/** One proposal in full: the exact change, who voted and why, what holds, and what a person can do about it now. */
export function ProposalCard(props: { proposal: Proposal }) {
  const { room } = useRoom()
  const asks = () => props.proposal.status === 'awaiting-approval'
  // The hold button is pinned to the edge only after the whole change has been on the screen.
  const [read, setRead] = createSignal(false)
  let change: HTMLDivElement | undefined
  onMount(() => {
    if (!change || typeof IntersectionObserver !== 'function') return
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setRead(true)
      },
      { threshold: 1 },
    )
    observer.observe(change)
    onCleanup(() => observer.disconnect())
  })
  return (
    <section class="proposal" classList={{ asks: asks() }} aria-label={`Proposal P-${props.proposal.number}`}>
      <header class="proposal-head">
        <h2>Proposal P-{props.proposal.number}</h2>
        <Show
          when={asks()}
          fallback={<span class={`word ${TONE[props.proposal.status]}`}>{STATUS_WORD[props.proposal.status]}</span>}
        >
          <span class="awaiting">Awaiting you</span>
        </Show>
        <Show when={asks() || props.proposal.status === 'voting'}>
          <span class="label end">
            expires in <b class="tabular">{stopwatch(approveByWall(props.proposal.body) - room.wall())}</b>
          </span>
        </Show>
      </header>
      <div
        ref={(element) => {
          change = element
        }}
      >
        <Change proposal={props.proposal} />
      </div>
      <Quorum proposal={props.proposal} />
      <Checks proposal={props.proposal} />
      <Steps proposal={props.proposal} />
      <Where proposal={props.proposal} pinned={asks() && read()} />
    </section>
  )
}

/** Where it stands, and the one thing that can be done there. */
function Where(props: { proposal: Proposal; pinned: boolean }) {
  const { room } = useRoom()
  const execution = () => props.proposal.execution
  const step = () => props.proposal.steps?.find(({ state }) => state === 'running')
  const undoing = () => props.proposal.reason === 'undoing'
  const why = () => props.proposal.undoWhy ?? (props.proposal.verification?.end === 'no-better' ? 'no-better' : 'worse')
  return (
    <div class="where" classList={{ pinned: props.pinned }}>
      <Switch>
        <Match when={props.proposal.status === 'voting'}>
          <p>
            Four voters judge it, each from its own evidence.
            <Show when={props.proposal.ballot}>
              {(ballot) => <> Closes in {stopwatch(ballot().deadlineWall - room.wall())}.</>}
            </Show>
          </p>
        </Match>
        <Match when={props.proposal.status === 'awaiting-approval'}>
          <Approval proposal={props.proposal} />
        </Match>
        <Match when={props.proposal.status === 'approved'}>
          <p>
            <Show when={step()} fallback="Approved. Guard and digest are checked again, then it is called once.">
              {(now) => (
                <>Approved. Step {now().id} comes before the action; then guard and digest are checked again.</>
              )}
            </Show>
          </p>
        </Match>
        <Match when={undoing() && props.proposal.status === 'running'}>
          <p>
            <span class="word doubt">Undoing, {UNDO_WORD[why()]}.</span> {rollbackWords(props.proposal)}, sent once
            <Show when={props.proposal.undo}>{(undo) => <> at {clockTime(undo().startedAt)}</>}</Show>.
          </p>
        </Match>
        <Match when={props.proposal.status === 'running' && props.proposal.reason === 'dry-run'}>
          <p>
            <span class="word you">Dry run.</span> Every check holds; the driver is asked what it would do, and nothing
            is called.
          </p>
        </Match>
        <Match when={props.proposal.status === 'running'}>
          <p>
            Called once, waiting for the driver's answer
            <Show when={execution()}>{(run) => <> since {clockTime(run().startedAt)}</>}</Show>.
          </p>
        </Match>
        <Match when={props.proposal.status === 'outcome-unknown'}>
          <Settle proposal={props.proposal} />
        </Match>
        <Match when={props.proposal.status === 'not-carried'}>
          <p>
            <span class="word doubt">Not carried, {props.proposal.reason}.</span> A human decides.
          </p>
        </Match>
        <Match
          when={props.proposal.status === 'refused' && props.proposal.steps?.some(({ state }) => state === 'failed')}
        >
          <p>
            <span class="word harm">Ended before the action, {props.proposal.reason}.</span> A step could not be taken
            and nothing ran.
          </p>
        </Match>
        <Match when={props.proposal.status === 'refused' && !isBarred(props.proposal)}>
          <p>
            <span class="word harm">Nothing ran, {props.proposal.reason}.</span> {execution()?.detail}
          </p>
        </Match>
        <Match when={props.proposal.status === 'refused'}>
          <p>
            <span class="word harm">Refused, {props.proposal.reason}.</span> No ballot opened and no vote could have
            passed it.
          </p>
        </Match>
        <Match when={props.proposal.status === 'rejected'}>
          <p>
            <span class="word harm">Rejected</span>
            <Show when={props.proposal.reason === 'changes-requested'}>: changes requested</Show>
            <Show when={props.proposal.decisions.findLast((decision) => !saysYes(decision))}>
              {(rejection) => (
                <>
                  {' '}
                  by <b>{rejection().by}</b>: {rejection().reason}
                </>
              )}
            </Show>
          </p>
        </Match>
        <Match when={props.proposal.status === 'expired'}>
          <p>
            <span class="word doubt">Expired at {clockTime(props.proposal.body.expiresWall)}.</span> Nobody decided in
            time and nothing ran.
          </p>
        </Match>
        <Match when={props.proposal.status === 'revoked'}>
          <p>
            <span class="word harm">Revoked, {props.proposal.reason}.</span> Nothing ran.
          </p>
        </Match>
        <Match when={props.proposal.status === 'done' && execution()?.outcome !== 'ran'}>
          <p>
            <span class="word doubt">Ended without running</span>
            {props.proposal.reason === '' ? '.' : `: ${props.proposal.reason}.`} {execution()?.detail}
          </p>
        </Match>
        <Match when={props.proposal.status === 'undone'}>
          <p>
            <span class="word doubt">Undone, {UNDO_WORD[why()]}.</span> What it changed is as it was before. The agents
            look again; a next try is a proposal of its own.
          </p>
        </Match>
        <Match when={props.proposal.status === 'done' && NOT_UNDONE[props.proposal.reason]}>
          {(says) => (
            <p>
              <span class="word harm">{says()}</span> {props.proposal.undo?.detail} What ran is still in place.
            </p>
          )}
        </Match>
      </Switch>
      <AutonomyLine proposal={props.proposal} />
      <DryRunReport proposal={props.proposal} />
      <VerificationPanel proposal={props.proposal} />
      <Undo proposal={props.proposal} />
    </div>
  )
}
