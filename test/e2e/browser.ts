import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type Page, chromium } from 'playwright-core'
import { ROOT } from './server.ts'
import { until } from './until.ts'

const ARTEFACTS = join(ROOT, 'test/artefacts')
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
]
/** All rules that together are WCAG 2.2 AA. */
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** Run in the page, which has types of its own. */
const AT_REST = `!document.getAnimations().some((one) => one instanceof CSSTransition && one.playState === 'running')`

export interface Watched {
  page: Page
  /** what the page said in errors: exceptions, console errors, refused content. */
  errors: string[]
  /** hosts it asked for anything. */
  hosts: Set<string>
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args: FLAGS })
}

/** A page of a browser profile of its own. */
export async function openPage(browser: Browser, url: string, width = 1440, height = 900): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width, height } })
  const page = await context.newPage()
  const watched: Watched = { page, errors: [], hosts: new Set() }
  page.on('pageerror', (error) => watched.errors.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') watched.errors.push(message.text())
  })
  page.on('request', (request) => watched.hosts.add(new URL(request.url()).hostname))
  page.on('websocket', (socket) => watched.hosts.add(new URL(socket.url()).hostname))
  await page.goto(url)
  return watched
}

/** One line for each element that breaks WCAG 2.2 AA, in light and in dark. */
export async function violations(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    // A colour on its way between two themes is on the screen for an instant and is nobody's choice.
    await until('nothing moves', 10_000, async () => ((await page.evaluate(AT_REST)) === true ? true : null))
    const { violations: broken } = await new AxeBuilder({ page }).withTags(WCAG).analyze()
    for (const { id, nodes } of broken)
      found.push(
        ...nodes.map((node) => `${colorScheme} ${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`),
      )
  }
  return found
}

export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(ARTEFACTS, { recursive: true })
  await page.screenshot({ path: join(ARTEFACTS, `${name}.png`), fullPage: false })
}
