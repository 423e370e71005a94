/** What the load clients use of package `ws`, which brings no types of its own. */
declare module 'ws' {
  import type { EventEmitter } from 'node:events'

  export class WebSocket extends EventEmitter {
    constructor(
      url: string,
      protocols: string[],
      options: { perMessageDeflate: boolean; handshakeTimeout: number; origin?: string },
    )
    send(text: string): void
    close(): void
    terminate(): void
  }
}
