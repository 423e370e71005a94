import type { PullReason, ReadPull } from '../protocol/keeper.ts'
import type { Way } from '../../bridge/way.ts'

/** How long an Alertmanager may take, in ms, and how much it may say, in bytes: 10,000 alerts were 3.4 MB. */
const PULL_MS_MAX = 10_000
const PULL_BYTES_MAX = 5_000_000

export type Pulled = Extract<ReadPull, { ok: true }> | { ok: false; reason: PullReason }

/** Asks an Alertmanager for what it knows. No redirect is followed: it would lead where the catalogue names nothing. */
export async function pull(address: string, way: Way, read: (text: string) => Promise<ReadPull>): Promise<Pulled> {
  if (!way.ok) return way
  try {
    const answer = await way.fetch(`${address.replace(/\/$/, '')}/api/v2/alerts`, {
      headers: { accept: 'application/json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(PULL_MS_MAX),
    })
    if (answer.status !== 200) {
      void answer.body?.cancel()
      return { ok: false, reason: answer.status >= 300 && answer.status < 400 ? 'redirected' : 'status' }
    }
    const text = await textOf(answer)
    return text === null ? { ok: false, reason: 'too-large' } : await read(text)
  } catch {
    return { ok: false, reason: 'unreachable' }
  }
}

async function textOf(answer: Response): Promise<string | null> {
  if (answer.body === null) return ''
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength
    if (bytes > PULL_BYTES_MAX) return null
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
