import type { TimelineGap } from '../../../../durable/protocol/view.ts'
import { AGENT_TITLE } from '../../format/names.ts'

/** Several may miss the same. */
export function together(gaps: readonly TimelineGap[]): { what: string; reason: string; by: string[] }[] {
  const all = new Map<string, { what: string; reason: string; by: string[] }>()
  for (const { agent, what, reason } of gaps) {
    const key = `${what}\n${reason}`
    const known = all.get(key) ?? { what, reason, by: [] }
    const by = agent === 'evidence' ? 'the room' : AGENT_TITLE[agent]
    all.set(key, { ...known, by: known.by.includes(by) ? known.by : [...known.by, by] })
  }
  return [...all.values()]
}
