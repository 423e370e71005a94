import { createResource } from 'solid-js'
import type { SigningState } from '../../../../durable/protocol/access.ts'
import { call } from '../../room/http.ts'

export interface Signing {
  /** null until it was read. */
  state: () => SigningState | null
  again: () => void
}

/** Whether this instance's agents can sign; read with each new connection, for a key that is set makes a new one. */
export function watchSigning(live: () => boolean): Signing {
  const [read, { refetch }] = createResource(live, () => call<{ state: SigningState }>('GET', '/api/v1/signing'))
  return {
    state: () => {
      const reply = read.latest
      return reply?.ok ? reply.data.state : null
    },
    again: () => void refetch(),
  }
}
