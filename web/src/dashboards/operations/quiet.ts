import { createResource, createSignal } from 'solid-js'
import type { SilenceRow, SuppressedRow } from '../../../../durable/protocol/noise.ts'
import type { Page } from '../../../../durable/protocol/objects.ts'
import { type Problem, call } from '../../room/http.ts'

export interface Quiet {
  silences: () => readonly SilenceRow[] | null
  held: () => readonly SuppressedRow[] | null
  /** more can be read. */
  more: () => boolean
  readMore: () => Promise<void>
  problem: () => Problem | null
  readAgain: () => void
}

/** The silences, and the alerts kept from people, page by page. */
export function readQuiet(): Quiet {
  const [silences, { refetch: again }] = createResource(() => call<Page<SilenceRow>>('GET', '/api/v1/silences'))
  const [first, { refetch: firstAgain }] = createResource(() => call<Page<SuppressedRow>>('GET', '/api/v1/suppressed'))
  const [later, setLater] = createSignal<{ items: SuppressedRow[]; next: string | null } | null>(null)
  const page = () => {
    const reply = first.latest
    return reply?.ok ? reply.data : null
  }
  const next = () => (later() ?? page())?.next ?? null
  return {
    silences: () => {
      const reply = silences.latest
      return reply?.ok ? reply.data.items : null
    },
    held: () => {
      const known = page()
      return known ? [...known.items, ...(later()?.items ?? [])] : null
    },
    more: () => next() !== null,
    readMore: async () => {
      const cursor = next()
      if (cursor === null) return
      const reply = await call<Page<SuppressedRow>>('GET', `/api/v1/suppressed?cursor=${encodeURIComponent(cursor)}`)
      if (reply.ok)
        setLater((known) => ({ items: [...(known?.items ?? []), ...reply.data.items], next: reply.data.next }))
    },
    problem: () => {
      const failed = [silences.latest, first.latest].find((reply) => reply && !reply.ok)
      return failed && !failed.ok ? failed.problem : null
    },
    readAgain: () => {
      setLater(null)
      void again()
      void firstAgain()
    },
  }
}
