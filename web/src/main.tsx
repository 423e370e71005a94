import { A, Navigate, Route, Router } from '@solidjs/router'
import { lazy } from 'solid-js'
import { render } from 'solid-js/web'
import './styles.ts'
import { Door } from './dashboards/Door.tsx'
import { wearTheme } from './ui/theme.ts'

// Each page loads what it needs: who looks into a closed incident waits for no socket's code.
const Operations = lazy(async () => ({ default: (await import('./dashboards/operations/Operations.tsx')).Operations }))
const Transparency = lazy(async () => ({
  default: (await import('./dashboards/transparency/Transparency.tsx')).Transparency,
}))

function NotFound() {
  return (
    <main class="notice">
      <h1>There is no such page</h1>
      <p>The address is wrong or the page is not part of this version.</p>
      <A class="button primary" href="/ops">
        Go to operations
      </A>
    </main>
  )
}

const app = document.getElementById('app')
if (app) {
  render(() => {
    wearTheme()
    return (
      <Door>
        <Router>
          <Route path="/" component={() => <Navigate href="/ops" />} />
          <Route path="/ops/:incident?" component={Operations} />
          <Route path="/transparency/:incident?" component={Transparency} />
          <Route path="*" component={NotFound} />
        </Router>
      </Door>
    )
  }, app)
}
