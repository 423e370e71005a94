import { Route, Router } from '@solidjs/router'
import { cleanup, fireEvent, render } from '@solidjs/testing-library'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { incidentRow } from '../../durable/protocol/rows.ts'
import { Operations } from '../../web/src/dashboards/operations/Operations.tsx'
import { KeySheet } from '../../web/src/dashboards/operations/KeySheet.tsx'
import { carried, untilProposal } from '../../web/src/gallery/log.ts'
import { stillRoom } from '../../web/src/gallery/still.ts'
import { turnKeys } from '../../web/src/ui/keys.ts'
import { showPage } from './show.tsx'

/** The socket is not ours: it opens and greets with a list; rooms stay silent. */
class Socket extends EventTarget {
  static greeting = ''
  constructor(url: URL | string) {
    super()
    if (!String(url).includes('/lobby')) return
    queueMicrotask(() => this.dispatchEvent(new MessageEvent('message', { data: Socket.greeting })))
  }
  send(): void {}
  close(): void {}
}

const ROW = incidentRow(stillRoom([...untilProposal(), ...carried()]).room.state.view)
const rows = [
  { ...ROW, id: 'inc_aaaaaaaaaaaa', severity: 'SEV-3', title: 'Third' },
  { ...ROW, id: 'inc_bbbbbbbbbbbb', severity: 'SEV-1', title: 'First' },
  { ...ROW, id: 'inc_cccccccccccc', severity: 'SEV-2', title: 'Second' },
]

beforeEach(() => {
  Socket.greeting = JSON.stringify({
    type: 'hello',
    version: 1,
    serverWall: Date.now(),
    items: rows,
    killSwitch: { on: false, by: '', reason: '' },
  })
  vi.stubGlobal('WebSocket', Socket)
  vi.stubGlobal('fetch', (path: string) =>
    Promise.resolve(
      path.endsWith('/me')
        ? Response.json({ name: 'dev', role: 'commander', mode: 'development' })
        : Response.json({ code: 'not-found', title: 'Not Found' }, { status: 404 }),
    ),
  )
  history.replaceState(null, '', '/ops')
})
afterEach(() => {
  cleanup()
  turnKeys(true)
  vi.unstubAllGlobals()
})

describe('keys', () => {
  const page = async () => {
    const screen = render(() => (
      <Router>
        <Route path="/ops/:incident?" component={Operations} />
      </Router>
    ))
    await screen.findByText('First')
    return screen
  }
  const key = (name: string, target: Element | Window = window) => fireEvent.keyDown(target, { key: name })

  it('[UI122] j and k walk the list in its order', async () => {
    await page()
    key('j')
    await vi.waitFor(() => expect(location.pathname).toBe('/ops/inc_bbbbbbbbbbbb'))
    key('j')
    await vi.waitFor(() => expect(location.pathname).toBe('/ops/inc_cccccccccccc'))
    key('k')
    await vi.waitFor(() => expect(location.pathname).toBe('/ops/inc_bbbbbbbbbbbb'))
    key('k')
    expect(location.pathname).toBe('/ops/inc_bbbbbbbbbbbb')
  })

  it('[UI122] a question mark lists the keys; in a field and in a dialog they are text', async () => {
    const screen = await page()
    key('?')
    const dialog = await screen.findByRole('dialog', { name: 'Keys' })
    key('j', dialog)
    await Promise.resolve()
    expect(location.pathname).toBe('/ops')
  })

  it('[UI122] single keys can be turned off; the list of them stays', async () => {
    const sheet = showPage(() => <KeySheet onClose={() => undefined} />)
    fireEvent.click(sheet.getByRole('checkbox', { name: 'Single keys act' }))
    sheet.unmount()
    const screen = await page()
    key('j')
    await Promise.resolve()
    expect(location.pathname).toBe('/ops')
    key('?')
    expect(await screen.findByRole('dialog', { name: 'Keys' })).toBeTruthy()
  })
})
