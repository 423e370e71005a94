import type { NotifyMessage, NotifyPort } from '../../../durable/protocol/ports.ts'
import { refusedAddress } from './address.ts'
import { judge } from './answer.ts'
import { keyOf, signatureOf } from './sign.ts'

/** A target answers within this wall time or the try has failed, in ms; the next one carries the same id. */
export const NOTIFY_TIMEOUT_MS = 10_000
/** What the specification advises for a whole message, in bytes. */
export const MESSAGE_BYTES_MAX = 20_000

export interface WebhookOptions {
  fetch: (request: Request) => Promise<Response>
  url: string
  /** the name of the secret. */
  secret: string
  secretNamed: (name: string) => Promise<string | null>
  loopback: boolean
  timeoutMs?: number
  /** wall time in epoch ms: that of the try, so that a late one is not refused as old. */
  now?: () => number
}

/**
 * Notifies by Standard Webhooks: one signed POST a try, `webhook-id` the same over all tries. It never throws, never
 * repeats by itself and never follows a redirect; what the target answers beyond its status is not read.
 */
export function webhookDriver(options: WebhookOptions): NotifyPort {
  return {
    driver: 'webhook',
    async send(message) {
      const refused = refusedAddress(options.url, options)
      if (refused !== null) return failed(refused)
      const body = JSON.stringify({ type: message.type, timestamp: message.timestamp, data: message.data })
      if (new TextEncoder().encode(body).length > MESSAGE_BYTES_MAX) return failed('message-too-large')
      const key = await keyNamed(options)
      return typeof key === 'string' ? failed(key) : await post(options, key, message.id, body)
    },
  }
}

function failed(reason: string) {
  return { outcome: 'failed', reason, retryAfterMs: null } as const
}

/** The key to sign with, or the reason why there is none. */
async function keyNamed({ secret, secretNamed }: WebhookOptions): Promise<Uint8Array<ArrayBuffer> | string> {
  try {
    const value = await secretNamed(secret)
    return value === null ? 'secret-missing' : (keyOf(value) ?? 'secret-unusable')
  } catch {
    return 'secret-unreadable'
  }
}

async function post(options: WebhookOptions, key: Uint8Array<ArrayBuffer>, id: NotifyMessage['id'], body: string) {
  const now = (options.now ?? Date.now)()
  const timestamp = Math.floor(now / 1_000)
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': await signatureOf(key, { id, timestamp, body }),
  }
  const timeoutMs = options.timeoutMs ?? NOTIFY_TIMEOUT_MS
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  // The transport may be deaf to the signal, so the deadline is kept here too.
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => {
      controller.abort()
      resolve('late')
    }, timeoutMs)
  })
  try {
    const { signal } = controller
    const request = new Request(options.url, { method: 'POST', headers, body, redirect: 'manual', signal })
    const answer = await Promise.race([options.fetch(request), late])
    if (answer === 'late') return failed('timeout')
    const judged = judge(answer.status, answer.headers.get('retry-after'), now)
    // Its words are nobody's concern, and an unread body would hold the connection.
    void answer.body?.cancel().catch(() => undefined)
    return judged
  } catch {
    return failed(controller.signal.aborted ? 'timeout' : 'unreachable')
  } finally {
    clearTimeout(timer)
  }
}
