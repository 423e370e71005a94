import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { apiOf } from './api.ts'
import { openBrowser, openPage, picture, violations } from './browser.ts'
import { need } from './need.ts'
import { approve, awaitProposal, awaitVerified, finish, startDrill } from './play.ts'
import { type Server, removeFolder, startServer } from './server.ts'

/** Telephone, small laptop, desktop: width and height in px. */
const SIZES = [
  [390, 844],
  [1_024, 768],
  [1_440, 900],
] as const
const TABS = ['reasoning', 'decisions', 'votes', 'gaps', 'taint', 'log'] as const
/** A moment is folded and drawn within this of the key, also on a busy machine. */
const SEEK_MS_MAX = 2_000

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

test('[UI148] [UI131] [UI137] a drill’s whole log is read at any moment, verified, exported and opened again, on pages that break no WCAG 2.2 AA rule', async (context) => {
  need(context, 'chromium')
  browser = await openBrowser()
  const api = apiOf(server.url)
  const { incident } = await startDrill(api, { seed: 2 })
  const proposal = await awaitProposal(api, incident)
  await approve(api, incident, proposal)
  await awaitVerified(api, incident, proposal.id)
  await finish(api, incident)
  const events = await api.events(incident)
  const at = (type: string) => events.find(({ body }) => body.type === type)?.seq ?? 0

  const { page, errors, hosts } = await openPage(browser, `${server.url}/transparency`)
  const broken: string[] = []
  const look = async (name: string, judged = true) => {
    if (judged) broken.push(...(await violations(page)).map((line) => `${name}: ${line}`))
    expect(await wide(page), `${name} is no wider than the page`).toBe(false)
    await picture(page, `transparency-${name}`)
  }

  // From the list to the incident, which is closed and still whole.
  const drills = page.getByRole('region', { name: 'Closed drills' })
  await drills.getByRole('link').waitFor()
  await look('choose')
  await drills.getByRole('link').click()
  const slider = page.getByRole('slider', { name: 'Moment in the log' })
  await slider.waitFor()
  expect(await slider.getAttribute('aria-valuemax')).toBe(String(events.length))
  await page.getByText('Drill: simulated input.').waitFor()

  // By keyboard to a moment before anybody voted: nothing later is told.
  await page.goto(`${server.url}/transparency/${incident}?at=${at('proposal-made')}&tab=votes`)
  await slider.waitFor()
  await page.getByText('No ballot was opened on this proposal').waitFor()
  await slider.focus()
  const from = performance.now()
  for (let seq = at('proposal-made'); seq < at('ballot-closed'); seq += 1) await page.keyboard.press('ArrowRight')
  await page.getByText('carried, 4 of 4 support').waitFor()
  expect(performance.now() - from).toBeLessThan(SEEK_MS_MAX * (at('ballot-closed') - at('proposal-made')))
  await expect.poll(() => new URL(page.url()).searchParams.get('at')).toBe(String(at('ballot-closed')))
  await page.keyboard.press('Home')
  await page.getByText('nobody was asked').waitFor()
  await page.keyboard.press('End')
  await page.getByText('carried, 4 of 4 support').waitFor()

  // The checks of the browser itself: every link of the chain.
  await page.getByRole('button', { name: 'Verify', exact: true }).click()
  await page.getByText(/Verified in this browser/).waitFor()
  await page.getByText(`${events.length} links checked`).waitFor()

  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height })
    for (const tab of TABS) {
      await page.getByRole('tab', { name: new RegExp(`^${tab}`, 'i') }).click()
      // Between the two nothing is drawn otherwise; only its width is looked at.
      await look(`${tab}-${width}`, width !== 1_024)
    }
  }

  // Evidence opens beside it, with its chart.
  await page.getByRole('tab', { name: /^Reasoning/ }).click()
  await page.getByRole('tabpanel').locator('button.chip').first().click()
  await page.getByRole('complementary', { name: 'Evidence' }).locator('canvas').waitFor()
  await look('evidence-1440')

  // What is exported is opened again from a file; an altered one is not.
  const file = await (await api.send('GET', `/api/v1/incidents/${incident}/export?format=json`)).text()
  await page.goto(`${server.url}/transparency`)
  const choose = (text: string) =>
    page
      .locator('input[type=file]')
      .setInputFiles({ name: 'inc.json', mimeType: 'application/json', buffer: Buffer.from(text) })
  await choose(file.replace('"it fits"', '"it fits!"').replace('the evidence fits', 'the evidence fit'))
  await page.getByText(/Altered: it does not hold from event \d+ on/).waitFor()
  await look('altered')
  await choose(file)
  await slider.waitFor()
  await page.getByText('a file has no address').waitFor()

  await page.goto(`${server.url}/transparency/inc_nobodyhasit0`)
  await page.getByRole('heading', { name: 'No such incident' }).waitFor()
  await look('not-found')

  await page.goto(`${server.url}/ops/${incident}?drill=true`)
  await page.getByRole('link', { name: /Why\?/ }).click()
  await slider.waitFor()

  expect(broken).toEqual([])
  // What was asked for and is not there is said by the browser too.
  expect(errors.filter((line) => !line.includes('404'))).toEqual([])
  expect([...hosts]).toEqual(['127.0.0.1'])
})

/** Whether something makes the page scroll sideways. */
async function wide(page: Page): Promise<boolean> {
  return (await page.evaluate('document.documentElement.scrollWidth > innerWidth')) === true
}
