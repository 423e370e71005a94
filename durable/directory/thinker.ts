/** While posts keep coming, stored alerts are judged a turn at a time, once in so many ms: senders wait for a disk only. */
const TURN_EVERY_MS = 100

export interface Work {
  /** One turn; true when more may be left. */
  turn(): boolean
  /** Whether posts come in now: they go first. */
  busy(): boolean
}

/**
 * Judges what was stored in a storm: the first turn at once, the others in the pauses between posts, and under a stream
 * without pauses often enough to go on. Started whenever something might be there; the alarm starts it after a crash.
 */
export class Thinker {
  readonly #work: Work
  #running: Promise<void> | null = null
  #asked = false
  #lastTurn = 0

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
      const wait = this.#work.busy() ? this.#lastTurn + TURN_EVERY_MS - Date.now() : 0
      // Even without a wait: it lets in what has arrived.
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, wait)))
      this.#lastTurn = Date.now()
      more = this.#work.turn()
    }
  }
}
