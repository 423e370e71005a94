import { expect, test } from 'vitest'
import { removeFolder } from '../e2e/server.ts'
import { serve } from './serving.ts'
import { productRoom } from './theatres.ts'
import { fanout } from './viewers.ts'

test('[GR16] 1,000 sockets in one room: each event reaches each of them once, in order, with no hole', async () => {
  const server = await serve('product')
  try {
    const result = await fanout(await productRoom(server.url), 1_000, 50, 10)
    const { delivered, expected, gaps, duplicates } = result
    expect({ delivered, gaps, duplicates }).toEqual({ delivered: expected, gaps: 0, duplicates: 0 })
    // Fewer frames than events: what comes faster than the window of so many sockets travels together.
    expect(result.frames).toBeLessThanOrEqual(expected)
  } finally {
    await server.kill()
    removeFolder(server.state)
  }
})
