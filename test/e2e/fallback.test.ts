import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { apiOf } from './api.ts'
import { openBrowser } from './browser.ts'
import { need } from './need.ts'
import { type Server, removeFolder, startServer } from './server.ts'

const FELL_BACK_MS_MAX = 60_000

let server: Server
let browser: Browser | null = null
beforeAll(async () => {
  server = await startServer()
})
afterAll(async () => {
  await browser?.close()
  await server.stop()
  removeFolder(server.state)
})

test('[BR62] where the network lets no socket of a room through, the page is live by event stream and its orders arrive', async (context) => {
  need(context, 'chromium')
  const api = apiOf(server.url)
  const incident = { title: 'Behind a proxy', severity: 'SEV-3', service: 'proxy' }
  const { id } = await api.post<{ id: string }>('/api/v1/incidents', incident)
  browser = await openBrowser()
  const page = await (await browser.newContext()).newPage()
  let refused = 0
  await page.routeWebSocket(/\/api\/v1\/incidents\/[^/]+\/room/, (socket) => {
    refused += 1
    void socket.close({ code: 3000 })
  })
  const streamed = page.waitForResponse(
    (response) => response.headers()['content-type']?.startsWith('text/event-stream') === true,
    { timeout: FELL_BACK_MS_MAX },
  )
  await page.goto(`${server.url}/ops/${id}`)
  await streamed
  expect(refused).toBeGreaterThanOrEqual(3)
  await page.getByRole('heading', { name: 'Behind a proxy' }).waitFor()
  await api.post(`/api/v1/incidents/${id}/notes`, { text: 'written elsewhere' })
  await page.getByText('written elsewhere').first().waitFor()
  await page.getByRole('button', { name: 'Acknowledge' }).first().click()
  await expect.poll(async () => (await api.detail(id)).state, { timeout: FELL_BACK_MS_MAX }).toBe('acknowledged')
  expect(await page.getByText('Reconnecting').count()).toBe(0)
})
