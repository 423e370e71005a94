import type { Alert, EvidenceDraft, Instant } from '../../durable/protocol/domain.ts'
import { canonical } from '../../durable/protocol/canonical.ts'
import { eventsOf } from './disk.ts'
import type { Plot } from './catalogue.ts'
import { PLOT, SEED } from './crash-points.ts'
import { World } from './world.ts'

/** Wherever outsiders write words of their own, the shop says this text. */
class Spoken extends World {
  readonly said: string
  /** also what counts is called so: the control. */
  readonly renamed: boolean

  constructor(text: string, renamed: boolean) {
    super(SEED, {}, wordy(text))
    this.said = text
    this.renamed = renamed
  }

  override look(at: Instant): EvidenceDraft[] {
    return [...super.look(at).map((draft) => this.#worded(draft)), ...this.#more(at)]
  }

  override worded(alert: Alert): Alert {
    const labels = { ...alert.labels, note: this.said, [this.said]: 'x', runbook: this.said }
    const annotations = { summary: this.said, description: this.said, runbook_url: this.said }
    return { ...alert, title: this.said, labels, annotations }
  }

  /** Titles and what a change says of itself. */
  #worded(draft: EvidenceDraft): EvidenceDraft {
    const { data } = draft
    const title = this.said
    if (data.kind === 'metric' && this.renamed && data.series.name === 'pool_in_use')
      return { ...draft, title, data: { ...data, series: { ...data.series, name: this.said } } }
    if (data.kind !== 'change') return { ...draft, title }
    const change = { ...data.change, title: this.said, description: this.said }
    return { ...draft, title, data: { ...data, change } }
  }

  /** A log line, a service nobody catalogued, and a span between names that somebody chose. */
  #more(at: Instant): EvidenceDraft[] {
    const end = Math.floor(at / 5_000) * 5_000
    const base = { source: 'metrics', at: end, freshMs: 60_000, tainted: true, title: this.said }
    const series = (service: string, peer: string | null) => ({
      source: 'metrics',
      service,
      name: this.said,
      peer,
      unit: this.said,
      role: 'other' as const,
      limit: null,
      breach: 'above' as const,
      startsAt: end - 59_000,
      stepMs: 1_000,
      values: Array.from({ length: 60 }, (_, index) => (index < 30 ? 1 : 99)),
    })
    return [
      { ...base, kind: 'log', service: 'checkout', data: { kind: 'log', template: this.said, count: 900, before: 1 } },
      { ...base, kind: 'metric', service: this.said, data: { kind: 'metric', series: series(this.said, null) } },
      { ...base, kind: 'edge', service: 'search', data: { kind: 'edge', series: series('search', this.said) } },
    ]
  }
}

/** The same shop, whose runbooks say the text too. */
function wordy(text: string): Plot {
  const runbooks = PLOT.catalogue.runbooks.map((runbook) => ({ ...runbook, title: text, checklist: [text] }))
  return { ...PLOT, catalogue: { ...PLOT.catalogue, runbooks } }
}

/** Plays the whole incident among people and machines that say this text. */
export function spoken(text: string, renamed = false): World {
  const world = new Spoken(text, renamed)
  world.scheduler.after(29_000, () => world.people.chat(text))
  return world.playCalmly()
}

/** What the room came to, without the words: causes in their order, proposals, votes, and what reached the world. */
export function outline(world: World): string {
  const lines: unknown[] = []
  for (const { body } of eventsOf(world.shell.disk)) {
    if (body.type === 'finding-reported' && body.finding.detail.agent === 'diagnosis')
      lines.push(
        body.finding.detail.hypotheses.map(({ cause, verdict, confidence }) => ({ cause, verdict, confidence })),
      )
    if (body.type === 'proposal-made') {
      const { risk, decidedBy, plan } = body.proposal.body
      const { action, rollback, verify, previous, cites } = plan
      lines.push({ risk, decidedBy, action, rollback, verify, previous, cites })
    }
    if (body.type === 'vote-cast') lines.push([body.vote.voter, body.vote.vote, body.vote.cites])
    if (body.type === 'ballot-closed' || body.type === 'proposal-moved') lines.push(body.type)
  }
  const calls = world.driver.received.map(({ body: { plan }, undo }) => [undo ?? false, plan.action, plan.rollback])
  return canonical([lines, calls])
}
