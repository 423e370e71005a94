import type { Evidence } from '../../../../durable/protocol/domain.ts'
import type { View } from '../../../../durable/protocol/view.ts'

/** A text that outsiders could have written, and where it stands. */
export interface TaintedText {
  where: string
  /** the evidence that carries it; null where it is no evidence. */
  evidence: string | null
  text: string
}

/** Every tainted text that a view holds: of evidence, of alerts, and the title where an alert gave it. */
export function taintedTexts(view: View): TaintedText[] {
  const texts: TaintedText[] = []
  if (view.head?.openedBy.kind === 'source')
    texts.push({ where: 'title of the incident', evidence: null, text: view.head.title })
  for (const item of Object.values(view.evidence)) texts.push(...ofEvidence(item))
  for (const alert of Object.values(view.alerts)) {
    const of = `alert of ${alert.source}`
    texts.push({ where: `title, ${of}`, evidence: null, text: alert.title })
    for (const [name, text] of Object.entries(alert.annotations))
      texts.push({ where: `annotation ${name}, ${of}`, evidence: null, text })
    for (const [name, text] of Object.entries(alert.labels))
      texts.push({ where: `label ${name}, ${of}`, evidence: null, text })
  }
  return texts.filter(({ text }) => text !== '')
}

function ofEvidence(item: Evidence): TaintedText[] {
  const texts: TaintedText[] = []
  if (item.tainted) texts.push({ where: `${item.kind} from ${item.source}`, evidence: item.id, text: item.title })
  // A change's description is free text even where the change itself counts.
  if (item.data.kind === 'change')
    texts.push({ where: `description of a change`, evidence: item.id, text: item.data.change.description })
  if (item.data.kind === 'log' && item.tainted)
    texts.push({ where: 'log template', evidence: item.id, text: item.data.template })
  return texts
}
