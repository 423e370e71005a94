/** Further away than this a word is another word, not a slip of the fingers. */
const EDITS_MAX = 2

/** The known word nearest to what was typed, when it is near. */
export function nearest(typed: string, known: readonly string[]): string | null {
  let best: { word: string; edits: number } | null = null
  for (const word of known) {
    const edits = word.startsWith(typed) && typed.length > 1 ? 1 : distance(typed, word)
    if (edits <= Math.min(EDITS_MAX, Math.floor(word.length / 2)) && (best === null || edits < best.edits))
      best = { word, edits }
  }
  return best?.word ?? null
}

/** Edits between two words; two letters swapped are one edit (optimal string alignment). */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  const at = (i: number, j: number) => rows[i]?.[j] ?? 0
  for (let i = 1; i <= a.length; i += 1) {
    rows.push([i])
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let edits = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + same)
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] && i > 1 && j > 1)
        edits = Math.min(edits, at(i - 2, j - 2) + 1)
      rows[i]?.push(edits)
    }
  }
  return at(a.length, b.length)
}
