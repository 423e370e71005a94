import { For } from 'solid-js'
import { Dialog } from '../../ui/Dialog.tsx'
import { keysOn, turnKeys } from '../../ui/keys.ts'

const KEYS: readonly [string, string][] = [
  ['j', 'next incident of the list'],
  ['k', 'incident before it'],
  ['n', 'write a note'],
  ['l', 'go to the list'],
  ['t', 'go to the timeline'],
  ['Shift A', 'go to the approval; it fires nothing'],
  ['?', 'this list'],
]

/** Every key in words. Single keys can be turned off. */
export function KeySheet(props: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={() => props.onClose()}>
      <dl class="pairs keys">
        <For each={KEYS}>
          {([key, says]) => (
            <>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{says}</dd>
            </>
          )}
        </For>
      </dl>
      <form class="form">
        <label class="tick">
          <input type="checkbox" checked={keysOn()} onChange={(event) => turnKeys(event.currentTarget.checked)} />
          <span>Single keys act</span>
        </label>
      </form>
    </Dialog>
  )
}
