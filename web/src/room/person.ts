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

/**
 * How this browser shows who it is. In local mode by a name; elsewhere by a token of ours, or by nothing of its own where
 * Access stands before the site and adds what is needed. `name` is the one in the record.
 */
export type SignIn =
  | { kind: 'local'; name: string }
  | { kind: 'token'; name: string; token: string }
  | { kind: 'browser'; name: string }

/** A token lasts as long as the tab: it is not left behind on a machine that others use. */
const TOKEN_KEY = 'ic.sign-in'

function first(): SignIn {
  try {
    const kept = JSON.parse(sessionStorage.getItem(TOKEN_KEY) ?? 'null') as { name: string; token: string } | null
    if (kept) return { kind: 'token', name: kept.name, token: kept.token }
  } catch {
    // No storage, or what is in it is not ours.
  }
  return local()
}

function local(): SignIn {
  const stored = remembered(KEY)
  return { kind: 'local', name: stored !== null && NAME.test(stored) ? stored : LOCAL_TOKEN }
}

const [signIn, setSignIn] = createSignal<SignIn>(first(), {
  equals: (before, after) => JSON.stringify(before) === JSON.stringify(after),
})

export { signIn }

/** Who this browser speaks as. */
export function person(): string {
  return signIn().name
}

export function isName(name: string): boolean {
  return NAME.test(name)
}

/** Speaks as another person of local mode from now on; refuses (false) what is not a name. */
export function becomePerson(name: string): boolean {
  if (!isName(name)) return false
  remember(KEY, name)
  setSignIn({ kind: 'local', name })
  return true
}

/** Signed in elsewhere than in local mode, as the server said: with a token of ours, or (null) by the browser itself. */
export function signedInAs(name: string, token: string | null): void {
  keepToken(token === null ? null : { name, token })
  setSignIn(token === null ? { kind: 'browser', name } : { kind: 'token', name, token })
}

/** Forgets the token. */
export function signOut(): void {
  keepToken(null)
  setSignIn(local())
}

function keepToken(kept: { name: string; token: string } | null): void {
  try {
    if (kept) sessionStorage.setItem(TOKEN_KEY, JSON.stringify(kept))
    else sessionStorage.removeItem(TOKEN_KEY)
  } catch {
    // It is in memory as long as the page is open.
  }
}

/** What goes with every request; null where the browser adds it by itself. */
export function token(): string | null {
  const how = signIn()
  if (how.kind === 'browser') return null
  if (how.kind === 'token') return how.token
  return how.name === LOCAL_TOKEN ? LOCAL_TOKEN : `${LOCAL_TOKEN}:${how.name}`
}

/** Browsers cannot set headers on a socket, so the token goes as a subprotocol; the server answers `ic.v1`. */
export function socketProtocols(): string[] {
  const own = token()
  if (own === null) return ['ic.v1']
  const base64 = btoa(String.fromCharCode(...new TextEncoder().encode(own)))
  return ['ic.v1', `ic.token.${base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`]
}
