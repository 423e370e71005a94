import { namespaceOfDrill } from '../protocol/namespace.ts'
import { rowOf } from './begin.ts'
import type { Book, Drill } from './book.ts'
import { directoryNamed } from './peers.ts'
import { hashedTokens } from './tokens.ts'

/** Incidents of its namespace that a stage asks for in one state; a story opens one or two. */
const INCIDENTS_ASKED = 50
/** null asks for all that are not over; an incident that was closed since the last look is among the others. */
const STATES_ASKED = [null, 'closed'] as const

/**
 * Opens the drill's namespace and registers its row, once; then tells its directory and the index of all drills whatever
 * changed since; and revokes the ingest tokens once the drill is over. Throws when one does not answer: what is not told stays marked, and the alarm comes back to it. Each
 * call is idempotent at the directory, and the book is read again after each, for the drill may have changed meanwhile.
 */
export async function announce(book: Book, env: Env): Promise<void> {
  const drill = standing(book)
  const { drill: id } = drill.request
  const own = directoryNamed(env, namespaceOfDrill(id))
  const index = directoryNamed(env, 'drills')
  if (!drill.opened) {
    const { catalogue, clock, tokens } = drill
    await own.openNamespace({ drill: id, catalogue, clock, tokens: hashedTokens(tokens) })
    await index.registerDrill(rowOf(drill, Date.now()))
    book.saveDrill({ ...standing(book), opened: true })
  }
  if (owesClosing(book)) {
    const { catalogue, clock } = standing(book)
    await own.openNamespace({ drill: id, catalogue, clock, tokens: {} })
    book.saveDrill({ ...standing(book), closed: true, told: false })
  }
  if (standing(book).told) return
  await lookForIncidents(book, env)
  const sent = standing(book)
  await own.setClock(sent.clock)
  await index.updateDrill(rowOf(sent, Date.now()))
  const now = standing(book)
  if (JSON.stringify(now) === JSON.stringify(sent)) book.saveDrill({ ...now, told: true })
}

/** Remembers which incidents the drill's directory has opened; one that does not answer leaves what is known. */
export async function lookForIncidents(book: Book, env: Env): Promise<void> {
  const own = directoryNamed(env, namespaceOfDrill(standing(book).request.drill))
  const asked = STATES_ASKED.map((state) => own.incidents({ state, cursor: null, limit: INCIDENTS_ASKED }))
  const pages = await Promise.allSettled(asked)
  const drill = standing(book)
  const seen = pages.flatMap((page) => (page.status === 'fulfilled' ? page.value.items.map(({ id }) => id) : []))
  const fresh = seen.filter((id) => !drill.incidents.includes(id))
  if (fresh.length > 0) book.saveDrill({ ...drill, incidents: [...drill.incidents, ...fresh] })
}

/** Whether a directory must still hear something. */
export function owesWord(book: Book): boolean {
  const { opened, told } = standing(book)
  return !opened || !told || owesClosing(book)
}

/** A drill's tokens die with it, but not before its last posts are in. */
function owesClosing(book: Book): boolean {
  const { state, closed } = standing(book)
  return state !== 'running' && !closed && book.nextPost() === null
}

function standing(book: Book): Drill {
  const drill = book.drill()
  if (drill === null) throw new Error('no drill was started on this stage')
  return drill
}
