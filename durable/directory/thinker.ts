/** While posts keep coming, stored alerts are judged a turn at a time, once in so many ms: senders wait for a disk only. */
const TURN_EVERY_MS = 100
/** A burst is over in less, in ms: what it leaves behind its first turn is judged after it, not in between. */
const BURST_MS = 300
/** How soon a pause is noticed, in ms. */
const LOOK_EVERY_MS = 20

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
    const begun = Date.now()
    let next = this.#lastTurn + TURN_EVERY_MS
    let more = true
    while (more || this.#asked) {
      this.#asked = false
      // Even without a wait: it lets in what has arrived.
      do await sleep(this.#work.busy() ? Math.min(LOOK_EVERY_MS, Math.max(0, next - Date.now())) : 0)
      while (this.#work.busy() && Date.now() < next)
      this.#lastTurn = Date.now()
      more = this.#work.turn()
      next = Math.max(this.#lastTurn + TURN_EVERY_MS, begun + BURST_MS)
    }
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms))
}
