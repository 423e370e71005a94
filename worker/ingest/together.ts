import type { Context } from 'hono'
import type { IntakeReceipt } from '../../durable/protocol/objects.ts'
import type { PackedPost } from '../../durable/protocol/packed.ts'
import type { AppEnv } from '../env.ts'
import { Line } from './line.ts'

/** Lines of this isolate, by namespace; one that nobody stands in is let go. */
const lines = new Map<string, Line>()

/**
 * The receipt of one post, which shares its call with others that this isolate holds. Where the runtime does not let one
 * request wake another (before 2024-10-14, and under the test runner) each makes a call of its own.
 */
export function together(c: Context<AppEnv>, post: PackedPost): Promise<IntakeReceipt> {
  const { namespace } = c.get('sender')
  const shared = Cloudflare.compatibilityFlags['handle_cross_request_promise_resolution'] === true
  const line = (shared ? lines.get(namespace) : undefined) ?? new Line()
  if (shared) lines.set(namespace, line)
  const receipt = line.take(post, (posts) => c.env.DIRECTORY.getByName(namespace).intakeAll(posts))
  const done = receipt.then(
    () => undefined,
    () => undefined,
  )
  // Others may depend on this request: it goes on when its own sender hangs up.
  c.executionCtx.waitUntil(done.then(() => void (line.isEmpty && lines.delete(namespace))))
  return receipt
}
