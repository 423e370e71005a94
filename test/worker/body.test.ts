import { expect, test } from 'vitest'
import { INGEST_BODY_BYTES_MAX } from '../../durable/protocol/limits.ts'
import { readBody } from '../../worker/ingest/body.ts'

function post(body: BodyInit, headers: Record<string, string> = {}): Request {
  return new Request('http://127.0.0.1/', { method: 'POST', body, headers })
}

async function squeezed(text: string, format: 'gzip' | 'deflate'): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream(format))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

const bytesOf = (text: string) => new TextEncoder().encode(text)

test('[IN11] JSON is read plain, gzipped or deflated, and its text is kept as it came', async () => {
  const raw = '{"a": 1}\n'
  const bytes = bytesOf(raw)
  expect(await readBody(post(raw))).toEqual({ ok: true, raw, bytes, value: { a: 1 } })
  for (const format of ['gzip', 'deflate'] as const) {
    const sent = post(await squeezed(raw, format), { 'content-encoding': format })
    expect(await readBody(sent)).toEqual({ ok: true, raw, bytes, value: { a: 1 } })
  }
})

test('[IN11] what cannot be read keeps its bytes and says why', async () => {
  for (const [raw, reason] of [
    ['{"a":', 'not-json'],
    [' \n', 'empty-body'],
  ] as const)
    expect(await readBody(post(raw))).toEqual({ ok: false, raw, bytes: bytesOf(raw), reason })
  const torn = (await squeezed('{"a":1}'.repeat(100), 'gzip')).slice(0, 20)
  const read = await readBody(post(torn, { 'content-encoding': 'gzip' }))
  expect(read).toMatchObject({ ok: false, reason: 'bad-compression' })
  expect(Uint8Array.from(atob(read.raw.slice('base64:'.length)), (char) => char.charCodeAt(0))).toEqual(torn)
})

test('[IN11] another encoding is refused as unsupported', async () => {
  await expect(readBody(post('x', { 'content-encoding': 'br' }))).rejects.toMatchObject({ status: 415 })
})

test('[LM1] a body of five million bytes is read, one byte more is too large', async () => {
  const full = `"${'x'.repeat(INGEST_BODY_BYTES_MAX - 2)}"`
  expect((await readBody(post(full))).ok).toBe(true)
  await expect(readBody(post(`${full} `))).rejects.toMatchObject({ status: 413, code: 'body-too-large' })
})

test('[LM1] a small body that inflates past the limit is too large', async () => {
  const bomb = await squeezed(`"${'x'.repeat(50_000_000)}"`, 'gzip')
  expect(bomb.byteLength).toBeLessThan(100_000)
  await expect(readBody(post(bomb, { 'content-encoding': 'gzip' }))).rejects.toMatchObject({ status: 413 })
})

test('[LM1] a body without a declared length is counted as it comes', async () => {
  const chunk = new TextEncoder().encode('x'.repeat(1_000_000))
  let sent = 0
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 1
      if (sent > 20) controller.close()
      else controller.enqueue(chunk)
    },
  })
  const request = new Request('http://127.0.0.1/', { method: 'POST', body: stream, duplex: 'half' } as RequestInit)
  await expect(readBody(request)).rejects.toMatchObject({ status: 413 })
  expect(sent).toBeLessThan(12)
})

test('[IN10] nesting of any depth is read or refused', async () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  const body = await readBody(post(deep))
  expect(body.raw).toBe(deep)
})
