import type { PersonCommand } from '../../../durable/protocol/commands.ts'
import type { ClientMessage } from '../../../durable/protocol/messages.ts'

export type Answer = { ok: true; seq: number } | { ok: false; reason: string; detail: string }

/**
 * Commands on their way. Each keeps its `cmd` until it is answered, so that a reconnect sends the same one again and the
 * room answers it once.
 */
export class Orders {
  private readonly open = new Map<string, { message: ClientMessage; settle: (answer: Answer) => void }>()

  private readonly transmit: (text: string) => boolean

  constructor(transmit: (text: string) => boolean) {
    this.transmit = transmit
  }

  /** `expectSeq`: refused when something that people decide on changed after that event. */
  give(command: PersonCommand, expectSeq?: number): Promise<Answer> {
    const message: ClientMessage = {
      type: 'command',
      cmd: crypto.randomUUID(),
      command,
      ...(expectSeq !== undefined && { expectSeq }),
    }
    return new Promise((settle) => {
      this.open.set(message.cmd, { message, settle })
      this.transmit(JSON.stringify(message))
    })
  }

  answered(cmd: string, answer: Answer): void {
    this.open.get(cmd)?.settle(answer)
    this.open.delete(cmd)
  }

  /** After a reconnect: what has no answer yet is said again, with the same `cmd`. */
  repeat(): void {
    for (const { message } of this.open.values()) this.transmit(JSON.stringify(message))
  }

  /** The page leaves: whoever waits learns that the answer is not known here. */
  abandon(): void {
    for (const { settle } of this.open.values())
      settle({
        ok: false,
        reason: 'left',
        detail: 'The page left before the room answered; the timeline says what was done.',
      })
    this.open.clear()
  }

  get size(): number {
    return this.open.size
  }
}
