/** Terminal sequences (CSI, OSC and the like): first as a whole, so that no `[31m` of them stays behind. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const SEQUENCES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g
/** Controls, line and paragraph separators: what breaks a line, moves a cursor or rings a bell. */
const CONTROLS = /[\p{Cc}\u2028\u2029]+/gu
/** What is not seen and changes what is: direction marks, zero widths, tags, variation of nothing. */
const UNSEEN = /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu

/**
 * A text of outsiders as one line that any screen may show: no control characters, no terminal sequences, nothing that
 * turns its direction or hides in it, no half characters.
 */
export function plainLine(text: string): string {
  return text.replace(SEQUENCES, '').replace(CONTROLS, ' ').replace(UNSEEN, '').toWellFormed().trim()
}

/** The same over several lines: line breaks stay and are plain ones. */
export function plainText(text: string): string {
  return text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map(plainLine)
    .join('\n')
    .trim()
}

/** RFC 3339 in UTC; what is no time of a calendar says so. */
export function instant(at: number | null): string {
  if (at === null) return 'not yet'
  return Number.isFinite(at) && Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : 'no such time'
}

/** `1 alert`, `3 alerts`. */
export function count(n: number, one: string): string {
  return `${n} ${n === 1 ? one : `${one}s`}`
}

/** `: reason` where there is one. */
export function because(reason: string | undefined): string {
  return reason === undefined || reason === '' ? '' : `: ${plainLine(reason)}`
}
