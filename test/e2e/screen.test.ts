import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Catalogue, RunbookStep } from '../../durable/protocol/domain.ts'
import { scenarioNamed } from '../../scenarios/index.ts'
import { apiOf } from './api.ts'
import { openBrowser, openPage, picture, violations } from './browser.ts'
import { need } from './need.ts'
import { PROPOSAL_MS_MAX, RECOVERY_MS_MAX, approve, awaitProposal, startDrill } from './play.ts'
import { type Server, removeFolder, startServer } from './server.ts'

/** Desktop, small laptop, telephone: width and height in px. */
const SIZES = [
  [1_440, 900],
  [1_024, 768],
  [390, 844],
] as const

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

test('[GR17] [GR18] a person plays a drill by mouse from first page to history, on pages that break no WCAG 2.2 AA rule', async (context) => {
  need(context, 'chromium')
  browser = await openBrowser()
  const { page, errors, hosts } = await openPage(browser, `${server.url}/ops`)
  const broken: string[] = []
  const look = async (name: string) => {
    broken.push(...(await violations(page)).map((line) => `${name}: ${line}`))
    await picture(page, name)
  }
  await page.getByRole('heading', { name: /No incidents yet/ }).waitFor()
  await look('ops-1-first-run')

  const startedAt = performance.now()
  await page.getByRole('banner').getByRole('button', { name: 'Start drill' }).click()
  const dialog = page.getByRole('dialog', { name: 'Start a drill' })
  await dialog.getByLabel('Speed').selectOption('60')
  await dialog.getByRole('button', { name: 'Start the drill' }).click()
  await page.getByRole('list', { name: 'State of the incident' }).waitFor({ timeout: PROPOSAL_MS_MAX })
  const hold = page.getByRole('button', { name: /Hold to approve/ })
  await hold.waitFor({ timeout: PROPOSAL_MS_MAX })
  const proposedMs = performance.now() - startedAt
  console.log(`by mouse: proposed ${Math.round(proposedMs)} ms of wall time after the click`)
  expect(proposedMs).toBeLessThan(PROPOSAL_MS_MAX)
  await look('ops-2-awaiting')

  // What else may be said about it, and what holds actions of this incident back.
  await page.getByRole('button', { name: 'Request changes' }).click()
  await page.getByLabel(/What should be different/).waitFor()
  await look('ops-2-request-changes')
  await page.getByRole('button', { name: 'Back' }).click()
  await page.getByRole('button', { name: 'Dry run', exact: true }).click()
  await page.getByRole('dialog', { name: /Dry run: nothing of this incident is called/ }).waitFor()
  await look('ops-2-dry-run')
  await page.keyboard.press('Escape')

  await holdDown(page)
  await page.getByText('Recovered: every named signal is back.').waitFor({ timeout: RECOVERY_MS_MAX })
  await look('ops-3-recovered')
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await page.getByLabel('Why is it taken back?').waitFor()
  await look('ops-3-undo')
  await page.getByRole('button', { name: 'Back' }).click()

  const list = page.getByRole('navigation', { name: 'Incidents' })
  const incident = new URL(page.url()).pathname.split('/').at(-1) ?? ''
  const api = apiOf(server.url)
  await expect
    .poll(async () => (await api.detail(incident)).alertsClearSince, { timeout: RECOVERY_MS_MAX })
    .not.toBeNull()
  await sayWhy(page, 'Resolve')
  await sayWhy(page, 'Close')
  await page.getByText('Closed and read only').waitFor()
  // What the room says in three sentences is of now, not of when the page was opened.
  await page
    .getByRole('region', { name: 'Summary' })
    .getByText(/closed after/)
    .waitFor()
  await list.getByText('Closed', { exact: true }).click()
  await list.locator(`a[href*="${incident}"]`).waitFor({ timeout: 30_000 })
  await look('ops-4-history')

  const events = await api.events(incident)
  const ran = events.flatMap(({ body }) => (body.type === 'execution-started' ? [body.proposal] : []))
  const { proposals } = await api.detail(incident)
  const actions = proposals.filter((proposal) => ran.includes(proposal.id)).map((proposal) => proposal.action)
  expect(actions).toHaveLength(1)
  const { truth } = scenarioNamed('database-cascade')?.begin(1) ?? {}
  for (const { type, target } of actions) expect(truth?.acceptable).toContainEqual({ type, target })
  expect(errors).toEqual([])
  expect([...hosts]).toEqual(['127.0.0.1'])
  expect(broken).toEqual([])
})

test('[GR18] the same pages in the width of a telephone break no WCAG 2.2 AA rule', async (context) => {
  need(context, 'chromium')
  browser ??= await openBrowser()
  const api = apiOf(server.url)
  const { incident } = await startDrill(api, { seed: 3 })
  await awaitProposal(api, incident)
  const { page, errors } = await openPage(browser, `${server.url}/ops?drill=true`, 390, 844)
  await page.locator(`a[href*="${incident}"]`).click()
  await page.getByRole('button', { name: /Hold to approve/ }).waitFor()
  await picture(page, 'ops-5-telephone')
  expect(await violations(page)).toEqual([])
  expect(errors).toEqual([])
})

test('[UI154] while a step waits for a person the card breaks no WCAG 2.2 AA rule and is no wider than its page, at any width', async (context) => {
  need(context, 'chromium')
  browser ??= await openBrowser()
  const api = apiOf(server.url)
  await withManualStep(server.url)
  const { incident } = await startDrill(api, { seed: 4 })
  await approve(api, incident, await awaitProposal(api, incident))
  const { page, errors } = await openPage(browser, `${server.url}/ops/${incident}?drill=true`)
  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height })
    await page.getByRole('button', { name: 'Could not' }).click()
    await page.getByLabel('Why could it not be done?').waitFor()
    expect(await violations(page), `at ${width}`).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), `at ${width}`).toBe(false)
    await picture(page, `ops-6-step-${width}`)
    await page.getByRole('button', { name: 'Back' }).click()
  }
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByText('Recovered: every named signal is back.').waitFor({ timeout: RECOVERY_MS_MAX })
  expect(errors).toEqual([])
})

/** From now on the pool's runbook has something to do by hand before its action. */
async function withManualStep(url: string): Promise<void> {
  const admin = apiOf(url, 'dev@admin')
  const standing = await admin.get<Catalogue>('/api/v1/catalogue')
  const steps: RunbookStep[] = [
    { kind: 'manual', id: 'drain', says: 'drain the proxy, and say so in the channel of the shop' },
    { kind: 'http', id: 'act' },
  ]
  const runbooks = standing.runbooks.map((one) => (one.id === 'raise-pool-limit' ? { ...one, steps } : one))
  const put = await admin.send('PUT', '/api/v1/catalogue', { ...standing, version: 'by-hand', runbooks })
  expect(put.status).toBe(200)
}

/** Presses the mouse on the approval and keeps it down until it has been heard. */
async function holdDown(page: Page): Promise<void> {
  await page.getByRole('button', { name: /Hold to approve/ }).hover()
  await page.mouse.down()
  await page
    .getByRole('button', { name: /Hold to approve|Keep holding/ })
    .waitFor({ state: 'detached', timeout: 10_000 })
  await page.mouse.up()
}

/** Presses a state button of the room, answers its question and waits until the dialog has gone. */
async function sayWhy(page: Page, button: 'Resolve' | 'Close'): Promise<void> {
  await page.getByRole('main').getByRole('button', { name: button, exact: true }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox').fill('the limit was raised and the errors went')
  await dialog.locator('button[type=submit]').click()
  await dialog.waitFor({ state: 'detached' })
}
