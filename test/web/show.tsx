import { Route, Router } from '@solidjs/router'
import { render } from '@solidjs/testing-library'
import { type JSX, createSignal } from 'solid-js'
import type { Said } from '../../web/src/gallery/log.ts'
import { type Still, stillRoom } from '../../web/src/gallery/still.ts'
import { RoomProvider } from '../../web/src/panels/context.tsx'

/** Renders panels inside a room that shows a hand-made log. */
export function showIn(said: readonly Said[], panel: () => JSX.Element, more: Parameters<typeof stillRoom>[1] = {}) {
  const still: Still = stillRoom(said, more)
  const [selected, open] = createSignal<string | null>(null)
  const screen = render(() => <RoomProvider screen={{ room: still.room, selected, open }}>{panel()}</RoomProvider>)
  return { ...screen, ...still, selected, open }
}

/** Renders something that links to other pages. */
export function showPage(page: () => JSX.Element) {
  return render(() => (
    <Router>
      <Route path="*" component={page} />
    </Router>
  ))
}

/** The text of an element as a person reads it: spaces as one. */
export function text(element: Element | null | undefined): string {
  return (element?.textContent ?? '').replaceAll(/\s+/g, ' ').trim()
}
