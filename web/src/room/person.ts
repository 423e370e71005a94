import { createSignal } from 'solid-js'

const KEY = 'ic.person'
/** Local mode's token; `dev:<name>` is another person. */
const LOCAL_TOKEN = 'dev'
/** A name of local mode: letters, digits, dot, dash, underscore. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,31}$/i

/** Browsers may refuse storage altogether; then the choice lasts as long as the page. */
export function remembered(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // Nothing to do: the choice is in memory.
  }
}

function first(): string {
  const stored = remembered(KEY)
  return stored !== null && NAME.test(stored) ? stored : LOCAL_TOKEN
}

const [person, setPerson] = createSignal(first())

/** Who this browser speaks as. */
export { person }

export function isName(name: string): boolean {
  return NAME.test(name)
}

/** Speaks as another person from now on; refuses (false) what is not a name. */
export function becomePerson(name: string): boolean {
  if (!isName(name)) return false
  remember(KEY, name)
  setPerson(name)
  return true
}

export function token(): string {
  return person() === LOCAL_TOKEN ? LOCAL_TOKEN : `${LOCAL_TOKEN}:${person()}`
}

/** Browsers cannot set headers on a socket, so the token goes as a subprotocol; the server answers `ic.v1`. */
export function socketProtocols(): string[] {
  const base64 = btoa(String.fromCharCode(...new TextEncoder().encode(token())))
  return ['ic.v1', `ic.token.${base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`]
}
