/** What a reader waits for: a text of the room, the end, or nothing for as long as it cared to wait. */
export type Heard = { kind: 'text'; text: string } | { kind: 'end'; code: number; reason: string } | { kind: 'quiet' }

/**
 * A room's socket as a queue. It never grows beyond what a room sends ahead of its reader's acks: whoever reads slowly acks
 * late, and the room stops sending.
 */
export class Feed {
  #queue: Heard[] = []
  #wake: (() => void) | null = null

  constructor(socket: WebSocket) {
    socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') this.#push({ kind: 'text', text: data })
    })
    socket.addEventListener('close', ({ code, reason }) => this.#push({ kind: 'end', code, reason }))
    socket.addEventListener('error', () => this.#push({ kind: 'end', code: 1006, reason: '' }))
    socket.accept()
  }

  /** The next thing the room says, or `quiet` after so many ms. Once it has ended it says so again and again. */
  async next(waitMs: number): Promise<Heard> {
    if (this.#queue.length === 0) await this.#something(waitMs)
    const [heard] = this.#queue
    if (heard === undefined) return { kind: 'quiet' }
    if (heard.kind !== 'end') this.#queue.shift()
    return heard
  }

  #something(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, waitMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #push(heard: Heard): void {
    this.#queue.push(heard)
    this.#wake?.()
    this.#wake = null
  }
}
