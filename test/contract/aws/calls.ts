import type { ServerResponse } from 'node:http'
import type { Call } from './call.ts'
import type { Understood } from './understand.ts'
import { type WireRequest, header } from './wire.ts'

/** Calls kept; older ones are forgotten. */
const CALLS_MAX = 10_000

export class Calls {
  #kept: Call[] = []
  #count = 0

  open(request: WireRequest, understood: Understood | null, response: ServerResponse): Call {
    const attempt = /attempt=(\d+)/.exec(header(request, 'amz-sdk-request') ?? '')?.[1]
    this.#count += 1
    const call: Call = {
      number: this.#count,
      service: understood?.service.metadata.endpointPrefix ?? null,
      operation: understood?.operation.name ?? null,
      method: request.method,
      target: request.target,
      input: understood?.input ?? {},
      problems: understood
        ? [...understood.problems]
        : [{ at: '/', rule: 'no-such-operation', detail: request.target }],
      leftOut: [],
      signature: 'not-asked',
      by: null,
      attempt: attempt === undefined ? null : Number(attempt),
      status: null,
      ended: 'open',
    }
    response.on('close', () => {
      if (call.ended === 'open') call.ended = response.writableFinished ? 'answered' : 'caller-left'
    })
    this.#kept = [...this.#kept.slice(1 - CALLS_MAX), call]
    return call
  }

  all(): Call[] {
    return structuredClone(this.#kept)
  }

  forget(): void {
    this.#kept = []
  }
}
