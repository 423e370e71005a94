import { createSignal } from 'solid-js'
import type { AgentKey, Vote, VoterName } from '../../../durable/protocol/domain.ts'
import { VOTERS } from '../../../durable/protocol/domain.ts'
import { Bar } from '../dashboards/transparency/Bar.tsx'
import { Recording, TABS } from '../dashboards/transparency/Recording.tsx'
import { replayOf } from '../dashboards/transparency/replay.ts'
import { flood } from './crew.ts'
import { type Said, ballot, carried, ended, notCarried, numbered, recovered, untilProposal, votes } from './log.ts'
import { proposal } from './proposal.ts'
import { T0 } from './world.ts'

const KEYS: AgentKey[] = VOTERS.map((agent, i) => ({
  id: `${'0a1b2c3d4e5f6071'.slice(i)}${'89ab'.slice(0, i)}`,
  agent,
  instance: 'ins_gallery',
  publicKey: 'not checked here',
  since: T0,
}))

/** A vote with what a signature looks like: stills are looked at, never verified. */
function signed(vote: Vote, signature = `${vote.voter}-${vote.vote}-b64url-of-64-bytes`): Vote {
  const key = KEYS.find(({ agent }) => agent === vote.voter)
  return key ? { ...vote, key: key.id, signature } : vote
}

function of(voter: VoterName): Vote {
  const vote = votes().find((candidate) => candidate.voter === voter)
  if (!vote) throw new Error(`${voter} has no vote in the gallery's story`)
  return vote
}

/** Prediction lies, signs two different votes and is quarantined; others are void for other reasons. */
function liars(): Said[] {
  const one = signed(of('prediction'))
  const two = signed({ ...of('prediction'), vote: 'oppose', void: 'second-vote', reason: 'the forecast is worse' })
  const system = { kind: 'system', name: 'room' } as const
  const { id } = proposal()
  return [
    ...ballot([
      signed(of('detection')),
      signed({ ...of('diagnosis'), void: 'unknown-evidence', cites: ['E-77'] }),
      one,
      two,
      signed({ ...of('resolution'), void: 'bad-signature' }, 'AAAA-not-a-signature-of-this'),
      signed(of('resolution')),
    ]),
    {
      s: 74,
      by: system,
      body: { type: 'voter-quarantined', voter: 'prediction', reason: 'equivocation', proposal: id, proof: [one, two] },
    },
    ...notCarried().slice(-3),
  ]
}

const STORIES: Record<string, () => Said[]> = {
  opened: () => untilProposal().slice(0, 5),
  liars: () => [...untilProposal(), ...liars()],
  carried: () => [...untilProposal(), ...carried()],
  recovered: () => [...untilProposal(), ...carried(), ...recovered()],
  closed: () => [...untilProposal(), ...carried(), ...ended()],
  flood: () => [...untilProposal(), ...carried(), ...flood(700, 2_000)],
}

/** `/gallery.html?why=<story>&tab=<tab>&at=<seq>`: /transparency on a hand-made log. */
export function WhyStill(props: { query: URLSearchParams }) {
  const said = (STORIES[props.query.get('why') ?? ''] ?? untilProposal)()
  const events = numbered(said).map((event) =>
    event.body.type === 'incident-opened' ? { ...event, body: { ...event.body, keys: KEYS } } : event,
  )
  const replay = replayOf(events)
  const [seq, setSeq] = createSignal(Number(props.query.get('at') ?? events.length))
  const [tab, setTab] = createSignal(TABS.find((name) => name === props.query.get('tab')) ?? 'reasoning')
  const nothing = () => undefined
  return (
    <div class="app in-room">
      <Bar reads="Recording, read only" opsHref="/ops" onChoose={nothing} />
      <Recording
        log={{ origin: 'room', name: 'inc_galleryroom', events }}
        replay={replay}
        seq={seq()}
        tab={tab()}
        link={`${location.origin}/transparency/inc_galleryroom?at=${seq()}`}
        news={Number(props.query.get('news') ?? 0)}
        offline={props.query.has('offline')}
        onSeek={setSeq}
        onTab={setTab}
        onShowNews={nothing}
      />
    </div>
  )
}
