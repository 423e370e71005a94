import type { IntakeReceipt } from '../protocol/objects.ts'
import type { PackedPost } from '../protocol/packed.ts'

/** Posts in one transaction: what queues up during one flush of a busy disk, and a bound on one turn. */
export const POSTS_PER_COMMIT_MAX = 256

/** Posts that follow one another more closely than this, in ms, are a stream. */
const STREAM_GAP_MS = 20

export interface Counter {
  /** Whether posts are refused now, and with what; null: they are taken. */
  refuses(): IntakeReceipt | null
  /** Commits posts together; throws, and then nothing of any of them is kept. */
  commit(posts: readonly PackedPost[]): IntakeReceipt[]
  /** The end of a post that threw `thrown` when it was committed alone. */
  culprit(post: PackedPost, thrown: unknown, neighboursStand: boolean): IntakeReceipt
  /** Resolves when what was committed is on disk. */
  flushed(): Promise<void>
}

interface Waiting {
  post: PackedPost
  answer: (receipt: IntakeReceipt) => void
}

/**
 * Adaptive group commit: a post that comes while nothing flies is committed at once, in the turn of its call; what comes
 * while a flush is under way waits and goes in one transaction with the others, so that a storm costs one flush for many
 * posts and a single post costs what it did. A transaction that throws is taken apart: each post alone, and only the one
 * that throws again is set aside.
 */
export class GroupCommit {
  readonly #counter: Counter
  #waiting: Waiting[] = []
  #working = false
  #lastAt = 0

  constructor(counter: Counter) {
    this.#counter = counter
  }

  /** Takes posts in their order; those of one call that comes while nothing flies are committed together, at once. */
  take(posts: readonly PackedPost[]): Promise<IntakeReceipt[]> {
    const receipts = posts.map((post) => {
      return new Promise<IntakeReceipt>((answer) => void this.#waiting.push({ post, answer }))
    })
    this.#lastAt = Date.now()
    if (!this.#working) void this.#work()
    return Promise.all(receipts)
  }

  /** Whether posts come in now: one waits for the present flush, or one came a moment ago. */
  get busy(): boolean {
    return this.#waiting.length > 0 || Date.now() - this.#lastAt < STREAM_GAP_MS
  }

  async #work(): Promise<void> {
    this.#working = true
    try {
      while (this.#waiting.length > 0) {
        const batch = this.#waiting.splice(0, POSTS_PER_COMMIT_MAX)
        const receipts = this.#receipts(batch.map(({ post }) => post))
        for (const [index, { answer }] of batch.entries()) {
          const receipt = receipts[index]
          if (receipt) answer(receipt)
        }
        await this.#counter.flushed()
      }
    } finally {
      this.#working = false
    }
  }

  #receipts(posts: PackedPost[]): IntakeReceipt[] {
    const refused = this.#counter.refuses()
    if (refused) return posts.map(() => refused)
    try {
      return this.#counter.commit(posts)
    } catch (thrown) {
      return posts.length === 1 && posts[0] ? [this.#counter.culprit(posts[0], thrown, false)] : this.#apart(posts)
    }
  }

  #apart(posts: PackedPost[]): IntakeReceipt[] {
    const ends = posts.map((post): { receipt: IntakeReceipt } | { post: PackedPost; thrown: unknown } => {
      try {
        const [receipt] = this.#counter.commit([post])
        return receipt ? { receipt } : { post, thrown: new Error('no receipt') }
      } catch (thrown) {
        return { post, thrown }
      }
    })
    const neighboursStand = ends.some((end) => 'receipt' in end)
    return ends.map((end) =>
      'receipt' in end ? end.receipt : this.#counter.culprit(end.post, end.thrown, neighboursStand),
    )
  }
}
