/** What an instance says of itself: counts that last, and how things stand now. */

/** Series of one family as they are counted: its labels as text, `{code="200",source="x"}`, and by how much. */
export type Tally = Record<string, number>

export interface Measures {
  /** counted by Workers, by series name. */
  tallies: Tally
  /** units of the intake by where they ended; `deduplicated` and `suppressed` by reason too. */
  intake: Record<string, number>
  /** what waits to be judged or for its room, seconds since the oldest was written, and what was given up. */
  inbox: { rows: number; oldestS: number; parked: number }
  incidents: { severity: string; state: string; awaitingHuman: boolean; n: number }[]
  silences: number
  lobbySockets: number
  killSwitch: boolean
  catalogueRevision: number
}
