/** While posts wait, stored alerts are judged a turn at a time, once in so many ms: who pages first is heard first. */
const TURN_EVERY_MS = 100

export interface Work {
  /** One turn; true when more may be left. */
  turn(): boolean
  /** Whether posts wait to be stored: they go first. */
  busy(): boolean
}

/**
 * Judges what was stored in a storm: in the pauses between posts, and under a stream without pauses often enough to go on.
 * Started whenever something might be there; the alarm starts it after a crash.
 */
export class Thinker {
  readonly #work: Work
  #running: Promise<void> | null = null
  #asked = false

  constructor(work: Work) {
    this.#work = work
  }

  /** Resolves when nothing is left. */
  run(): Promise<void> {
    this.#asked = true
    this.#running ??= this.#go().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  async #go(): Promise<void> {
    let more = true
    while (more || this.#asked) {
      this.#asked = false
      // Lets in what has arrived.
      await new Promise((resolve) => setTimeout(resolve, this.#work.busy() ? TURN_EVERY_MS : 0))
      more = this.#work.turn()
    }
  }
}
