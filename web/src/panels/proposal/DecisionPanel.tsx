import { For, Show } from 'solid-js'
import { openProposal, phaseOf } from '../../../../durable/protocol/view.ts'
import { STATUS_WORD } from '../../format/names.ts'
import { useRoom } from '../context.tsx'
import { changeWords } from './Change.tsx'
import { OwnDecision } from './OwnDecision.tsx'
import { ProposalCard } from './ProposalCard.tsx'

/** The decision of now: the open proposal, else the latest, and what a human is asked. Earlier ones stay readable. */
export function DecisionPanel() {
  const { room } = useRoom()
  const view = () => room.state.view
  const shown = () => openProposal(view()) ?? view().proposals.at(-1) ?? null
  const earlier = () =>
    view()
      .proposals.filter((proposal) => proposal.id !== shown()?.id)
      .toReversed()
  return (
    <div class="decision">
      <Asked />
      <Show when={shown()} fallback={<NoProposal />}>
        {(proposal) => <ProposalCard proposal={proposal()} />}
      </Show>
      <Checklist />
      <OwnDecision />
      <Show when={earlier().length > 0}>
        <details class="earlier">
          <summary>Earlier proposals, {earlier().length}</summary>
          <For each={earlier()}>
            {(proposal) => (
              <p>
                <b>P-{proposal.number}</b> {proposal.body.plan.title}, {changeWords(proposal)}:{' '}
                {STATUS_WORD[proposal.status].toLowerCase()}
                {proposal.reason === '' ? '' : `, ${proposal.reason}`}
              </p>
            )}
          </For>
        </details>
      </Show>
    </div>
  )
}

function Asked() {
  const { room } = useRoom()
  return (
    <Show when={room.state.view.state !== 'closed' && room.state.view.humanAsked}>
      {(asked) => (
        <section class="asked" aria-label="A human is asked">
          <p>
            <span class="awaiting">A human decides</span> <b>{asked().reason}</b>
          </p>
          <Show when={asked().wouldDecide !== ''}>
            <p class="label">Would decide: {asked().wouldDecide}</p>
          </Show>
        </section>
      )}
    </Show>
  )
}

function NoProposal() {
  const { room } = useRoom()
  const finding = () => room.state.view.findings.resolution
  return (
    <section class="proposal none" aria-label="Proposal">
      <header class="proposal-head">
        <h2>No proposal</h2>
        <span class="label end">agents: {phaseOf(room.state.view)}</span>
      </header>
      <p>
        <Show
          when={finding()}
          fallback="Nothing runs without a proposal that four voters judged and a human approved, or a commander's own decision."
        >
          {(said) => <>{said().summary}</>}
        </Show>
      </p>
    </section>
  )
}

/** A runbook without an action endpoint is a list for people. */
function Checklist() {
  const { room } = useRoom()
  const list = () => {
    const detail = room.state.view.findings.resolution?.detail
    return detail?.agent === 'resolution' ? detail.checklist : null
  }
  return (
    <Show when={list()}>
      {(checklist) => (
        <section class="checklist" aria-label="Checklist">
          <h3>{checklist().title}</h3>
          <ol>
            <For each={checklist().steps}>{(step) => <li>{step}</li>}</For>
          </ol>
          <p class="label">For people: nothing is wired to run this.</p>
        </section>
      )}
    </Show>
  )
}
