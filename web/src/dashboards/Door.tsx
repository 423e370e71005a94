import { type ParentProps, Show, createResource, createSignal, createUniqueId } from 'solid-js'
import { type Problem, call } from '../room/http.ts'
import { signIn, signedInAs } from '../room/person.ts'

interface Me {
  name: string
}

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]']

/**
 * Shows the page to whoever is somebody here and asks everybody else to sign in. Where Access stands before the site the
 * browser is signed in already, and is not asked. On one's own machine the page does not wait to hear so: local mode knows
 * everybody.
 */
export function Door(props: ParentProps) {
  const [answer] = createResource(signIn, ask)
  const waits = () => answer.loading && answer() === undefined && !LOOPBACK.includes(location.hostname)
  return (
    <Show when={!waits()} fallback={<main class="notice" aria-busy="true" />}>
      <Show when={refusal(answer.latest)} fallback={props.children}>
        {(problem) => <SignInForm problem={problem()} />}
      </Show>
    </Show>
  )
}

/** Why nobody comes in, null when somebody does. A server that does not answer is the page's own business. */
async function ask(): Promise<Problem | null> {
  const own = await call<Me>('GET', '/api/v1/me')
  if (own.ok || own.problem.status !== 401) return own.ok ? null : notConfigured(own.problem)
  const byBrowser = await call<Me>('GET', '/api/v1/me', undefined, null)
  if (byBrowser.ok) signedInAs(byBrowser.data.name, null)
  return byBrowser.ok ? null : byBrowser.problem
}

function notConfigured(problem: Problem): Problem | null {
  return problem.code === 'auth-not-configured' || problem.code === 'no-role' ? problem : null
}

function refusal(problem: Problem | null | undefined): Problem | null {
  return problem ?? null
}

function SignInForm(props: { problem: Problem }) {
  const id = createUniqueId()
  const [token, setToken] = createSignal('')
  const [wrong, setWrong] = createSignal('')
  const come = async () => {
    const own = token().trim()
    const reply = await call<Me>('GET', '/api/v1/me', undefined, own)
    if (reply.ok) signedInAs(reply.data.name, own)
    else setWrong(reply.problem.status === 401 ? 'This token is not known here.' : reply.problem.detail)
  }
  return (
    <main class="notice">
      <h1>Sign in</h1>
      <Show when={props.problem.status === 401} fallback={<p role="alert">{props.problem.detail}</p>}>
        <p>An admin makes you a token; it begins with ic_. It is kept for this tab alone.</p>
        <form
          class="form"
          onSubmit={(event) => {
            event.preventDefault()
            void come()
          }}
        >
          <label for={id}>Token</label>
          <input
            id={id}
            type="password"
            autocomplete="off"
            spellcheck={false}
            aria-invalid={wrong() !== ''}
            aria-describedby={`${id}-wrong`}
            value={token()}
            onInput={(event) => setToken(event.currentTarget.value)}
          />
          <p id={`${id}-wrong`} role="alert">
            {wrong()}
          </p>
          <div class="form-foot">
            <button type="submit" class="button primary" disabled={token().trim() === ''}>
              Sign in
            </button>
          </div>
        </form>
      </Show>
    </main>
  )
}
