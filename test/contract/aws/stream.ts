import { EventStreamCodec } from '@smithy/eventstream-codec'

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
)

/** One message of `application/vnd.amazon.eventstream`, by Smithy's own codec. */
export function frame(kind: 'event' | 'exception', name: string, body: string): Buffer {
  const text = (value: string) => ({ type: 'string', value }) as const
  const headers = {
    ':message-type': text(kind),
    [`:${kind}-type`]: text(name),
    ':content-type': text('application/json'),
  }
  return Buffer.from(codec.encode({ headers, body: Buffer.from(body) }))
}
