import { Route, Router } from '@solidjs/router'
import { render } from '@solidjs/testing-library'
import { type JSX, createSignal } from 'solid-js'
import type { Said } from '../../web/src/gallery/log.ts'
import { type Still, stillRoom } from '../../web/src/gallery/still.ts'
import { RoomProvider } from '../../web/src/panels/context.tsx'

// jsdom has no modal dialogs; the browser's are not ours. Opening and closing is all that these tests need of them.
HTMLDialogElement.prototype.showModal = function showModal() {
  this.setAttribute('open', '')
}
HTMLDialogElement.prototype.close = function close() {
  this.removeAttribute('open')
  this.dispatchEvent(new Event('close'))
}

/** Renders panels inside a room that shows a hand-made log. */
export function showIn(said: readonly Said[], panel: () => JSX.Element, more: Parameters<typeof stillRoom>[1] = {}) {
  const still: Still = stillRoom(said, more)
  const [selected, open] = createSignal<string | null>(null)
  const screen = showPage(() => <RoomProvider screen={{ room: still.room, selected, open }}>{panel()}</RoomProvider>)
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

/** The text of an element as a person reads it: elements apart, spaces as one. */
export function text(element: Element | null | undefined): string {
  const words = (node: Node): string =>
    node instanceof Element ? ` ${[...node.childNodes].map(words).join('')} ` : (node.textContent ?? '')
  return element
    ? words(element)
        .replaceAll(/\s+/g, ' ')
        .replaceAll(/ (?=[,.])/g, '')
        .trim()
    : ''
}
