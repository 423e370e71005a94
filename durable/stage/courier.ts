import type { Book, PendingPost } from './book.ts'

/** An answer of our own Worker that takes longer is a failure, wall ms. */
const ANSWER_MS = 15_000
/** Posts taken in one go before the alarm is given back. */
const POSTS_PER_ROUND_MAX = 50
/** Answers that no repeat can change: the post is kept aside with its reason, so that it does not block the rest. */
const HOPELESS: readonly number[] = [400, 404, 405, 413, 415, 422]

export type Round = 'empty' | 'more' | 'failed'

/**
 * Brings waiting posts to the Worker's own intake, one after the other in order. One that is not taken (503, no answer)
 * stays first and is tried again in the next round; nothing overtakes it and nothing is dropped.
 */
export async function deliver(
  book: Book,
  worker: { fetch(request: Request): Promise<Response> },
  tokens: Record<string, string>,
): Promise<Round> {
  for (let count = 0; count < POSTS_PER_ROUND_MAX; count++) {
    const post = book.nextPost()
    if (post === null) return 'empty'
    const status = await send(worker, post, tokens[post.source] ?? '')
    if (status >= 200 && status < 300) book.donePost(post.id)
    else if (HOPELESS.includes(status)) book.parkPost(post.id, `answered-${status}`)
    else return 'failed'
  }
  return 'more'
}

/** The answer's status, 0 where none came. */
async function send(
  worker: { fetch(request: Request): Promise<Response> },
  post: PendingPost,
  token: string,
): Promise<number> {
  const request = new Request(`http://127.0.0.1${post.path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: post.body,
    signal: AbortSignal.timeout(ANSWER_MS),
  })
  try {
    const response = await worker.fetch(request)
    // The body is read to its end, or the connection to the own Worker would stay open.
    await response.arrayBuffer()
    return response.status
  } catch {
    return 0
  }
}
