import type { IntakeReceipt } from '../../durable/protocol/objects.ts'
import type { PackedPost } from '../../durable/protocol/packed.ts'

/** Posts of one call, and about how many characters of theirs: an RPC holds 32 MiB. One post alone is always taken. */
export const POSTS_PER_CALL_MAX = 256
const CHARS_PER_CALL_MAX = 4_000_000
/** A call that has no answer for so long, in ms, holds up nobody else: whoever comes next makes one of its own. */
const STALLED_MS = 2_000
/** Nobody waits longer than this, in ms, for a call of somebody else: it counts as failed, and the sender comes again. */
const WAIT_MS_MAX = 20_000

/** Makes one call in the name of whoever waits: a receipt for each post, in their order. */
export type Call = (posts: PackedPost[]) => Promise<IntakeReceipt[]>

interface Waiting {
  post: PackedPost
  answer: (said: IntakeReceipt | 'your-turn') => void
  fail: (thrown: unknown) => void
}

/**
 * Posts on their way to one directory. One that comes while nothing is under way is a call of its own, at once; those
 * that come during a call go together in the next one, which the first of them makes: a storm pays for few calls, and
 * the directory commits together what it is given. A call that fails fails for each of its posts.
 */
export class Line {
  #waiting: Waiting[] = []
  /** since when a call is under way, in ms; null: none is. */
  #calledAt: number | null = null

  get isEmpty(): boolean {
    return this.#calledAt === null && this.#waiting.length === 0
  }

  /** The receipt of one post; `call` is made by this request or not at all. */
  async take(post: PackedPost, call: Call): Promise<IntakeReceipt> {
    const isFree = this.#calledAt === null || Date.now() - this.#calledAt > STALLED_MS
    const said = isFree ? 'your-turn' : await this.#wait(post)
    return said === 'your-turn' ? this.#call(post, call) : said
  }

  // The timer is also what the runtime sees of this request: one that has no I/O of its own under way it takes for hung,
  // and ends it with a 500 although another request would wake it (seen on workerd).
  async #wait(post: PackedPost): Promise<IntakeReceipt | 'your-turn'> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const said = new Promise<IntakeReceipt | 'your-turn'>((answer, fail) => {
      const waiting = { post, answer, fail }
      this.#waiting.push(waiting)
      timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter((one) => one !== waiting)
        fail(new Error(`no answer within ${WAIT_MS_MAX} ms`))
      }, WAIT_MS_MAX)
    })
    return said.finally(() => clearTimeout(timer))
  }

  async #call(post: PackedPost, call: Call): Promise<IntakeReceipt> {
    const calledAt = (this.#calledAt = Date.now())
    const others = this.#next(post)
    try {
      const [own, ...theirs] = await call([post, ...others.map((one) => one.post)])
      for (const [index, one] of others.entries()) one.answer(theirs[index] ?? missing())
      return own ?? missing()
    } catch (thrown) {
      for (const one of others) one.fail(thrown)
      throw thrown
    } finally {
      // Whoever made a call meanwhile, because this one stalled, passes the turn on.
      if (this.#calledAt === calledAt) this.#passOn()
    }
  }

  #passOn(): void {
    const first = this.#waiting.shift()
    this.#calledAt = first ? Date.now() : null
    first?.answer('your-turn')
  }

  /** Those who go along with the next call, in their order. */
  #next(first: PackedPost): Waiting[] {
    let chars = first.raw.length
    const end = this.#waiting.findIndex(({ post }, index) => {
      chars += post.raw.length
      return index >= POSTS_PER_CALL_MAX - 1 || chars > CHARS_PER_CALL_MAX
    })
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end)
  }
}

function missing(): never {
  throw new Error('a post came back without its receipt')
}
