import { expect, it } from 'vitest'
import type { EventBody } from '../../durable/protocol/events.ts'
import { type Said, carried, ended, recovered, untilProposal } from '../../web/src/gallery/log.ts'
import { EVIDENCE } from '../../web/src/gallery/world.ts'
import { AgentStrip } from '../../web/src/panels/AgentStrip.tsx'
import { AlertList } from '../../web/src/panels/AlertList.tsx'
import { HypothesisBoard } from '../../web/src/panels/HypothesisBoard.tsx'
import { RoomHead } from '../../web/src/panels/RoomHead.tsx'
import { SummaryPanel } from '../../web/src/panels/SummaryPanel.tsx'
import { Timeline } from '../../web/src/panels/Timeline.tsx'
import { useRoom } from '../../web/src/panels/context.tsx'
import { GapTable } from '../../web/src/panels/doubt/GapTable.tsx'
import { TaintList } from '../../web/src/panels/doubt/TaintList.tsx'
import { EvidenceDrawer } from '../../web/src/panels/evidence/EvidenceDrawer.tsx'
import { EventLog } from '../../web/src/panels/log/EventLog.tsx'
import { FindingTable } from '../../web/src/panels/log/FindingTable.tsx'
import { DecisionPanel } from '../../web/src/panels/proposal/DecisionPanel.tsx'
import { Records } from '../../web/src/panels/record/ProposalRecord.tsx'
import { VotesTables } from '../../web/src/panels/votes/VotesTable.tsx'
import { HARMLESS, TEXTS } from '../injection/texts.ts'
import { showIn } from './show.tsx'

const PATIENCE_MS = 300_000
/** Texts that one page says in turn. */
const AT_ONCE = 8

/** Members whose words outsiders choose, or that repeat such words. */
const WORDED: ReadonlySet<string> = new Set('title summary description text template says expected note'.split(' '))
/** Members of which every value is an outsider's. */
const WORDY: ReadonlySet<string> = new Set(['annotations', 'labels'])

/** The same with each such word replaced by the next text. */
function spoken(value: unknown, next: () => string, all = false): unknown {
  if (Array.isArray(value)) return value.map((item) => spoken(item, next))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      typeof member === 'string' && (all || WORDED.has(name)) ? next() : spoken(member, next, WORDY.has(name)),
    ]),
  )
}

const NOTE: Said = {
  s: 300,
  by: { kind: 'person', name: 'ray' },
  body: {
    type: 'note-added',
    note: { id: 'N-9', by: 'ray', at: 1, text: '', tainted: true, visibility: 'private' },
  } as unknown as EventBody,
}
const LOG: readonly Said[] = [...untilProposal(), ...carried(), ...recovered(), ...ended(), NOTE]

function Everything() {
  const view = () => useRoom().room.state.view
  return (
    <>
      <RoomHead />
      <AgentStrip />
      <AlertList />
      <HypothesisBoard />
      <SummaryPanel />
      <DecisionPanel />
      <Timeline />
      <FindingTable />
      <VotesTables proposals={view().proposals} />
      <Records proposals={view().proposals} />
      <GapTable />
      <TaintList />
      <EventLog brokenFrom={null} onSeek={() => undefined} />
      <EvidenceDrawer />
    </>
  )
}

/** Every element, attribute name and link of the page, and all that stands on it, with these texts in turn. */
function page(texts: readonly string[]) {
  let count = 0
  const next = (): string => texts[(count += 1) % texts.length] ?? ''
  const said = LOG.map((one): Said => ({ ...one, body: spoken(one.body, next) as EventBody }))
  const screen = showIn(said, Everything)
  screen.open(EVIDENCE.find(({ data }) => data.kind === 'change')?.id ?? 'E-01')
  const elements = [...screen.container.querySelectorAll('*')]
  const shape = elements.map((one) => `${one.localName} ${one.getAttributeNames().toSorted().join(' ')}`)
  const links = elements.flatMap((one) => [one.getAttribute('href'), one.getAttribute('src')].flatMap((at) => at ?? []))
  const shown = screen.container.textContent ?? ''
  screen.unmount()
  return { shape, links, shown, count }
}

it(
  '[SE82] an injected text is text on every panel: no element, attribute or link comes of it',
  () => {
    const harmless = page([HARMLESS])
    expect(harmless.count).toBeGreaterThan(AT_ONCE)
    expect(harmless.links.length).toBeGreaterThan(0)
    // The control: taken for mark-up, some of them would make elements.
    const raw = document.createElement('p')
    raw.innerHTML = TEXTS.join('')
    expect(raw.querySelectorAll('img, script, a').length).toBeGreaterThan(50)
    for (let from = 0; from < TEXTS.length; from += AT_ONCE) {
      const texts = TEXTS.slice(from, from + AT_ONCE)
      const { shape, links, shown } = page(texts)
      expect(shape).toEqual(harmless.shape)
      expect(links).toEqual(harmless.links)
      const some = texts.filter((text) => shown.includes(Array.from(text).slice(0, 12).join('')))
      expect(some.length).toBeGreaterThan(AT_ONCE / 2)
    }
  },
  PATIENCE_MS,
)
