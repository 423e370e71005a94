import type { NotifyMessage, NotifyPort } from '../../durable/protocol/ports.ts'

/** What a drill would have said, kept in the drill: no address outside is called. Throws what the sink throws. */
export function sinkDriver(sink: (message: NotifyMessage) => Promise<void>): NotifyPort {
  return {
    driver: 'sink',
    async send(message) {
      await sink(message)
      return { outcome: 'sent', detail: 'kept in the drill' }
    },
  }
}
