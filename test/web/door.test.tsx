import { fireEvent, render } from '@solidjs/testing-library'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Door } from '../../web/src/dashboards/Door.tsx'
import { PersonSwitcher } from '../../web/src/dashboards/operations/PersonSwitcher.tsx'
import { becomePerson, person, signIn, signOut, socketProtocols, token } from '../../web/src/room/person.ts'
import { text } from './show.tsx'

const TOKEN = 'ic_0123456789abcdefghijklmnopqr'

/** The network is not ours: a site that knows these tokens, and who comes without any. */
function site(known: Record<string, string>, withoutAny: string | null = null) {
  const asked: (string | null)[] = []
  vi.stubGlobal('fetch', (_: string, init: RequestInit) => {
    const header = new Headers(init.headers).get('authorization')
    asked.push(header)
    const name = header === null ? withoutAny : (known[header.replace('Bearer ', '')] ?? null)
    return Promise.resolve(
      name === null
        ? Response.json({ code: 'unauthenticated', title: 'Unauthorized' }, { status: 401 })
        : Response.json({ name, role: 'viewer' }),
    )
  })
  return asked
}

function stored(storage: Storage): string {
  return Array.from({ length: storage.length }, (_, at) => storage.getItem(storage.key(at) ?? '')).join('\n')
}

const page = () =>
  render(() => (
    <Door>
      <p>The page</p>
      <PersonSwitcher />
    </Door>
  ))

beforeEach(() => signOut())
afterEach(() => {
  vi.unstubAllGlobals()
  sessionStorage.clear()
})

it('[SE52] local mode knows everybody: the page is there at once', async () => {
  const asked = site({ dev: 'dev' })
  const { container } = page()
  expect(text(container)).toContain('The page')
  await vi.waitFor(() => expect(asked).toEqual(['Bearer dev']))
  expect(text(container)).toContain('The page')
})

it('[SE52] who is nobody is asked for a token, which is tried before it is kept, for this tab alone', async () => {
  site({ [TOKEN]: 'Ada' })
  const screen = page()
  const { container } = screen
  const field = await screen.findByLabelText('Token')
  expect(field.getAttribute('type')).toBe('password')
  expect(text(container)).not.toContain('The page')
  const press = async () => fireEvent.click(await screen.findByRole('button', { name: 'Sign in' }))
  fireEvent.input(field, { target: { value: 'wrong' } })
  await press()
  await vi.waitFor(() => expect(text(container)).toContain('This token is not known here.'))
  expect(sessionStorage.length).toBe(0)
  fireEvent.input(field, { target: { value: ` ${TOKEN} ` } })
  await press()
  await vi.waitFor(() => expect(text(container)).toContain('The page'))
  expect([person(), token()]).toEqual(['Ada', TOKEN])
  expect(socketProtocols()[1]).toMatch(/^ic\.token\./)
  expect(stored(sessionStorage)).toContain(TOKEN)
  expect(stored(localStorage)).not.toContain(TOKEN)
  fireEvent.click(await screen.findByRole('button', { name: /You are/ }))
  fireEvent.click(await screen.findByRole('button', { name: 'Sign out' }))
  await screen.findByLabelText('Token')
  expect(sessionStorage.length).toBe(0)
})

it('[SE52] where Access stands before the site nobody is asked, and no token is sent', async () => {
  const asked = site({}, 'ada@example.com')
  const { container } = page()
  await vi.waitFor(() => expect(signIn()).toEqual({ kind: 'browser', name: 'ada@example.com' }))
  await vi.waitFor(() => expect(text(container)).toContain('ada@example.com'))
  expect(text(container)).toContain('The page')
  expect([token(), socketProtocols()]).toEqual([null, ['ic.v1']])
  expect(asked.slice(1)).toEqual(asked.slice(1).map(() => null))
  expect(becomePerson('dev')).toBe(true)
})
