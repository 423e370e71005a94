/** Width of a letter at 11 px, generously. */
const LETTER_PX = 6.2
const GAP_PX = 8
/** Rows of words above the line, and below it. */
export const ROWS = 2
/** From a leader line to its word. */
const LEAD_PX = 7

export interface Label {
  seq: number
  x: number
  word: string
}

export interface PlacedLabel extends Label {
  row: number
  /** left end of the word. */
  from: number
}

/**
 * Words beside their places in two rows, none over another and none beyond the edge. One that fits in neither row is left
 * out: the list under the line has it.
 */
export function placeLabels(labels: readonly Label[], width: number): PlacedLabel[] {
  const ends = Array.from({ length: ROWS }, () => Number.NEGATIVE_INFINITY)
  const placed: PlacedLabel[] = []
  for (const label of labels) {
    const wide = label.word.length * LETTER_PX
    const from = Math.max(0, Math.min(label.x - wide / 2, width - wide))
    const row = ends.findIndex((end) => from >= end + GAP_PX)
    if (row < 0) continue
    ends[row] = from + wide
    placed.push({ ...label, row, from })
  }
  return placed
}

/**
 * Words to the right of their leader lines, in two rows. The later of two that would collide takes the lower row, so that no
 * line runs through a word.
 */
export function placeLeads(labels: readonly Label[], width: number): PlacedLabel[] {
  const starts = Array.from({ length: ROWS }, () => Number.POSITIVE_INFINITY)
  const placed: PlacedLabel[] = []
  for (const label of labels.toReversed()) {
    const wide = label.word.length * LETTER_PX
    const from = label.x + LEAD_PX + wide > width ? label.x - LEAD_PX - wide : label.x + LEAD_PX
    const row = starts.findIndex((start) => from + wide + GAP_PX <= start)
    if (row < 0) continue
    // A row below is closed by the line of the one above it, too.
    for (let below = 0; below <= row; below += 1) starts[below] = Math.min(starts[below] ?? 0, from, label.x)
    placed.push({ ...label, row, from })
  }
  return placed.toReversed()
}
