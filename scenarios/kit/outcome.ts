/** What became of an action in a story's world. */
export interface Outcome {
  applied: boolean
  detail: string
}

export const refused = (detail: string): Outcome => ({ applied: false, detail })
export const done = (detail: string): Outcome => ({ applied: true, detail })
