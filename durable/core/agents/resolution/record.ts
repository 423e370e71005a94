import type { ActionRecord } from '../../../protocol/domain.ts'

const BAD: readonly ActionRecord['end'][] = ['failed', 'worse', 'no-better', 'unreadable']

/** How this action on this target ended badly before in this incident, `undone` where somebody took it back; null when it did not. */
export function badRecord(
  record: readonly ActionRecord[],
  type: string,
  target: string,
): ActionRecord['end'] | 'undone' | null {
  const bad = record.find(
    (entry) => entry.type === type && entry.target === target && (BAD.includes(entry.end) || entry.undo !== undefined),
  )
  return bad ? (BAD.includes(bad.end) ? bad.end : 'undone') : null
}
