import { createSignal } from 'solid-js'
import type { IncidentRow } from '../../../../durable/protocol/rows.ts'
import { count, list, words } from '../../format/figures.ts'
import { call } from '../../room/http.ts'

/** Orders on their way at once: a browser keeps six connections to one host, and the list's own needs one. */
const AT_ONCE = 4

export interface Selection {
  on: () => boolean
  toggle: () => void
  chosen: () => ReadonlySet<string>
  choose: (id: string, chosen: boolean) => void
  chooseAll: (rows: readonly IncidentRow[]) => void
  busy: () => boolean
  /** what became of the last order, in words. */
  said: () => string
  acknowledge: (rows: readonly IncidentRow[]) => Promise<void>
}

/** Several incidents of the list, to be acknowledged together: each is an order of its own, each answer is counted. */
export function createSelection(): Selection {
  const [on, setOn] = createSignal(false)
  const [chosen, setChosen] = createSignal<ReadonlySet<string>>(new Set())
  const [busy, setBusy] = createSignal(false)
  const [said, setSaid] = createSignal('')

  async function acknowledge(rows: readonly IncidentRow[]): Promise<void> {
    const open = rows.filter((row) => chosen().has(row.id) && row.state === 'triggered').map((row) => row.id)
    const already = chosen().size - open.length
    setBusy(true)
    setSaid('')
    const refused = new Map<string, number>()
    let done = 0
    const queue = [...open]
    const work = async () => {
      for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
        const reply = await call('POST', `/api/v1/incidents/${id}/acknowledge`, {})
        if (reply.ok) done += 1
        else refused.set(reply.problem.code, (refused.get(reply.problem.code) ?? 0) + 1)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    setBusy(false)
    setChosen(new Set<string>())
    const parts = [`${done} acknowledged`]
    if (already > 0) parts.push(`${count(already, 'was', 'were')} already`)
    for (const [code, n] of refused) parts.push(`${n} refused: ${words(code)}`)
    setSaid(list(parts))
  }

  return {
    on,
    toggle: () => {
      setOn((was) => !was)
      setChosen(new Set<string>())
      setSaid('')
    },
    chosen,
    choose: (id, is) =>
      setChosen((known) => {
        const next = new Set(known)
        if (is) next.add(id)
        else next.delete(id)
        return next
      }),
    chooseAll: (rows) =>
      setChosen((known) => (known.size === rows.length ? new Set<string>() : new Set(rows.map((row) => row.id)))),
    busy,
    said,
    acknowledge,
  }
}
